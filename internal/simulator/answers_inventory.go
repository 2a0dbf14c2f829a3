package simulator

func inventoryAnswers() map[string]answer { return nil }
