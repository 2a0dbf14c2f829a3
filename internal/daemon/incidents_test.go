package daemon

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestIncidents: each incident of the simulator is seen in the metrics that
// alerts are made from, and is gone from them when it is over.
func TestIncidents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, only("desktops", "login_records", "service", "service_lock", "alarms"), newSimulator(300))
		advance(10*time.Minute, synctest.Wait)
		s := h.scrape()
		reason := "reason=" + simulator.IncidentReason
		failedBefore, _ := s.sum("connection_failures_total", reason)
		overdueBefore, _ := s.sum("desktops_registration_overdue")
		for _, kind := range simulator.Incidents() {
			if err := h.sim.StartIncident(kind); err != nil {
				t.Fatal(err)
			}
		}
		advance(15*time.Minute, synctest.Wait)
		s = h.scrape()
		if failed, _ := s.sum("connection_failures_total", reason); failed < failedBefore+20 {
			t.Errorf("%v connections failed before the incident, %v in all", failedBefore, failed)
		}
		if overdue, _ := s.sum("desktops_registration_overdue"); overdue < overdueBefore+20 {
			t.Errorf("%v desktops are overdue, %v before the incident", overdue, overdueBefore)
		}
		s.expect(0, "service_status", "site_id=center", "status=SUBSCRIBED", project("hq"))
		s.expect(1, "service_status", "site_id=center", "status=SUBSCRIPTION_FAILED", project("hq"))
		s.expect(1, "access_status", "site_id=center", "status=internetOpenFailed", project("hq"))
		s.expect(1, "locked", project("hq"))
		s.expect(float64(h.sim.Truth().Projects[projectHQ].Service.LockedSince.Unix()), "locked_since_timestamp_seconds", project("hq"))
		s.expect(float64(h.sim.Truth().Projects[projectHQ].Incidents[simulator.CriticalAlarm].Unix()),
			"alarm_active_since_timestamp_seconds", "alarm="+simulator.IncidentAlarm, "level=critical", project("hq"))
		for _, kind := range simulator.Incidents() {
			if err := h.sim.EndIncident(kind); err != nil {
				t.Fatal(err)
			}
		}
		advance(15*time.Minute, synctest.Wait)
		s = h.scrape()
		if overdue, _ := s.sum("desktops_registration_overdue"); overdue > overdueBefore+10 {
			t.Errorf("%v desktops are still overdue", overdue)
		}
		s.expect(1, "service_status", "site_id=center", "status=SUBSCRIBED", project("hq"))
		s.expect(0, "locked", project("hq"))
		s.expectAbsent("locked_since_timestamp_seconds")
		s.expectAbsent("alarm_active_since_timestamp_seconds", "alarm="+simulator.IncidentAlarm)
	})
}
