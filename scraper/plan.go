package scraper

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Forecast is how a loop will go once the first polls are over.
type Forecast struct {
	Target  *Target
	Enabled Enabled
	area.Cost
	// Effective is the interval that is kept.
	Effective time.Duration
	// Longest is how long a poll takes while every other loop polls as well.
	Longest time.Duration
	// Bottleneck is the operation that decides the effective interval, "" if
	// the configured one is kept.
	Bottleneck string
}

// precision is how exactly an interval is kept: calls are spaced by a little
// more than the budget asks for.
const precision = 1.02

// Kept tells whether the configured interval is kept.
func (f Forecast) Kept() bool {
	return float64(f.Effective) <= precision*float64(f.Enabled.Interval)
}

// WorstAge is the greatest age of a value that is served while all goes well:
// it was read when a poll began, and is replaced when the next one ends.
func (f Forecast) WorstAge() time.Duration { return f.Effective + f.Longest }

// GoneAfter is how long after the last good poll its series disappear.
func (f Forecast) GoneAfter() time.Duration { return keepFor * f.Effective }

// PerMinute is how many calls of each operation the loop makes.
func (f Forecast) PerMinute() map[string]float64 {
	return demand(f.Effective, f.Calls).perMinute()
}

// AskedPerMinute is how many it would make if it kept its interval.
func (f Forecast) AskedPerMinute() map[string]float64 {
	return demand(f.Enabled.Interval, f.Calls).perMinute()
}

// maxRounds bounds the search for intervals and costs that agree: costs depend
// on intervals where a poll reads what came since the last one.
const maxRounds = 10

// Foretell foretells the loops of targets by the arithmetic of running ones.
// estimate tells what a poll costs at an interval, answer how long the API
// takes for a call.
func Foretell(targets []Target, answer time.Duration, estimate func(t *Target, e Enabled, interval time.Duration) area.Cost) []Forecast {
	var all []Forecast
	for i := range targets {
		for _, e := range targets[i].Collectors {
			all = append(all, Forecast{Target: &targets[i], Enabled: e, Effective: e.Interval})
		}
	}
	budgets := make([]map[string]float64, len(all))
	for i, f := range all {
		budgets[i] = perMinute(f.Enabled.Spec().Endpoints, f.Target.Share)
	}
	for range maxRounds {
		groups := map[[2]string][]int{}
		for i := range all {
			f := &all[i]
			f.Cost = estimate(f.Target, f.Enabled, f.Effective)
			groups[f.Target.budget()] = append(groups[f.Target.budget()], i)
		}
		settled := true
		for _, group := range groups {
			settled = settle(all, group, budgets, answer) && settled
		}
		if settled {
			break
		}
	}
	return all
}

// settle sets the effective intervals of loops that share budgets. It returns
// whether they were so before.
func settle(all []Forecast, group []int, budgets []map[string]float64, answer time.Duration) bool {
	demands := make([]Demand, len(group))
	for n, i := range group {
		demands[n] = demand(all[i].Enabled.Interval, all[i].Calls)
	}
	asked := Asked(demands)
	rivals := callsOf(all, group)
	settled := true
	for n, i := range group {
		f := &all[i]
		took, most := f.duration(budgets[i], answer, rivals)
		planned, bottleneck := effective(demands[n], asked, budgets[i])
		before := f.Effective
		f.Effective, f.Longest = achieved(planned, took), max(took, most)
		f.Bottleneck = ""
		if !f.Kept() {
			f.Bottleneck = cmp.Or(bottleneck, f.slowest(budgets[i]))
		}
		change := float64(f.Effective) / float64(before)
		settled = settled && change > 0.999 && change < 1.001
	}
	return settled
}

// callsOf lists for each operation how many calls of it each poll makes.
func callsOf(all []Forecast, group []int) map[string][]float64 {
	calls := map[string][]float64{}
	for _, i := range group {
		for operation, n := range all[i].Calls {
			calls[operation] = append(calls[operation], n)
		}
	}
	return calls
}

// duration is how long a poll takes alone, and how long when all rivals poll
// at the same time: turns are handed out first come, first served, so that of
// each rival at most one call goes before each of the loop's own.
func (f Forecast) duration(budgets map[string]float64, answer time.Duration, rivals map[string][]float64) (alone, most time.Duration) {
	for operation, n := range f.Calls {
		gap := max(apiclient.Gap(budgets[operation]), answer)
		alone += time.Duration(max(n-1, 0)*float64(gap)) + answer
		turns := -min(n, 1) // the first of all waits for nobody
		for _, other := range rivals[operation] {
			turns += min(other, n)
		}
		most += time.Duration(max(turns, 0)*float64(gap)) + answer
	}
	return alone, most
}

// slowest is the operation whose calls take longest.
func (f Forecast) slowest(budgets map[string]float64) string {
	operations := slices.Sorted(maps.Keys(f.Calls))
	if len(operations) == 0 {
		return ""
	}
	return slices.MaxFunc(operations, func(a, b string) int {
		return cmp.Compare(f.Calls[a]/budgets[a], f.Calls[b]/budgets[b])
	})
}

// Load is what the cost of a collector of the target depends on.
func (t *Target) Load(e Enabled, fleet area.Fleet, interval time.Duration) area.Load {
	return area.Load{Fleet: fleet, Options: e.Options, Interval: interval, Peer: func(area string) area.Options {
		for _, other := range t.Collectors {
			if other.Spec().Name == area {
				return other.Options
			}
		}
		return nil
	}}
}

// Name is the name of the collector.
func (f Forecast) Name() string { return f.Enabled.Spec().Name }
