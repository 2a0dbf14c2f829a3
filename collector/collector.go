// Package collector lists every area of the Workspace API that is measured.
// The areas stand in one package a group; what they are made of is package
// area, how they read answers package answer.
package collector

// All returns every area there is. The order is that of the documentation.
func All() []Collector {
	var all []Collector
	for _, g := range Groups() {
		all = append(all, g.Collectors...)
	}
	return all
}

// Group is a set of areas that are wanted or not wanted together.
type Group struct {
	Name       string
	Collectors []Collector
}

// Groups returns every area in its group.
func Groups() []Group {
	return []Group{
		{"core", coreAreas()},
		{"usage", usageAreas()},
		{"inventory", inventoryAreas()},
		{"operations", operationsAreas()},
	}
}
