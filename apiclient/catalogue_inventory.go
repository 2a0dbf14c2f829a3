package apiclient

func catalogueInventory() []Endpoint { return nil }
