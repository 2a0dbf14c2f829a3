package simulator

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

// desktopsBy reads all pages of the light list.
func desktopsBy(t *testing.T, s *Simulator) []simpleDesktop {
	t.Helper()
	var all []simpleDesktop
	for {
		page := get[desktopListAnswer](t, s, fmt.Sprintf("/desktops?limit=1000&offset=%d", len(all)))
		all = append(all, page.Desktops...)
		if len(all) >= page.Total || len(page.Desktops) == 0 {
			is(t, "total of the list", len(all), page.Total)
			return all
		}
	}
}

// All views of the fleet agree, at any size and hour.
func TestViewsAgree(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		desktops int
		hours    []time.Duration // since the start at half past eight
		details  bool
	}{
		"empty":  {0, []time.Duration{0, 5 * time.Hour}, true},
		"small":  {500, []time.Duration{0, time.Hour / 3, 4 * time.Hour, 9 * time.Hour, 10 * time.Hour, 18 * time.Hour, 24 * time.Hour}, true},
		"large":  {20_000, []time.Duration{0, 10 * time.Hour}, false},
		"medium": {3000, []time.Duration{10 * time.Minute}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, clock := newOpen(Config{Desktops: test.desktops, Seed: 7})
			start := clock.Now()
			for _, hour := range test.hours {
				clock.advance(start.Add(hour).Sub(clock.Now()))
				viewsAgree(t, s, test.desktops, test.details)
				if t.Failed() {
					t.Fatalf("the views differ after %s", hour)
				}
			}
		})
	}
}

func viewsAgree(t *testing.T, s *Simulator, n int, details bool) {
	t.Helper()
	const kinds = "&statistics_type=attach-state&statistics_type=login-state&statistics_type=run-state"
	login := get[loginCounts](t, s, loginStatePath)
	run := get[runCounts](t, s, runStatePath)
	all := get[statisticsAnswer](t, s, "/statistics?"+kinds[1:])
	one := get[statisticsAnswer](t, s, "/statistics?desktop_type=DEDICATED"+kinds)
	many := get[statisticsAnswer](t, s, "/statistics?desktop_type=POOLED"+kinds)
	pools := get[poolListAnswer](t, s, "/desktop-pools?limit=1000")
	groups := get[groupAnswer](t, s, "/connections/status")
	list := desktopsBy(t, s)

	is(t, "desktops", len(list), n)
	is(t, "total", all.Total, n)
	is(t, "sum of types", one.Total+many.Total, n)
	is(t, "sum of run states", run.Active+run.Stopped+run.Faulty+run.Hibernated, n)
	is(t, "sum of login states", login.InUse+login.Unregistered+login.Unreachable+login.Ready+login.Disconnected, n)
	is(t, "sum of attach states", all.Attach.Attached+all.Attach.Unattached+all.Attach.Attaching+all.Attach.Failed, n)
	is(t, "run states", *all.Run, run)
	is(t, "login states", *all.Login, login)
	is(t, "pools without POOLED", len(all.Pools)+len(one.Pools), 0)
	is(t, "pools", len(many.Pools), pools.Total)

	// The list of desktops tells the same.
	status, connect, byPool := map[string]int{}, map[string]int{}, map[string]int{}
	users := map[string]int{}
	for _, d := range list {
		status[d.Status]++
		connect[d.ConnectStatus]++
		byPool[d.PoolID]++
		if d.User != nil {
			users[d.PoolID]++
		}
		if d.Status != active && d.ConnectStatus != unregistered {
			t.Errorf("desktop %s is %s and %s", d.Name, d.Status, d.ConnectStatus)
		}
		if (d.PoolID == "") != (d.Type == dedicated) {
			t.Errorf("desktop %s is %s in pool %q", d.Name, d.Type, d.PoolID)
		}
	}
	is(t, "running", status[active], run.Active)
	is(t, "off", status[shutOff], run.Stopped)
	is(t, "hibernated", status[hibernated], run.Hibernated)
	is(t, "faulty", status[faulty], run.Faulty)
	is(t, "connected", connect[connected], login.InUse)
	is(t, "ready", connect[registered], login.Ready)
	is(t, "disconnected", connect[disconnected], login.Disconnected)
	is(t, "unregistered", connect[unregistered], login.Unregistered+login.Unreachable)
	is(t, "dedicated", byPool[""], one.Total)

	var sum int
	for i, p := range pools.Pools {
		sum += p.Desktops
		is(t, "desktops of "+p.Name, byPool[p.ID], p.Desktops)
		is(t, "used of "+p.Name, users[p.ID], p.Used)
		is(t, "statistics of "+p.Name, many.Pools[i].Total, p.Desktops)
		is(t, "id of "+p.Name, many.Pools[i].ID, p.ID)
		l := many.Pools[i].Login
		is(t, "login states of "+p.Name, l.InUse+l.Unregistered+l.Unreachable+l.Ready+l.Disconnected, p.Desktops)
	}
	is(t, "pooled", sum, many.Total)

	var g groupCounts
	for _, group := range groups.Groups {
		g.Running += group.Running
		g.Stopped += group.Stopped
		g.Hibernated += group.Hibernated
		g.Other += group.Other
		g.InUse += group.InUse
		g.Unregistered += group.Unregistered
		g.Ready += group.Ready
		g.Disconnected += group.Disconnected + group.Unknown
		g.Attached += group.Attached
		g.Unattached += group.Unattached
		g.CannotAttach += group.CannotAttach
		g.InProcess += group.InProcess
	}
	is(t, "groups", g, groupCounts{
		Running: run.Active, Stopped: run.Stopped, Hibernated: run.Hibernated, Other: run.Faulty,
		InUse: login.InUse, Unregistered: login.Unregistered + login.Unreachable, Ready: login.Ready, Disconnected: login.Disconnected,
		Attached: all.Attach.Attached, Unattached: all.Attach.Unattached, CannotAttach: all.Attach.Failed, InProcess: all.Attach.Attaching,
	})
	quotasAgree(t, s, list)
	if details {
		detailsAgree(t, s, list)
	}
}

func quotasAgree(t *testing.T, s *Simulator, list []simpleDesktop) {
	t.Helper()
	q := get[quotasAnswer](t, s, "/quotas")
	instances := 0
	for _, site := range append(q.Sites, quotaResources{SiteID: "s-center", Resources: q.Quotas.Resources}) {
		if detail := get[quotaResources](t, s, "/quotas/detail?site_id="+site.SiteID); !reflect.DeepEqual(detail, site) {
			t.Errorf("quotas of site %s are %v in the list and %v in detail", site.SiteID, site, detail)
		}
		for _, r := range site.Resources {
			if r.Type == "general_instances" || r.Type == "gpu_instances" {
				instances += r.Used
			}
			if r.Quota != -1 && r.Used > r.Quota {
				t.Errorf("site %q uses %d of %d %s", site.SiteID, r.Used, r.Quota, r.Type)
			}
		}
	}
	is(t, "instances in quotas", instances, len(list))
}

func detailsAgree(t *testing.T, s *Simulator, list []simpleDesktop) {
	t.Helper()
	var all []desktopDetail
	for len(all) < len(list) {
		page := get[desktopDetailsAnswer](t, s, fmt.Sprintf("/desktops/detail?limit=500&offset=%d&sort_field=created&sort_type=ASC", len(all)))
		is(t, "total of the details", page.Total, len(list))
		if len(page.Desktops) == 0 {
			t.Fatal("a page is empty")
		}
		all = append(all, page.Desktops...)
	}
	for i, d := range all {
		l := list[i]
		task := ""
		if d.Task != nil {
			task = *d.Task
		}
		is(t, "detail", [8]string{d.ID, d.Name, d.Type, d.Status, task, d.LoginStatus, d.Zone, d.SID},
			[8]string{l.ID, l.Name, l.Type, l.Status, l.Task, l.ConnectStatus, l.Zone, l.SID})
		is(t, "maintenance", d.Maintenance, l.Maintenance)
	}
}

// Truth is counted apart from the answers and says the same.
func TestTruthAgreesWithTheAnswers(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 1500, Seed: 3})
	clock.advance(20 * time.Minute)
	truth := s.Truth().Projects[testProject]
	run := get[runCounts](t, s, runStatePath)
	is(t, "run states", run, runCounts{Active: truth.Run[active], Stopped: truth.Run[shutOff], Faulty: truth.Run[faulty], Hibernated: truth.Run[hibernated]})
	login := get[loginCounts](t, s, loginStatePath)
	is(t, "login states", login, loginCounts{InUse: truth.Login[connected], Unregistered: truth.Login[unregistered],
		Unreachable: truth.Login[UnableToConnect], Ready: truth.Login[registered], Disconnected: truth.Login[disconnected]})
	for i, d := range desktopsBy(t, s) {
		if want := truth.Desktops[i]; d.ID != want.ID || d.Status != want.Status || d.ConnectStatus != want.ConnectStatus || d.PoolID != want.PoolID {
			t.Fatalf("desktop %d is %+v, want %+v", i, d, want)
		}
	}
}

// The day has its hours: arrivals in the morning, silence at night.
func TestWorkingDay(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 2000})
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
		clock.advance(at - before)
		before = at
		inUse := float64(get[loginCounts](t, s, loginStatePath).InUse) / 2000
		if want := shares[hour]; inUse < want[0] || inUse > want[1] {
			t.Errorf("at %s: share in use is %.2f, want %v", hour, inUse, want)
		}
	}
	truth := s.Truth().Projects[testProject]
	if truth.Login[UnableToConnect] == 0 || truth.Run[faulty] == 0 || truth.Attach[attachFail] == 0 {
		t.Errorf("nothing is wrong with any desktop: %+v", truth.Fleet)
	}
}

// A fast day is the same day: the world at a simulated hour does not depend on
// the speed, but times on the wire stay real.
func TestSpeed(t *testing.T) {
	t.Parallel()
	slow, slowly := newOpen(Config{Desktops: 300})
	fast, quickly := newOpen(Config{Desktops: 300, Speed: 60})
	slowly.advance(2 * time.Hour)
	quickly.advance(2 * time.Minute)
	a, b := get[loginCounts](t, slow, loginStatePath), get[loginCounts](t, fast, loginStatePath)
	if d := a.InUse - b.InUse; d < -60 || d > 60 {
		t.Errorf("in use: %d at speed 1, %d at speed 60", a.InUse, b.InUse)
	}
	for _, r := range fast.Truth().Projects[testProject].Records {
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
	config := Config{Desktops: 400, Seed: 11, Speed: 20}
	a, aClock := newOpen(config)
	b, bClock := newOpen(config)
	rarely, rareClock := newOpen(config)
	for range 30 {
		aClock.advance(time.Minute)
		bClock.advance(time.Minute)
		rareClock.advance(time.Minute)
		for _, path := range []string{loginStatePath, "/desktops?limit=100", "/alarms", "/connections/desktops?limit=100", "/quotas"} {
			x, y := call(a, path), call(b, path)
			is(t, path, x.Body.String(), y.Body.String())
			is(t, "X-Request-Id", x.Header().Get("X-Request-Id"), y.Header().Get("X-Request-Id"))
		}
	}
	if !reflect.DeepEqual(a.Truth(), rarely.Truth()) {
		t.Error("a world that was looked at differs from one that was not")
	}
	config.Seed++
	other, otherClock := newOpen(config)
	otherClock.advance(30 * time.Minute)
	if reflect.DeepEqual(a.Truth(), other.Truth()) {
		t.Error("another seed makes the same world")
	}
}

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 800, Speed: 10})
	s.Freeze()
	frozen := s.Truth()
	clock.advance(3 * time.Hour)
	if !reflect.DeepEqual(s.Truth(), frozen) {
		t.Fatal("a frozen world changes")
	}
	s.Thaw()
	thawed := clock.Now()
	if got := s.Truth().Projects[testProject]; !reflect.DeepEqual(got.Fleet, frozen.Projects[testProject].Fleet) {
		t.Errorf("the thaw changes the fleet: %v, was %v", got.Fleet, frozen.Projects[testProject].Fleet)
	}
	clock.advance(5 * time.Minute)
	truth := s.Truth().Projects[testProject]
	if reflect.DeepEqual(truth, frozen.Projects[testProject]) {
		t.Error("a thawed world does not change")
	}
	// What was to happen happens later, not in the past.
	known := map[string]bool{}
	for _, r := range frozen.Projects[testProject].Records {
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

func TestSetDesktops(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 600, Projects: []Project{{ID: testProject, Region: testRegion}, {ID: "other", Region: testRegion}}})
	before := desktopsBy(t, s)
	for _, n := range []int{100, 900, 0, 600} {
		s.SetDesktops(n, testProject)
		viewsAgree(t, s, n, true)
		clock.advance(time.Hour)
		viewsAgree(t, s, n, true)
	}
	for i, d := range desktopsBy(t, s) {
		is(t, "id after growing again", d.ID, before[i].ID)
	}
	is(t, "desktops of the other project", s.Truth().Projects["other"].Total, 600)
	s.SetDesktops(5)
	is(t, "desktops of the other project", s.Truth().Projects["other"].Total, 5)
	is(t, "desktops of the first project", s.Truth().Projects[testProject].Total, 5)
}

// New desktops of a working day come into use.
func TestGrownFleetWorks(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{})
	clock.advance(2 * time.Hour)
	s.SetDesktops(1000)
	clock.advance(45 * time.Minute)
	if n := get[loginCounts](t, s, loginStatePath).InUse; n < 500 {
		t.Errorf("%d of 1000 new desktops are in use", n)
	}
}

// Anybody may do anything at any time (for the race detector).
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 200, Speed: 600})
	var wg sync.WaitGroup
	for _, do := range []func(i int){
		func(int) { call(s, "/desktops?limit=100") },
		func(int) { call(s, "/connections/desktops?limit=100") },
		func(int) { call(s, "/alarms") },
		func(int) { clock.advance(time.Second) },
		func(int) { s.Truth() },
		func(i int) { s.SetDesktops(150 + i) },
		func(int) { s.SetFault("ListAlarms", Throttling("")) },
		func(int) { s.Repair("") },
		func(int) { s.Freeze() },
		func(int) { s.Thaw() },
		func(int) { s.Calls() },
		func(int) { s.SetKeys(map[string]string{"a": "b"}, "") },
		func(int) { s.AddLoginRecord(testProject, LoginRecord{Start: clock.Now()}) },
	} {
		wg.Go(func() {
			for i := range 30 {
				do(i)
			}
		})
	}
	wg.Wait()
	s.Repair("")
	viewsAgree(t, s, s.Truth().Projects[testProject].Total, true)
}
