package collector

func operationsAreas() []Collector { return nil }
