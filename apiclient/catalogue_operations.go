package apiclient

func catalogueOperations() []Endpoint { return nil }
