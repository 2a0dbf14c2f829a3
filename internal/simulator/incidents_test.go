package simulator_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// TestIncidents starts and ends each kind in a working morning and compares
// answers with the truth before, during and after it.
func TestIncidents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New(simulator.Config{Desktops: 600, SkipSignatures: true, StartHour: 10})
		project := func() simulator.ProjectTruth { return s.Truth().Projects[simtest.Project] }
		for _, kind := range world.Incidents() {
			for range 2 { // the second time nothing happens
				if err := s.StartIncident(kind); err != nil {
					t.Fatal(err)
				}
			}
			if on := project().Incidents; len(on) != 1 || on[kind].IsZero() {
				t.Errorf("%s: incidents are %v", kind, on)
			}
			before := project()
			time.Sleep(20 * time.Minute)
			during := project()
			checkIncident(t, s, kind, before, during)
			if err := s.EndIncident(kind); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Minute)
			after := project()
			if len(after.Incidents) != 0 || after.Service.Status != "SUBSCRIBED" || !after.Service.LockedSince.IsZero() || activeIncidents(after) != 0 {
				t.Errorf("%s leaves %v, %+v", kind, after.Incidents, after.Service)
			}
			if n := unregisteredIn(after, busiest(before)); n > 3 {
				t.Errorf("%s leaves %d desktops without a registration", kind, n)
			}
		}
	})
}

func checkIncident(t *testing.T, s *simulator.Simulator, kind world.Incident, before, during simulator.ProjectTruth) {
	t.Helper()
	switch kind {
	case world.RegistrationLost:
		hit := busiest(before)
		if n := unregisteredIn(before, hit); n < 50 {
			t.Errorf("only %d desktops of the pool lost their registration", n)
		}
		if was, is := unregisteredIn(before, hit), unregisteredIn(during, hit); is < was {
			t.Errorf("%d desktops without a registration at first, %d later", was, is)
		}
	case world.LogonsFail:
		failed, all := 0, 0
		for _, r := range during.Records {
			if r.Start.Before(during.Incidents[kind]) {
				continue
			}
			all++
			switch {
			case r.FailureReason == world.IncidentReason:
				failed++
			case r.FailureReason != "":
				t.Errorf("a logon failed for %s", r.FailureReason)
			case !r.Setup.IsZero() && r.Setup.Sub(r.Start) < time.Minute:
				t.Errorf("a logon took %v", r.Setup.Sub(r.Start))
			}
		}
		if failed*2 < all || failed == all || all < 20 {
			t.Errorf("%d of %d logons failed", failed, all)
		}
	case world.ServiceDown:
		if body := simtest.Call(s, "/workspaces").Body.String(); !strings.Contains(body, `"status":"SUBSCRIPTION_FAILED"`) || !strings.Contains(body, `"status":"SUBSCRIBED"`) {
			t.Errorf("the service is %s", body)
		}
		if body := simtest.Call(s, "/workspaces/lock-status").Body.String(); !strings.Contains(body, `"is_lock":1`) {
			t.Errorf("the lock is %s", body)
		}
		if during.Service.Status != "SUBSCRIPTION_FAILED" || during.Service.LockedSince.IsZero() {
			t.Errorf("the truth is %+v", during.Service)
		}
	case world.CriticalAlarm:
		if n := activeIncidents(during); n != 1 {
			t.Errorf("%d alarms are active", n)
		}
	}
}

func activeIncidents(p simulator.ProjectTruth) int {
	n := 0
	for _, a := range p.Alarms {
		if a.Name == world.IncidentAlarm && a.Level == 1 && a.Status == world.AlarmActive {
			n++
		}
	}
	return n
}

// busiest is the pool with the most running desktops.
func busiest(p simulator.ProjectTruth) string {
	most, id := 0, ""
	for _, pool := range p.Pools {
		if n := pool.Fleet.Run[world.Active]; n > most && !pool.Maintenance {
			most, id = n, pool.ID
		}
	}
	return id
}

// unregisteredIn counts the desktops of a pool that an alert must tell of.
func unregisteredIn(p simulator.ProjectTruth, pool string) int {
	n := 0
	for _, d := range p.Desktops {
		if d.PoolID == pool && d.Status == world.Active && d.ConnectStatus == world.Unregistered && d.Task == "" && !d.Maintenance {
			n++
		}
	}
	return n
}

// TestIncidentsOfNoFleet: an empty fleet has nothing to break, and says so to
// nobody.
func TestIncidentsOfNoFleet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New(simulator.Config{SkipSignatures: true})
		for _, kind := range world.Incidents() {
			if err := s.StartIncident(kind); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Hour)
		if n := activeIncidents(s.Truth().Projects[simtest.Project]); n != 1 {
			t.Errorf("%d alarms are active", n)
		}
		for _, kind := range world.Incidents() {
			if err := s.EndIncident(kind); err != nil {
				t.Fatal(err)
			}
		}
		if on := s.Truth().Projects[simtest.Project].Incidents; len(on) > 0 {
			t.Errorf("%v are on", on)
		}
	})
}
