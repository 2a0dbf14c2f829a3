// Package collector lists every area of the Workspace API that is measured.
//
// An area is one declarative file in the package of its group (core, usage,
// inventory, operations): slim structs with only the members of the answers
// that are measured, one Fetch function, and one literal for each metric
// family. What an area is made of is in package area, how answers are read in
// package decode, and what one area may see of another in package peer.
// Configuration keys, documentation and tests follow from the list.
package collector

import (
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/core"
	"github.com/workspace-exporter/workspace_exporter/collector/inventory"
	"github.com/workspace-exporter/workspace_exporter/collector/operations"
	"github.com/workspace-exporter/workspace_exporter/collector/usage"
)

// All returns every area there is. The order is that of the documentation.
func All() []area.Collector {
	var all []area.Collector
	for _, g := range Groups() {
		all = append(all, g.Collectors...)
	}
	return all
}

// Group is a set of areas that are wanted or not wanted together.
type Group struct {
	Name       string
	Collectors []area.Collector
}

// Groups returns every area in its group.
func Groups() []Group {
	return []Group{
		{"core", core.Areas()},
		{"usage", usage.Areas()},
		{"inventory", inventory.Areas()},
		{"operations", operations.Areas()},
	}
}
