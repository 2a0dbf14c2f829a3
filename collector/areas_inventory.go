package collector

func inventoryAreas() []Collector { return nil }
