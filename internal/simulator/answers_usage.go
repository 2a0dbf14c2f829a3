package simulator

func usageAnswers() map[string]answer { return nil }
