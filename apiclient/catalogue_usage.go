package apiclient

func catalogueUsage() []Endpoint { return nil }
