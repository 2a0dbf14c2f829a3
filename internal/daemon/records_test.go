package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// only is the test configuration with the named collectors.
func only(names ...string) string {
	return testConfig + choose(func(spec area.Spec) bool { return slices.Contains(names, spec.Name) })
}

// core is the test configuration with the core collectors and desktop_idle.
func core() string {
	return testConfig + choose(func(spec area.Spec) bool { return spec.Core || spec.Name == "desktop_idle" })
}

// choose is the section that enables some of the collectors.
func choose(wanted func(area.Spec) bool) string {
	var section strings.Builder
	section.WriteString("collectors:\n")
	for _, c := range collector.All() {
		spec := c.Spec()
		fmt.Fprintf(&section, "  %s: {enabled: %t}\n", spec.Name, wanted(spec))
	}
	return section.String()
}

// TestLoginRecordsOnce: a day of logons, with the API failing for half an
// hour in between, is counted record by record. The day passes four times
// as fast and begins and ends at night, when no record is on its way.
func TestLoginRecordsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(100, func(c *simulator.Config) { c.StartHour, c.Speed = 3.5, 4 })
		h := start(t, only("login_records"), sim)
		advance(2*time.Minute, synctest.Wait)
		before := h.sim.Truth().Projects[projectHQ]
		advance(90*time.Minute, synctest.Wait)
		h.sim.SetFault("", simulator.Failing(503, "WKS.1"))
		advance(30*time.Minute, synctest.Wait)
		h.sim.Repair("")
		advance(4*time.Hour, synctest.Wait)
		after := h.sim.Truth().Projects[projectHQ]
		var all, failed int
		for logon, n := range after.Logons {
			fresh := n - before.Logons[logon]
			all += fresh
			if logon.Failed {
				failed += fresh
			}
		}
		if all < 100 || failed == 0 {
			t.Fatalf("only %d logons, %d of them failed: nothing to compare", all, failed)
		}
		s := h.scrape()
		s.expect(float64(all), "connections_total", project("hq"))
		s.expect(float64(failed), "connections_total", project("hq"), "result=failure")
		s.expect(float64(failed), "connection_failures_total", project("hq"))
		s.expect(float64(all-failed), "connection_setup_duration_seconds", project("hq"))
		s.expect(float64(all-failed), "session_duration_seconds", project("hq"))
	})
}

// TestOneLineAStateChange: a collector that fails for long says so once.
func TestOneLineAStateChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, only("alarms"), newSimulator(10))
		advance(time.Minute, synctest.Wait)
		h.warnings()
		h.sim.SetFault("ListAlarms", simulator.Forbidden())
		advance(3*time.Hour, synctest.Wait)
		var failed, parked, dropped int
		for _, line := range h.warnings() {
			switch {
			case strings.Contains(line, "collector failed"):
				failed++
				for _, want := range []string{"workspace:statistics:listAlarm", "collector=alarms"} {
					if !strings.Contains(line, want) {
						t.Errorf("the line lacks %q: %s", want, line)
					}
				}
			case strings.Contains(line, "collector is parked"):
				parked++
				for _, want := range []string{"reason=forbidden", "refused_for=2m", "next_try_in=1m0s"} {
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
		if failed != 3 || parked != 3 || dropped != 3 {
			t.Errorf("%d lines about failures, %d about parking and %d about dropped data for 3 projects", failed, parked, dropped)
		}
		s := h.scrape()
		s.expect(3, "exporter_collector_parked", "collector=alarms", "reason=forbidden")
		s.expect(0, "exporter_collector_parked", "collector=alarms", "reason=unsubscribed")

		s.expect(0, "exporter_collector_parked", "collector=alarms", "reason=unavailable")

		h.sim.SetFault("ListAlarms", simulator.Unsubscribed())
		advance(9*time.Minute, synctest.Wait) // core: tried every 5 minutes
		s = h.scrape()
		s.expect(3, "exporter_collector_parked", "collector=alarms", "reason=unsubscribed")
		s.expect(0, "exporter_collector_parked", "collector=alarms", "reason=forbidden")
		h.sim.Repair("")
		advance(5*time.Minute, synctest.Wait)
		s = h.scrape()
		s.expect(0, "exporter_collector_parked", "collector=alarms")
		s.expect(3, "exporter_collector_success", "collector=alarms")
	})
}

// TestAPINotInRegion: what a region lacks is asked for seldom, but a core API
// that is gone for a while is back at once.
func TestAPINotInRegion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		missing := simulator.Failing(404, "APIGW.0101")
		h := start(t, oneProject(testConfig+"collectors: {}\n"), newSimulator(10))
		h.sim.SetFault("ListHostsDetail", missing)
		h.sim.SetFault("ListAlarms", missing)
		advance(10*time.Minute, synctest.Wait)
		s := h.scrape()
		s.expect(1, "exporter_collector_parked", "collector=hosts", "reason=unavailable")
		s.expect(0, "exporter_collector_parked", "collector=alarms")
		s.expect(0, "exporter_collector_success", "collector=alarms")
		if n, _ := s.sum("exporter_api_requests_total", "api=ListHostsDetail"); n < 4 || n > 6 {
			t.Errorf("%v requests for an API that is not there", n)
		}
		h.sim.Repair("")
		advance(31*time.Second, synctest.Wait)
		h.scrape().expect(1, "exporter_collector_success", "collector=alarms")
	})
}

// TestRefusalsThatPass: neither one refusal nor a few of them cost more than a
// minute, and any reload ends the pause of a collector that is parked.
func TestRefusalsThatPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, oneProject(testConfig+"collectors: {}\n"), newSimulator(10))
		advance(time.Minute, synctest.Wait)
		fault := simulator.Forbidden()
		fault.Calls = 12
		h.sim.SetFault("", fault)
		advance(2*time.Minute, synctest.Wait)
		s := h.scrape()
		s.expect(0, "exporter_collector_parked")
		for _, c := range collector.All() {
			if !c.Spec().Disabled && c.Spec().Core {
				s.expect(1, "exporter_collector_success", "collector="+c.Spec().Name)
			}
		}
		h.sim.SetFault("", simulator.Forbidden())
		advance(3*time.Hour, synctest.Wait)
		s = h.scrape()
		// access_stages calls nothing as long as it knows no logon.
		if parked, n := s.sum("exporter_collector_parked", "reason=forbidden"); int(parked) != n-1 {
			t.Errorf("%v of %d collectors are parked", parked, n)
		}
		_, page := h.page("/api/v1/status")
		if !strings.Contains(page, `"refused_polls"`) || !strings.Contains(page, `"refused_since"`) {
			t.Error("the status does not tell since when and how often")
		}
		h.sim.Repair("")
		h.reloads(h.config)
		advance(70*time.Second, synctest.Wait) // the interval of access_stages, whose logons come back
		s = h.scrape()
		s.expect(0, "exporter_collector_parked")
		if good, n := s.sum("exporter_collector_success"); int(good) != n {
			t.Errorf("%v of %d collectors work after the reload", good, n)
		}
		h.withinBudget(0.5)
	})
}
