package answers_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// desktopsBy reads all pages of the light list.
func desktopsBy(t *testing.T, s *simulator.Simulator) []answers.SimpleDesktop {
	t.Helper()
	var all []answers.SimpleDesktop
	for {
		page := simtest.Get[answers.DesktopListAnswer](t, s, fmt.Sprintf("/desktops?limit=1000&offset=%d", len(all)))
		all = append(all, page.Desktops...)
		if len(all) >= page.Total || len(page.Desktops) == 0 {
			simtest.Equal(t, "total of the list", len(all), page.Total)
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
			s, clock := simtest.New(simulator.Config{Desktops: test.desktops, Seed: 7})
			start := clock.Now()
			for _, hour := range test.hours {
				clock.Advance(start.Add(hour).Sub(clock.Now()))
				viewsAgree(t, s, test.desktops, test.details)
				if t.Failed() {
					t.Fatalf("the views differ after %s", hour)
				}
			}
		})
	}
}

func viewsAgree(t *testing.T, s *simulator.Simulator, n int, details bool) {
	t.Helper()
	const kinds = "&statistics_type=attach-state&statistics_type=login-state&statistics_type=run-state"
	login := simtest.Get[answers.LoginCounts](t, s, simtest.LoginStatePath)
	run := simtest.Get[answers.RunCounts](t, s, simtest.RunStatePath)
	all := simtest.Get[answers.StatisticsAnswer](t, s, "/statistics?"+kinds[1:])
	one := simtest.Get[answers.StatisticsAnswer](t, s, "/statistics?desktop_type=DEDICATED"+kinds)
	many := simtest.Get[answers.StatisticsAnswer](t, s, "/statistics?desktop_type=POOLED"+kinds)
	pools := simtest.Get[answers.PoolListAnswer](t, s, "/desktop-pools?limit=1000")
	groups := simtest.Get[answers.GroupAnswer](t, s, "/connections/status")
	list := desktopsBy(t, s)

	simtest.Equal(t, "desktops", len(list), n)
	simtest.Equal(t, "total", all.Total, n)
	simtest.Equal(t, "sum of types", one.Total+many.Total, n)
	simtest.Equal(t, "sum of run states", run.Active+run.Stopped+run.Faulty+run.Hibernated, n)
	simtest.Equal(t, "sum of login states", login.InUse+login.Unregistered+login.Unreachable+login.Ready+login.Disconnected, n)
	simtest.Equal(t, "sum of attach states", all.Attach.Attached+all.Attach.Unattached+all.Attach.Attaching+all.Attach.Failed, n)
	simtest.Equal(t, "run states", *all.Run, run)
	simtest.Equal(t, "login states", *all.Login, login)
	simtest.Equal(t, "pools without POOLED", len(all.Pools)+len(one.Pools), 0)
	simtest.Equal(t, "pools", len(many.Pools), pools.Total)

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
		if d.Status != world.Active && d.ConnectStatus != world.Unregistered {
			t.Errorf("desktop %s is %s and %s", d.Name, d.Status, d.ConnectStatus)
		}
		if (d.PoolID == "") != (d.Type == world.Dedicated) {
			t.Errorf("desktop %s is %s in pool %q", d.Name, d.Type, d.PoolID)
		}
	}
	simtest.Equal(t, "running", status[world.Active], run.Active)
	simtest.Equal(t, "off", status[world.ShutOff], run.Stopped)
	simtest.Equal(t, "hibernated", status[world.Hibernated], run.Hibernated)
	simtest.Equal(t, "faulty", status[world.Faulty], run.Faulty)
	simtest.Equal(t, "connected", connect[world.Connected], login.InUse)
	simtest.Equal(t, "ready", connect[world.Registered], login.Ready)
	simtest.Equal(t, "disconnected", connect[world.Disconnected], login.Disconnected)
	simtest.Equal(t, "unregistered", connect[world.Unregistered], login.Unregistered+login.Unreachable)
	simtest.Equal(t, "dedicated", byPool[""], one.Total)

	var sum int
	for i, p := range pools.Pools {
		sum += p.Desktops
		simtest.Equal(t, "desktops of "+p.Name, byPool[p.ID], p.Desktops)
		simtest.Equal(t, "used of "+p.Name, users[p.ID], p.Used)
		simtest.Equal(t, "statistics of "+p.Name, many.Pools[i].Total, p.Desktops)
		simtest.Equal(t, "id of "+p.Name, many.Pools[i].ID, p.ID)
		l := many.Pools[i].Login
		simtest.Equal(t, "login states of "+p.Name, l.InUse+l.Unregistered+l.Unreachable+l.Ready+l.Disconnected, p.Desktops)
	}
	simtest.Equal(t, "pooled", sum, many.Total)

	var g answers.GroupCounts
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
	simtest.Equal(t, "groups", g, answers.GroupCounts{
		Running: run.Active, Stopped: run.Stopped, Hibernated: run.Hibernated, Other: run.Faulty,
		InUse: login.InUse, Unregistered: login.Unregistered + login.Unreachable, Ready: login.Ready, Disconnected: login.Disconnected,
		Attached: all.Attach.Attached, Unattached: all.Attach.Unattached, CannotAttach: all.Attach.Failed, InProcess: all.Attach.Attaching,
	})
	quotasAgree(t, s, list)
	if details {
		detailsAgree(t, s, list)
	}
}

func quotasAgree(t *testing.T, s *simulator.Simulator, list []answers.SimpleDesktop) {
	t.Helper()
	q := simtest.Get[answers.QuotasAnswer](t, s, "/quotas")
	instances := 0
	for _, site := range append(q.Sites, answers.QuotaResources{SiteID: "s-center", Resources: q.Quotas.Resources}) {
		if detail := simtest.Get[answers.QuotaResources](t, s, "/quotas/detail?site_id="+site.SiteID); !reflect.DeepEqual(detail, site) {
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
	simtest.Equal(t, "instances in quotas", instances, len(list))
}

func detailsAgree(t *testing.T, s *simulator.Simulator, list []answers.SimpleDesktop) {
	t.Helper()
	var all []answers.DesktopDetail
	for len(all) < len(list) {
		page := simtest.Get[answers.DesktopDetailsAnswer](t, s, fmt.Sprintf("/desktops/detail?limit=500&offset=%d&sort_field=created&sort_type=ASC", len(all)))
		simtest.Equal(t, "total of the details", page.Total, len(list))
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
		simtest.Equal(t, "detail", [8]string{d.ID, d.Name, d.Type, d.Status, task, d.LoginStatus, d.Zone, d.SID},
			[8]string{l.ID, l.Name, l.Type, l.Status, l.Task, l.ConnectStatus, l.Zone, l.SID})
		simtest.Equal(t, "maintenance", d.Maintenance, l.Maintenance)
	}
}

// Truth is counted apart from the answers and says the same.
func TestTruthAgreesWithTheAnswers(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 1500, Seed: 3})
	clock.Advance(20 * time.Minute)
	truth := s.Truth().Projects[simtest.Project]
	run := simtest.Get[answers.RunCounts](t, s, simtest.RunStatePath)
	simtest.Equal(t, "run states", run, answers.RunCounts{Active: truth.Run[world.Active], Stopped: truth.Run[world.ShutOff], Faulty: truth.Run[world.Faulty], Hibernated: truth.Run[world.Hibernated]})
	login := simtest.Get[answers.LoginCounts](t, s, simtest.LoginStatePath)
	simtest.Equal(t, "login states", login, answers.LoginCounts{InUse: truth.Login[world.Connected], Unregistered: truth.Login[world.Unregistered],
		Unreachable: truth.Login[simulator.UnableToConnect], Ready: truth.Login[world.Registered], Disconnected: truth.Login[world.Disconnected]})
	for i, d := range desktopsBy(t, s) {
		if want := truth.Desktops[i]; d.ID != want.ID || d.Status != want.Status || d.ConnectStatus != want.ConnectStatus || d.PoolID != want.PoolID {
			t.Fatalf("desktop %d is %+v, want %+v", i, d, want)
		}
	}
}

func TestSetDesktops(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 600, Projects: []world.Project{{ID: simtest.Project, Region: simtest.Region}, {ID: "other", Region: simtest.Region}}})
	before := desktopsBy(t, s)
	for _, n := range []int{100, 900, 0, 600} {
		s.SetDesktops(n, simtest.Project)
		viewsAgree(t, s, n, true)
		clock.Advance(time.Hour)
		viewsAgree(t, s, n, true)
	}
	for i, d := range desktopsBy(t, s) {
		simtest.Equal(t, "id after growing again", d.ID, before[i].ID)
	}
	simtest.Equal(t, "desktops of the other project", s.Truth().Projects["other"].Total, 600)
	s.SetDesktops(5)
	simtest.Equal(t, "desktops of the other project", s.Truth().Projects["other"].Total, 5)
	simtest.Equal(t, "desktops of the first project", s.Truth().Projects[simtest.Project].Total, 5)
}

// Anybody may do anything at any time (for the race detector).
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 200, Speed: 600})
	var wg sync.WaitGroup
	for _, do := range []func(i int){
		func(int) { simtest.Call(s, "/desktops?limit=100") },
		func(int) { simtest.Call(s, "/connections/desktops?limit=100") },
		func(int) { simtest.Call(s, "/alarms") },
		func(int) { clock.Advance(time.Second) },
		func(int) { s.Truth() },
		func(i int) { s.SetDesktops(150 + i) },
		func(int) { s.SetFault("ListAlarms", gateway.Throttling("")) },
		func(int) { s.Repair("") },
		func(int) { s.Freeze() },
		func(int) { s.Thaw() },
		func(int) { s.Calls() },
		func(int) { s.SetKeys(map[string]string{"a": "b"}, "") },
		func(int) { s.AddLoginRecord(simtest.Project, world.LoginRecord{Start: clock.Now()}) },
	} {
		wg.Go(func() {
			for i := range 30 {
				do(i)
			}
		})
	}
	wg.Wait()
	s.Repair("")
	viewsAgree(t, s, s.Truth().Projects[simtest.Project].Total, true)
}
