package simulator_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

type loginCounts struct {
	InUse int `json:"in_use_num"`
}

// The day has its hours: arrivals in the morning, silence at night.
func TestWorkingDay(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 2000})
	shares := map[string][2]float64{ // of the desktops in use, from and to
		"00:00 08:30": {0.2, 0.6},
		"02:00 10:30": {0.6, 0.9},
		"05:30 14:00": {0.5, 0.9},
		"09:30 18:00": {0.2, 0.7},
		"18:00 02:30": {0, 0.01},
		"24:00 08:30": {0.2, 0.6},
	}
	var before time.Duration
	for _, hour := range slices.Sorted(maps.Keys(shares)) {
		var h, m int
		if _, err := fmt.Sscanf(hour, "%d:%d", &h, &m); err != nil {
			t.Fatal(err)
		}
		at := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		clock.Advance(at - before)
		before = at
		inUse := float64(simtest.Get[loginCounts](t, s, simtest.LoginStatePath).InUse) / 2000
		if want := shares[hour]; inUse < want[0] || inUse > want[1] {
			t.Errorf("at %s: share in use is %.2f, want %v", hour, inUse, want)
		}
	}
	truth := s.Truth().Projects[simtest.Project]
	if truth.Login[simulator.UnableToConnect] == 0 || truth.Run[world.Faulty] == 0 || truth.Attach[world.AttachFail] == 0 {
		t.Errorf("nothing is wrong with any desktop: %+v", truth.Fleet)
	}
}

// A fast day is the same day: the world at a simulated hour does not depend on
// the speed, but times on the wire stay real.
func TestSpeed(t *testing.T) {
	t.Parallel()
	slow, slowly := simtest.New(simulator.Config{Desktops: 300})
	fast, quickly := simtest.New(simulator.Config{Desktops: 300, Speed: 60})
	slowly.Advance(2 * time.Hour)
	quickly.Advance(2 * time.Minute)
	a, b := simtest.Get[loginCounts](t, slow, simtest.LoginStatePath), simtest.Get[loginCounts](t, fast, simtest.LoginStatePath)
	if d := a.InUse - b.InUse; d < -60 || d > 60 {
		t.Errorf("in use: %d at speed 1, %d at speed 60", a.InUse, b.InUse)
	}
	for _, r := range fast.Truth().Projects[simtest.Project].Records {
		if r.Start.Before(quickly.Now().Add(-time.Hour)) || r.Start.After(quickly.Now()) {
			t.Fatalf("a record of a fast day begins at %s", r.Start)
		}
		if !r.End.IsZero() && r.End.Sub(r.Start) > 10*time.Minute {
			t.Fatalf("a session of a fast day lasts %s", r.End.Sub(r.Start))
		}
	}
}

// The same seed, clock and calls make the same answers; when somebody looks
// makes no difference to the world.
func TestDeterminism(t *testing.T) {
	t.Parallel()
	config := simulator.Config{Desktops: 400, Seed: 11, Speed: 20}
	a, aClock := simtest.New(config)
	b, bClock := simtest.New(config)
	rarely, rareClock := simtest.New(config)
	for range 30 {
		aClock.Advance(time.Minute)
		bClock.Advance(time.Minute)
		rareClock.Advance(time.Minute)
		for _, path := range []string{simtest.LoginStatePath, "/desktops?limit=100", "/alarms", "/connections/desktops?limit=100", "/quotas"} {
			x, y := simtest.Call(a, path), simtest.Call(b, path)
			simtest.Equal(t, path, x.Body.String(), y.Body.String())
			simtest.Equal(t, "X-Request-Id", x.Header().Get("X-Request-Id"), y.Header().Get("X-Request-Id"))
		}
	}
	if !reflect.DeepEqual(a.Truth(), rarely.Truth()) {
		t.Error("a world that was looked at differs from one that was not")
	}
	config.Seed++
	other, otherClock := simtest.New(config)
	otherClock.Advance(30 * time.Minute)
	if reflect.DeepEqual(a.Truth(), other.Truth()) {
		t.Error("another seed makes the same world")
	}
}

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 800, Speed: 10})
	s.Freeze()
	frozen := s.Truth()
	clock.Advance(3 * time.Hour)
	if !reflect.DeepEqual(s.Truth(), frozen) {
		t.Fatal("a frozen world changes")
	}
	s.Thaw()
	thawed := clock.Now()
	if got := s.Truth().Projects[simtest.Project]; !reflect.DeepEqual(got.Fleet, frozen.Projects[simtest.Project].Fleet) {
		t.Errorf("the thaw changes the fleet: %v, was %v", got.Fleet, frozen.Projects[simtest.Project].Fleet)
	}
	clock.Advance(5 * time.Minute)
	truth := s.Truth().Projects[simtest.Project]
	if reflect.DeepEqual(truth, frozen.Projects[simtest.Project]) {
		t.Error("a thawed world does not change")
	}
	// What was to happen happens later, not in the past.
	known := map[string]bool{}
	for _, r := range frozen.Projects[simtest.Project].Records {
		known[r.TransactionID] = true
	}
	for _, r := range truth.Records {
		late := r.Visible.After(thawed) && r.Start.Before(frozen.At)
		if !known[r.TransactionID] && !late && r.Start.Before(thawed.Add(-time.Second)) {
			t.Errorf("record %s of %s appears after the thaw at %s", r.TransactionID, r.Start, thawed)
		}
	}
	// Freezing twice and thawing what is not frozen change nothing.
	s.Freeze()
	s.Freeze()
	s.Thaw()
	s.Thaw()
}

// New desktops of a working day come into use.
func TestGrownFleetWorks(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{})
	clock.Advance(2 * time.Hour)
	s.SetDesktops(1000)
	clock.Advance(45 * time.Minute)
	if n := simtest.Get[loginCounts](t, s, simtest.LoginStatePath).InUse; n < 500 {
		t.Errorf("%d of 1000 new desktops are in use", n)
	}
}
