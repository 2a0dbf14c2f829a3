package command

import (
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/dashboards"
	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
)

// checkDashboards holds the dashboards against a scrape: every metric, label
// and label value of every panel must be there.
func checkDashboards(t *testing.T, page string) {
	t.Helper()
	scrape, err := promqltest.ReadScrape(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	durations := strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h")
	for _, d := range dashboards.All() {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					use, err := promqltest.Parse(durations.Replace(q.Expr))
					if err != nil {
						t.Error(err)
					}
					for _, s := range use.Selectors {
						name, own := strings.CutPrefix(s.Metric, area.Prefix)
						if !own || notShown[name] != "" {
							continue
						}
						for _, m := range scrape.Missing(s) {
							t.Errorf("%s, %s: %s", d.UID, p.Title, m)
						}
					}
				}
			}
		}
	}
}
