package simulator

func operationsAnswers() map[string]answer { return nil }
