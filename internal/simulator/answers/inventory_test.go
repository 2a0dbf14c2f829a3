package answers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Calls of the inventory that the reference does not allow, or that it does.
func TestInventoryStrictness(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{Desktops: 60, Pools: 2})
	p := s.Truth().Projects[simtest.Project]
	monitor := "/desktop-monitor/" + p.Desktops[0].ID
	pool := "/desktop-pools/" + p.Pools[0].ID
	for path, want := range map[string]int{
		monitor: 400,
		monitor + "?start_time=2026-03-04T08:00:00Z&end_time=2026-03-04T09:00:00Z":                  200,
		monitor + "?start_time=2026-03-04T08:00:01Z&end_time=2026-03-04T09:00:00Z":                  400,
		monitor + "?start_time=2026-01-04T08:00:00Z&end_time=2026-03-04T09:00:00Z":                  400,
		monitor + "?start_time=2026-03-04T08:00:00Z&end_time=2026-03-04T09:00:00Z&metric_name=load": 400,
		"/desktop-monitor/nowhere?start_time=2026-03-04T08:00:00Z&end_time=2026-03-04T09:00:00Z":    404,
		pool:                      200,
		"/desktop-pools/nowhere":  400,
		pool + "?limit=1":         400,
		pool + "/users?limit=100": 200,
		pool + "/users?limit=101": 400,
		"/terminals/binding-desktops?count_only=true":                  400,
		"/terminals/binding-desktops?count_only=true&limit=1&offset=0": 200,
		"/sites?limit=1":                       400,
		"/sites?site_type=IES":                 200,
		"/hosts?state=broken":                  400,
		"/nat-mapping-configs?site_id=nowhere": 400,
		"/agencies?scene=WORKSPACE,NOWHERE":    400,
	} {
		if w := simtest.Call(s, path); w.Code != want {
			t.Errorf("GET %s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
}

// Monitoring data have a point every 5 minutes, in no order, and the newest
// ones are those of Truth.
func TestMonitoringData(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 60})
	now := clock.Now()
	query := fmt.Sprintf("?start_time=%s&end_time=%s", now.Add(-time.Hour).Format(query.SecondFormat), now.Format(query.SecondFormat))
	p := s.Truth().Projects[simtest.Project]
	monitored, shuffled := 0, false
	for _, d := range p.Desktops {
		got := simtest.Get[map[string]any](t, s, "/desktop-monitor/"+d.ID+query)
		for _, k := range world.MonitorKinds() {
			want, measured := p.Inventory.Monitored[d.ID][k.Metric]
			points := got[k.Member].([]any)
			if (len(points) == 12) != measured || !measured && len(points) > 0 {
				t.Errorf("%s of %s has %d points", k.Member, d.ID, len(points))
				continue
			}
			if !measured {
				continue
			}
			monitored++
			at := func(i int) float64 { return points[i].(map[string]any)["timestamp"].(float64) }
			shuffled = shuffled || at(0) > at(1)
			if newest := points[11].(map[string]any); newest["average"] != want {
				t.Errorf("%s of %s is %v, want %v", k.Member, d.ID, newest, want)
			}
		}
	}
	simtest.Equal(t, "some desktops are monitored, and points are out of order", monitored > 100 && shuffled, true)
}

// Paths of other versions, and lists that agree with each other.
func TestInventoryAnswers(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{Desktops: 120, Pools: 3})
	p := s.Truth().Projects[simtest.Project]
	for path, part := range map[string]string{
		"/v1/" + simtest.Project + "/app-center/profiles": `"app_center":true`,
		"/v3/" + simtest.Project + "/domains":             answers.DomainPassword,
	} {
		if w := simtest.CallPath(s, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), part) {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
		}
	}
	type total struct {
		Count int `json:"total_count"`
		Num   int `json:"total_num"`
		Total int `json:"total"`
	}
	agents := simtest.Get[total](t, s, "/desktops/agents?is_installed=false&limit=1")
	simtest.Equal(t, "desktops without an agent", agents.Count, p.Inventory.Agents[""])
	bindings := simtest.Get[total](t, s, "/terminals/binding-desktops?offset=0&limit=100")
	simtest.Equal(t, "bindings", bindings.Num, p.Inventory.TerminalBindings)
	faults := slices.DeleteFunc(slices.Clone(p.Inventory.Hosts), func(h world.Host) bool { return h.State != "fault" })
	simtest.Equal(t, "faulty hosts", simtest.Get[total](t, s, "/hosts?state=fault").Total, len(faults))
	for _, pool := range p.Pools {
		simtest.Equal(t, "users of "+pool.Name, simtest.Get[total](t, s, "/desktop-pools/"+pool.ID+"/users?limit=1").Count, p.Inventory.PoolUsers[pool.ID]+1)
	}
}

// TestEmptyFleetIsQuiet: where there is no desktop, no host has one or fails,
// no script ran and no scheduled task failed.
func TestEmptyFleetIsQuiet(t *testing.T) {
	t.Parallel()
	for desktops, want := range map[int]int{0: 0, 10: 1} {
		s, _ := simtest.New(simulator.Config{Desktops: desktops})
		simtest.Equal(t, "faulty hosts", simtest.Get[struct{ Total int }](t, s, "/hosts?state=fault").Total, want)
		type host struct {
			Desktops int `json:"instance_total"`
		}
		on := 0
		for _, h := range simtest.Get[struct {
			Hosts []host `json:"dedicated_hosts"`
		}](t, s, "/hosts").Hosts {
			on += h.Desktops
		}
		simtest.Equal(t, "desktops on hosts of an empty fleet", desktops == 0 && on > 0, false)
		for _, path := range []string{"/script-execution-tasks", "/desktop-pools/script-execution-tasks/detail"} {
			got := simtest.Get[struct {
				Count int `json:"count"`
				Total int `json:"total_count"`
			}](t, s, path)
			simtest.Equal(t, "scripts ran: "+path, got.Count+got.Total > 0, desktops > 0)
		}
		failed := 0
		for _, run := range simtest.Get[struct {
			Runs []struct{ Status string } `json:"tasks_records"`
		}](t, s, "/scheduled-tasks/task-1/records?limit=100").Runs {
			if run.Status == "FAIL" {
				failed++
			}
		}
		simtest.Equal(t, "runs of a scheduled task failed", failed > 0, desktops > 0)
	}
}
