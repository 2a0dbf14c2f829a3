package daemon

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

var updateSeries = flag.Bool("update-series", false, "measure and write docs/series.md; takes minutes")

// seriesTable is the document that TestSeriesTable keeps.
var seriesTable = filepath.Join("..", "..", "docs", "series.md")

const seriesHead = `# Series

<!-- Measured by ` + "`make series`" + `; do not edit. -->

How many series each collector gives for one project of the simulator after 40 minutes of a working morning: with the
default options, and with every option for per-object series. Collectors that are off by default are marked with *.
Totals leave out the series about the exporter itself, of which there are about 25 for each collector.

| collector | 1,000 desktops | 10,000 | 100,000 | per object: 1,000 | 10,000 | 100,000 |
|---|---:|---:|---:|---:|---:|---:|
`

// TestSeriesTable holds docs/series.md to what a run gives: it names every
// collector, and the numbers at 1,000 desktops are right but for those that grow.
func TestSeriesTable(t *testing.T) {
	t.Parallel()
	if *updateSeries {
		writeSeriesTable(t)
	}
	content, err := os.ReadFile(seriesTable)
	if err != nil {
		t.Fatal(err)
	}
	measured := measureSeries(t, 1000, false)
	for _, c := range collector.All() {
		row := fmt.Sprintf("\n| `%s`%s |", c.Spec().Name, star(c))
		if !growing(c.Spec().Name) {
			row += fmt.Sprintf(" %d |", measured[c.Spec().Name])
		}
		if !strings.Contains(string(content), row) {
			t.Errorf("docs/series.md has no row that begins with %q: run `make series`", strings.TrimSpace(row))
		}
	}
	comparePlannedSeries(t, measured)
}

// growing collectors have more to show with each poll, so that the moments of
// the polls matter.
func growing(name string) bool {
	return slices.Contains([]string{"login_records", "access_stages", "user_events", "desktop_monitor"}, name)
}

func star(c area.Collector) string {
	if c.Spec().Disabled {
		return "*"
	}
	return ""
}

func writeSeriesTable(t *testing.T) {
	t.Helper()
	sizes := []int{1000, 10_000, 100_000}
	var columns []map[string]int
	for _, perObject := range []bool{false, true} {
		for _, n := range sizes {
			columns = append(columns, measureSeries(t, n, perObject))
		}
	}
	var b strings.Builder
	b.WriteString(seriesHead)
	totals := make([]int, len(columns))
	for _, c := range collector.All() {
		fmt.Fprintf(&b, "| `%s`%s |", c.Spec().Name, star(c))
		for i, column := range columns {
			n := column[c.Spec().Name]
			fmt.Fprintf(&b, " %d |", n)
			if !c.Spec().Disabled || i >= len(sizes) {
				totals[i] += n
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("| **all that is enabled** |")
	for _, n := range totals {
		fmt.Fprintf(&b, " **%d** |", n)
	}
	b.WriteString("\n\nThe totals of the first three columns count the collectors that are on by default, those of the last three all.\n")
	if err := os.WriteFile(seriesTable, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withObjects is the configuration of everything, with or without series for
// single objects.
func withObjects(perObject bool) string {
	if perObject {
		return everything()
	}
	return strings.NewReplacer("per_desktop: true", "per_desktop: false", "per_group: true", "per_group: false").Replace(everything())
}

// measureSeries returns the series of each collector, without any limit.
func measureSeries(t *testing.T, desktops int, perObject bool) map[string]int {
	t.Helper()
	cfg := withObjects(perObject)
	// One poll tells it, but for what grows with each.
	for _, c := range Schema().Collectors {
		interval := "24h"
		if growing(c.Name) {
			interval = "1m"
		}
		cfg = strings.Replace(cfg, "  "+c.Name+": {enabled: true", "  "+c.Name+": {enabled: true, max_series: 0, interval: "+interval, 1)
	}
	series := map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		h := start(t, oneProject(cfg), newSimulator(desktops, func(c *simulator.Config) { c.Projects = c.Projects[:1] }))
		advance(40*time.Minute, synctest.Wait)
		for _, target := range h.daemon.scraper.Status() {
			for _, s := range target.Collectors {
				if s.LastSuccess.IsZero() {
					t.Errorf("%s has not succeeded in 40 minutes at %d desktops: %v", s.Collector, desktops, s.Err)
				}
				series[s.Collector] = s.Series
			}
		}
		h.stop()
	})
	return series
}
