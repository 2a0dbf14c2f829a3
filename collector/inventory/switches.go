package inventory

import (
	"log/slog"
	"maps"
	"slices"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// switches are on or off (1 or 0) by name.
type switches map[string]float64

// maxSwitches bounds the names, which the reference does not list.
const maxSwitches = 100

func (s switches) put(put area.Put) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		put.Value(s[name], name)
	}
}

// cut leaves the first names of the alphabet.
func (s switches) cut(log *slog.Logger) switches {
	names := slices.Sorted(maps.Keys(s))
	if len(names) <= maxSwitches {
		return s
	}
	log.Warn("more switches than are shown", "shown", maxSwitches, "left_out", len(names)-maxSwitches)
	for _, name := range names[maxSwitches:] {
		delete(s, name)
	}
	return s
}
