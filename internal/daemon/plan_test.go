package daemon

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/plan"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// lean is the test configuration with the collectors that lists of desktops and
// users make costly, and one that makes a call for each object.
func lean(options string) string {
	return testConfig + Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		switch c.Name {
		case "desktops":
			return true, []string{"per_desktop: true", options}
		case "desktop_details", "agents", "users", "pool_details", "login_state", "jobs":
			return true, []string{"interval: 5m"}
		case "desktop_monitor":
			return true, []string{"select: all", "max_calls: 6"}
		}
		return false, nil
	})
}

// TestPlanHoldsForAnHour compares a plan with an hour of the daemon: calls a
// minute of each API and effective intervals within 5 %, where all intervals
// are kept and where hardly any is. Two projects share one budget.
func TestPlanHoldsForAnHour(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]string{
		"relaxed": lean("interval: 1m"),
		"starved": "budget: {share: 0.005}\n" + lean("details: true, interval: 30s"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			comparePlan(t, cfg, name == "relaxed")
		})
	}
}

func comparePlan(t *testing.T, cfg string, fits bool) {
	t.Helper()
	const desktops = 120
	synctest.Test(t, func(t *testing.T) {
		h := start(t, cfg, newSimulator(desktops, func(c *simulator.Config) { c.StartHour = 10 }))
		advance(20*time.Minute, synctest.Wait) // the first polls have more to do
		before := h.scrape()
		effective := h.averageIntervals(time.Hour)
		after := h.scrape()
		truth := h.sim.Truth()
		h.stop()

		fleet := fleetOf(truth.Projects[projectHQ], time.Now().Add(-time.Hour))
		p := plan.New(plan.Options{Targets: parsed(t, cfg), Fleet: plan.Counts(fleet)})
		if p.Fits != fits {
			t.Errorf("the plan fits: %t", p.Fits)
		}
		for _, b := range p.Budgets {
			of := []string{"api=" + b.API, "account=" + b.Account}
			sum, _ := after.sum("exporter_api_requests_total", of...)
			earlier, _ := before.sum("exporter_api_requests_total", of...)
			if got := (sum - earlier) / 60; math.Abs(got-b.Calls) > max(0.05*got, 0.05) {
				t.Errorf("%s %s: %.3f calls a minute, planned are %.3f", b.Account, b.API, got, b.Calls)
			}
		}
		for _, project := range p.Projects {
			for _, c := range project.Collectors {
				got := effective[project.Project+" "+c.Collector]
				if math.Abs(got-c.Effective) > 0.05*got {
					t.Errorf("%s %s: effective interval %.1f s, planned is %.1f", project.Project, c.Collector, got, c.Effective)
				}
			}
		}
	})
}

// averageIntervals is the mean effective interval, as the exporter shows it, of
// each project and collector.
func (h *harness) averageIntervals(during time.Duration) map[string]float64 {
	const step = 10 * time.Second
	mean := map[string]float64{}
	for range during / step {
		advance(step, synctest.Wait)
		for _, target := range h.daemon.scraper.Status() {
			for _, s := range target.Collectors {
				mean[target.Project+" "+s.Collector] += s.Effective.Seconds() * step.Seconds() / during.Seconds()
			}
		}
	}
	return mean
}

// comparePlannedSeries holds the planned number of series of a project of
// 1,000 desktops to what a run gives, in all within 10 %.
func comparePlannedSeries(t *testing.T, measured map[string]int) {
	t.Helper()
	p := plan.New(plan.Options{Targets: parsed(t, oneProject(withObjects(false))), Fleet: plan.Counts{area.Desktops: 1000}})
	var planned, got float64
	for _, c := range p.Projects[0].Collectors {
		if !growing(c.Collector) {
			planned += c.Series
			got += float64(measured[c.Collector])
		}
	}
	if math.Abs(planned-got) > 0.1*got {
		t.Errorf("%.0f series are planned, a run gives %.0f", planned, got)
	}
}
