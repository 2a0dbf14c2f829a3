package daemon

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// recordsOnly is one project with nothing but login records.
func recordsOnly() string {
	var others strings.Builder
	for _, c := range Schema().Collectors {
		if c.Name != "login_records" {
			fmt.Fprintf(&others, "  %s: {enabled: false}\n", c.Name)
		}
	}
	return `
accounts:
  - name: prod
    credentials: {access_key: AKPROD, secret_key: ` + secretCanary + `}
    projects: [{name: hq, region: ap-southeast-3, project_id: ` + projectHQ + `}]
collectors:
` + others.String()
}

// TestLoginRecordsOnce: a day of logons, with the API failing for half an
// hour in between, is counted record by record. The day passes four times
// as fast and begins and ends at night, when no record is on its way.
func TestLoginRecordsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{
			Desktops: 300, Seed: 3, StartHour: 3.5, Speed: 4,
			AccessKeys: map[string]string{"AKPROD": secretCanary},
			Projects:   []simulator.Project{{ID: projectHQ, Region: "ap-southeast-3"}},
		})
		h := start(t, recordsOnly(), sim)
		pass(2*time.Minute, synctest.Wait)
		before := h.sim.Truth().Projects[projectHQ]
		pass(90*time.Minute, synctest.Wait)
		h.sim.SetFault("", simulator.Failing(503, "WKS.1"))
		pass(30*time.Minute, synctest.Wait)
		h.sim.Repair("")
		pass(4*time.Hour, synctest.Wait)
		after := h.sim.Truth().Projects[projectHQ]
		var all, failed int
		for logon, n := range after.Logons {
			fresh := n - before.Logons[logon]
			all += fresh
			if logon.Failed {
				failed += fresh
			}
		}
		if all < 200 || failed == 0 {
			t.Fatalf("only %d logons, %d of them failed: nothing to compare", all, failed)
		}
		s := h.scrape()
		s.is(float64(all), "connections_total", project("hq"))
		s.is(float64(failed), "connections_total", project("hq"), "result=failure")
		s.is(float64(failed), "connection_failures_total", project("hq"))
		s.is(float64(all-failed), "connection_setup_duration_seconds", project("hq"))
		s.is(float64(all-failed), "session_duration_seconds", project("hq"))
	})
}

// TestOneLineAStateChange: a collector that fails for long says so once.
func TestOneLineAStateChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, testConfig, newSimulator(100))
		pass(time.Minute, synctest.Wait)
		h.warnings()
		h.sim.SetFault("ListAlarms", simulator.Forbidden())
		pass(3*time.Hour, synctest.Wait)
		var failed, dropped int
		for _, line := range h.warnings() {
			switch {
			case strings.Contains(line, "collector failed"):
				failed++
				for _, want := range []string{"workspace:statistics:listAlarm", "parked_for=30m", "collector=alarms"} {
					if !strings.Contains(line, want) {
						t.Errorf("the line lacks %q: %s", want, line)
					}
				}
			case strings.Contains(line, "too old"):
				dropped++
			default:
				t.Errorf("unexpected: %s", line)
			}
		}
		if failed != 3 || dropped != 3 {
			t.Errorf("%d lines about failures and %d about dropped data for 3 projects", failed, dropped)
		}
		s := h.scrape()
		s.is(3, "exporter_collector_parked", "collector=alarms", "reason=forbidden")
		s.is(0, "exporter_collector_parked", "collector=alarms", "reason=unsubscribed")

		h.sim.SetFault("ListAlarms", simulator.Unsubscribed())
		pass(31*time.Minute, synctest.Wait)
		s = h.scrape()
		s.is(3, "exporter_collector_parked", "collector=alarms", "reason=unsubscribed")
		s.is(0, "exporter_collector_parked", "collector=alarms", "reason=forbidden")
		h.sim.Repair("")
		pass(31*time.Minute, synctest.Wait)
		s = h.scrape()
		s.is(0, "exporter_collector_parked", "collector=alarms")
		s.is(3, "exporter_collector_success", "collector=alarms")
	})
}
