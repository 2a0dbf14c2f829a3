package scraper

import (
	"cmp"
	"slices"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// selection is what of a result is shown.
type selection struct {
	include         func(area.Object) bool // nil: all
	series, dropped int
}

// selectObjects keeps a result within the limit of series. What is cut is whole
// objects, the ones seen last first: those that were shown before stay, and
// no object is shown by halves. Families about no single object always stay.
func (l *loop) selectObjects(c area.Cardinality) selection {
	order := make(map[area.Object]int, len(c.Objects))
	next := 0
	for _, n := range l.order {
		next = max(next, n+1)
	}
	for _, o := range c.Objects {
		n, known := l.order[o]
		if !known {
			n, next = next, next+1
		}
		order[o] = n
	}
	l.order = order
	selected := selection{series: c.Series}
	over := c.Series - l.maxSeries
	if l.maxSeries <= 0 || over <= 0 {
		return selected
	}
	newest := slices.SortedFunc(slices.Values(c.Objects), func(a, b area.Object) int {
		return cmp.Compare(order[b], order[a])
	})
	cut := map[area.Object]bool{}
	for _, o := range newest {
		if selected.dropped >= over {
			break
		}
		cut[o] = true
		selected.dropped += c.SeriesOf[o]
	}
	selected.include = func(o area.Object) bool { return !cut[o] }
	return selected
}

// logLimit logs when series begin to be cut, and when no more are.
func (l *loop) logLimit(status Status) {
	cut := status.SeriesDropped > 0
	if !status.Success || cut == l.logged.cut {
		return
	}
	l.logged.cut = cut
	if cut {
		l.log.Warn("too many series: those of the newest objects are not shown", "series", status.Series,
			"max_series", l.maxSeries, "dropped", status.SeriesDropped,
			"advice", "raise this collector's max_series or switch off its per-object series")
	} else {
		l.log.Info("all series are shown again", "series", status.Series)
	}
}
