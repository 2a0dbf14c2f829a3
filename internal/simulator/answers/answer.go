// Package answers makes the JSON value that each operation is answered with: one
// file for each kind of answer, with the parameters that it takes.
package answers

import (
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Answer is how one operation is answered.
type Answer struct {
	// Params are the query parameters it takes; any other is refused.
	Params []query.Param
	// Reply makes the answer's JSON value from a world that is up to date and
	// held still. A refusal is answered as a bad request.
	Reply func(w *world.World, r query.Request) any
	// Global answers an operation that is of no project.
	Global func(worlds []*world.World, r query.Request) any
}
