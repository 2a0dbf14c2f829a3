package daemon

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestReport: the JSON twin of the status page says what the metrics say.
func TestReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, testConfig, sim)
		sim.SetFault("ListAlarms", simulator.Failing(500, "WKS.<b>"))
		advance(5*time.Minute, synctest.Wait)
		code, page := h.page("/api/v1/status")
		var r Report
		d := json.NewDecoder(strings.NewReader(page))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || code != http.StatusOK {
			t.Fatalf("%d %v: %s", code, err, page)
		}
		if !r.Ready || len(r.Accounts) != 2 || len(r.Projects) != 3 {
			t.Fatalf("ready %v, %d accounts, %d projects", r.Ready, len(r.Accounts), len(r.Projects))
		}
		s := h.scrape()
		for _, p := range r.Projects {
			if len(p.Collectors) == 0 {
				t.Errorf("project %s has no collector", p.Project)
			}
			for _, c := range p.Collectors {
				of := []string{project(p.Project), "collector=" + c.Collector}
				s.expect(boolToFloat(c.Success), "exporter_collector_success", of...)
				s.expect(c.EffectiveInterval, "exporter_collector_interval_seconds", of...)
				s.expect(float64(c.Calls), "exporter_collector_calls", of...)
				calls := 0
				for _, n := range c.CallsByOperation {
					calls += n
				}
				switch alarms := c.Collector == "alarms"; {
				case alarms && (c.Success || !strings.Contains(c.Error, "ListAlarms") || c.LastSuccess != nil):
					t.Errorf("alarms fails, and the report says %+v", c)
				case !alarms && (c.Error != "" || calls != c.Calls || c.Series == 0 || c.NextRun == nil):
					t.Errorf("%s works, and the report says %+v", c.Collector, c)
				}
			}
		}
		for _, a := range r.Accounts {
			for _, b := range a.Budgets {
				s.expect(b.Budget, "exporter_api_budget_requests_per_minute", "account="+a.Account, "region="+b.Region, "api="+b.API)
				if b.Limit == 0 {
					t.Errorf("no limit for %+v", b)
				}
			}
		}
		if strings.Contains(page, secretCanary) || strings.Contains(page, "<b>") {
			t.Error("the report holds a secret or bare HTML")
		}
	})
}

func boolToFloat(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
