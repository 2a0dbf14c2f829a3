package scraper

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// fleetArea shows two series for each desktop and one for all.
func fleetArea() area.Collector {
	type desktops = []string
	return area.Declaration[desktops]{
		Name: "fleet", Help: "Test.",
		Families: []area.Family[desktops]{
			{Name: "desktops", Help: "All.", Type: area.Gauge, Map: func(d desktops, put area.Put) { put.Value(float64(len(d))) }},
			{Name: "desktop_info", Help: "One.", Type: area.Gauge, Labels: []string{"desktop_id", "name"}, Map: func(d desktops, put area.Put) {
				for _, id := range d {
					put.Value(1, id, "name of "+id)
				}
			}},
			{Name: "desktop_up", Help: "One.", Type: area.Gauge, Labels: []string{"desktop_id"}, Map: func(d desktops, put area.Put) {
				for _, id := range d {
					put.Value(1, id)
				}
			}},
		},
	}
}

func TestNewestObjectsAreCut(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	l := &loop{
		collector: fleetArea(), maxSeries: 7, order: map[area.Object]int{},
		log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	polls := []struct {
		desktops, shown string
		dropped         int
	}{
		{"a b c", "a b c", 0},
		{"x a b c", "a b c", 2},   // the newest goes, wherever it stands in the list
		{"z x a b c", "a b c", 4}, // whole objects
		{"x z a c", "a c x", 2},   // a place is free: x was there before z
		{"x a", "a x", 0},
	}
	for i, p := range polls {
		result := strings.Fields(p.desktops)
		samples, err := l.collector.Samples(result)
		if err != nil {
			t.Fatal(err)
		}
		s := l.selectObjects(samples.Cardinality())
		shown := map[string]int{}
		err = samples.Families(nil, s.include, func(mf *dto.MetricFamily) error {
			for _, m := range mf.Metric {
				if len(m.Label) > 0 {
					shown[m.Label[0].GetValue()]++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for id, n := range shown {
			ids = append(ids, id)
			if n != 2 {
				t.Errorf("poll %d: %d series of %s are shown, want both", i, n, id)
			}
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != p.shown || s.dropped != p.dropped || s.series != 1+2*len(result) {
			t.Errorf("poll %d: shown %q, dropped %d of %d; want %q and %d", i, got, s.dropped, s.series, p.shown, p.dropped)
		}
		l.logLimit(Status{Success: true, Series: s.series, SeriesDropped: s.dropped})
	}
	if got := strings.Count(log.String(), "too many series"); got != 1 || strings.Count(log.String(), "shown again") != 1 {
		t.Errorf("log:\n%s", log.String())
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	l := &loop{collector: fleetArea(), order: map[area.Object]int{}}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprint(i))
	}
	samples, err := l.collector.Samples(many)
	if err != nil {
		t.Fatal(err)
	}
	if s := l.selectObjects(samples.Cardinality()); s.include != nil || s.dropped != 0 || s.series != 2001 {
		t.Errorf("%+v", s)
	}
}
