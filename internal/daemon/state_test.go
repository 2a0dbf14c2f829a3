package daemon

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestRestart: what was known is served at once after a restart, with its true
// age and until it is too old, and counters go on.
func TestRestart(t *testing.T) {
	t.Parallel()
	cfg := oneProject(testConfig+"collectors: {desktops: {per_desktop: true}}\n") +
		"state: {path: " + t.TempDir() + "}\nprivacy: {user_names: hashed}\n"
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, cfg, sim)
		advance(40*time.Minute, synctest.Wait)
		before := h.scrape()
		h.stop()
		stopped := time.Now()
		advance(20*time.Second, synctest.Wait)

		sim.SetFault("", simulator.Failing(500, "WKS.1"))
		h = start(t, cfg, sim)
		synctest.Wait()
		after := h.scrape()
		for _, name := range []string{
			"desktops_run_state", "desktops_observed", "connections_total", "session_duration_seconds", "quota_used", "desktop_info",
			"exporter_collector_last_success_timestamp_seconds", "exporter_collector_series",
		} {
			was, n := before.sum(name)
			is, m := after.sum(name)
			if was != is || n != m || n == 0 {
				t.Errorf("%s: %v in %d series before the restart, %v in %d after it", name, was, n, is, m)
			}
		}
		if connected, _ := after.sum("connections_total"); connected == 0 {
			t.Error("there is no logon to go on counting from")
		}
		if was, is := before.users(), after.users(); was == "" || was != is {
			t.Errorf("hashed user names changed with the restart: %.60s, %.60s", was, is)
		}
		after.expectAbsent("exporter_collector_success")

		advance(4*time.Minute-time.Since(stopped), synctest.Wait)
		s := h.scrape()
		s.expect(0, "exporter_collector_success", "collector=desktops")
		s.expectAbsent("desktops_observed")
		s.expectAbsent("connections_total")
		sim.Repair("")
		advance(2*time.Minute, synctest.Wait)
		s = h.scrape()
		was, _ := before.sum("connections_total")
		if is, _ := s.sum("connections_total"); is < was {
			t.Errorf("connections_total fell from %v to %v", was, is)
		}
		h.withinBudget(0.5)
	})
}

// users are the values of the label user of desktop_info.
func (s scraped) users() string {
	var all []string
	for _, m := range s.families["huaweicloud_workspace_desktop_info"].GetMetric() {
		for _, l := range m.Label {
			if l.GetName() == "user" {
				all = append(all, l.GetValue())
			}
		}
	}
	return strings.Join(all, " ")
}

// TestWithoutState says once that nothing is kept.
func TestWithoutState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, only("alarms"), newSimulator(10))
		advance(10*time.Minute, synctest.Wait)
		if n := strings.Count(h.log.Take(), "nothing is kept over restarts"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}
