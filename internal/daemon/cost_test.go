package daemon

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// TestCosts holds what the collectors declare about their cost to what polls
// of the simulator really take, at two sizes of the fleet and with all options
// on: calls of each operation within 20 % or 1, series within 25 % or 5.
func TestCosts(t *testing.T) {
	t.Parallel()
	for _, desktops := range []int{300, 3000} {
		t.Run(fmt.Sprint(desktops), func(t *testing.T) {
			t.Parallel()
			compareCosts(t, desktops)
		})
	}
}

func compareCosts(t *testing.T, desktops int) {
	t.Helper()
	const interval = 5 * time.Minute
	cfg := everything()
	for _, c := range Schema().Collectors {
		cfg = strings.Replace(cfg, "  "+c.Name+": {enabled: true", fmt.Sprintf("  %s: {enabled: true, max_series: 0, interval: %s", c.Name, interval), 1)
	}
	// What was read is shown for the time that the test lasts.
	cfg = oneProject(strings.Replace(cfg, "  desktop_monitor: {enabled: true", "  desktop_monitor: {enabled: true, max_age: 15m", 1))
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(4 * time.Hour) // the statistics of the day before are there
		h := start(t, cfg, newSimulator(desktops, func(c *simulator.Config) {
			c.Projects, c.StartHour = c.Projects[:1], 15 // when sessions of a whole day are open
		}))
		advance(2*interval, synctest.Wait) // the first polls have more to do, or less
		measured := h.averagePolls(3 * interval)
		fleet := fleetOf(h.sim.Truth().Projects[projectHQ], time.Now().Add(-5*interval))
		h.stop()

		target := parsed(t, cfg)[0]
		for _, e := range target.Collectors {
			name := e.Spec().Name
			cost := e.Cost(target.Load(e, fleet, interval))
			got := measured[name]
			for operation := range maps.Keys(merged(cost.Calls, got.Calls)) {
				if off := math.Abs(cost.Calls[operation] - got.Calls[operation]); off > max(1, 0.2*got.Calls[operation]) {
					t.Errorf("%s makes %.2f calls of %s, %.2f are declared", name, got.Calls[operation], operation, cost.Calls[operation])
				}
			}
			off := cost.Series - got.Series
			if growing(name) {
				off = min(off, 0) // there is less to show in so short a time
			}
			if math.Abs(off) > max(5, 0.25*got.Series) {
				t.Errorf("%s has %.0f series, %.0f are declared", name, got.Series, cost.Series)
			}
		}
	})
}

// averagePolls is what the polls of each collector take that end within a
// time, and the series of the last.
func (h *harness) averagePolls(during time.Duration) map[string]area.Cost {
	polls := map[string]float64{}
	seen := map[string]time.Time{}
	for _, s := range h.daemon.scraper.Status()[0].Collectors {
		seen[s.Collector] = s.LastSuccess
	}
	sum := map[string]area.Cost{}
	for range during / (10 * time.Second) {
		advance(10*time.Second, synctest.Wait)
		for _, s := range h.daemon.scraper.Status()[0].Collectors {
			if s.LastSuccess.Equal(seen[s.Collector]) {
				continue
			}
			seen[s.Collector] = s.LastSuccess
			polls[s.Collector]++
			calls := maps.Clone(sum[s.Collector].Calls)
			if calls == nil {
				calls = map[string]float64{}
			}
			for operation, n := range s.GoodCalls {
				calls[operation] += float64(n)
			}
			sum[s.Collector] = area.Cost{Calls: calls, Series: float64(s.Series)}
		}
	}
	for _, c := range collector.All() {
		name := c.Spec().Name
		if polls[name] < 2 {
			h.Errorf("%s has polled %v times", name, polls[name])
		}
		for operation := range sum[name].Calls {
			sum[name].Calls[operation] /= polls[name]
		}
	}
	return sum
}

// fleetOf counts what a simulated project has. Logins are counted since a time.
func fleetOf(p simulator.ProjectTruth, since time.Time) area.Fleet {
	logins := count(p.Records, func(r simulator.LoginRecord) bool { return r.Start.After(since) })
	active := 0
	for _, n := range p.ActiveAlarms() {
		active += n
	}
	return area.NewFleet(map[area.Kind]float64{
		area.Desktops: float64(p.Total), area.InUse: float64(p.Login["CONNECTED"]), area.Running: float64(p.Run["ACTIVE"]),
		area.Pools: float64(len(p.Pools)), area.Users: float64(len(p.Users)), area.UserGroups: 6,
		area.AlarmRecords: float64(len(p.Alarms)), area.ActiveAlarms: float64(active),
		area.NotifyRules: float64(len(p.NotifyRules)), area.Hosts: float64(len(p.Inventory.Hosts)),
		area.Subnets: float64(len(p.FreeAddresses)), area.JobsPerHour: 40,
		area.LoginsPerHour: logins / time.Since(since).Hours(),
	})
}

func merged(a, b map[string]float64) map[string]float64 {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// parsed returns the targets of a configuration.
func parsed(t *testing.T, cfg string) []scraper.Target {
	t.Helper()
	checked, err := config.Parse("config.yml", []byte(cfg), Schema(), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return Targets(checked)
}
