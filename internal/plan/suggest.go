package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/scraper"
)

const (
	// usableBudget is the part of a budget that slowed collectors use. The rest
	// is for retries and a fleet that grows.
	usableBudget = 0.95
	// maxSteps bounds the search. Each step lengthens an interval that is too
	// short, so that it ends by itself.
	maxSteps = 50
)

// slowDown is what to change so that every interval is kept. It slows the
// collectors that use most of a scarce API and leaves the others as they are.
func (o Options) slowDown(now []scraper.Forecast) []Change {
	targets := slices.Clone(o.Targets)
	for i := range targets {
		targets[i].Collectors = slices.Clone(targets[i].Collectors)
	}
	apis := map[int]string{}
	forecasts := o.forecast(targets)
	for range maxSteps {
		if !slices.ContainsFunc(forecasts, func(f scraper.Forecast) bool { return !f.Kept() }) {
			break
		}
		needed := longerIntervals(forecasts)
		for i, interval := range needed {
			if apis[i] == "" {
				apis[i] = forecasts[i].Bottleneck
			}
			setInterval(forecasts[i], interval)
		}
		forecasts = o.forecast(targets)
	}
	changes := []Change{}
	for i, f := range forecasts {
		before := now[i]
		if f.Enabled.Interval == before.Enabled.Interval {
			continue
		}
		changes = append(changes, Change{
			Account: f.Target.Account, Region: f.Target.Region, Project: f.Target.Project, Collector: f.Name(), API: cmp.Or(before.Bottleneck, apis[i]),
			Interval: before.Enabled.Interval.Seconds(), Needed: f.Enabled.Interval.Seconds(),
		})
	}
	return changes
}

func setInterval(f scraper.Forecast, interval time.Duration) {
	for i := range f.Target.Collectors {
		if f.Target.Collectors[i].Spec().Name == f.Name() {
			f.Target.Collectors[i].Interval = interval
		}
	}
}

// longerIntervals returns longer intervals for loops by their index.
func longerIntervals(forecasts []scraper.Forecast) map[int]time.Duration {
	needed := map[int]time.Duration{}
	require := func(i int, interval time.Duration) {
		if interval = roundUp(interval); interval > forecasts[i].Enabled.Interval {
			needed[i] = max(needed[i], interval)
		}
	}
	waits := map[int]bool{} // loops that may be kept once others are slowed
	for _, d := range overdrawn(forecasts) {
		rates := make([]float64, len(d.loops))
		for n, i := range d.loops {
			rates[n] = forecasts[i].AskedPerMinute()[d.api]
		}
		level := fairLevel(rates, usableBudget*d.budget)
		for n, i := range d.loops {
			waits[i] = true
			if rates[n] > level {
				require(i, time.Duration(forecasts[i].Calls[d.api]/level*float64(time.Minute)))
			}
		}
	}
	for i, f := range forecasts {
		// A poll of calls to several APIs, one after the other, takes longer
		// than each of them asks for.
		if !f.Kept() && !waits[i] {
			require(i, f.Effective)
		}
	}
	if len(needed) == 0 {
		for i, f := range forecasts {
			if !f.Kept() {
				require(i, f.Effective+time.Second)
			}
		}
	}
	return needed
}

// demand is an API with its budget and the loops that call it.
type demand struct {
	api    string
	budget float64
	loops  []int
}

// overdrawn lists the APIs of which more calls are wanted than their budget has.
func overdrawn(forecasts []scraper.Forecast) []demand {
	type key struct{ account, region, api string }
	all := map[key]*demand{}
	asked := map[key]float64{}
	var order []key
	for i, f := range forecasts {
		for _, e := range f.Enabled.Spec().Endpoints {
			rate := f.AskedPerMinute()[e.Operation]
			if rate == 0 {
				continue
			}
			k := key{f.Target.Account, f.Target.Region, e.Operation}
			if all[k] == nil {
				all[k] = &demand{api: e.Operation, budget: f.Target.Share * float64(e.Limit)}
				order = append(order, k)
			}
			all[k].loops = append(all[k].loops, i)
			asked[k] += rate
		}
	}
	var over []demand
	for _, k := range order {
		if asked[k] > all[k].budget {
			over = append(over, *all[k])
		}
	}
	return over
}

// fairLevel is the rate that those who ask for more get, so that all together
// get the budget and those who ask for less get what they ask for.
func fairLevel(rates []float64, budget float64) float64 {
	sorted := slices.Sorted(slices.Values(rates))
	for i, rate := range sorted {
		level := budget / float64(len(sorted)-i)
		if rate >= level {
			return level
		}
		budget -= rate
	}
	return budget
}

// roundUp rounds an interval up to one that a person would write.
func roundUp(d time.Duration) time.Duration {
	step := time.Second
	switch {
	case d > time.Hour:
		step = 5 * time.Minute
	case d > 10*time.Minute:
		step = time.Minute
	case d > time.Minute:
		step = 10 * time.Second
	case d > 10*time.Second:
		step = 5 * time.Second
	}
	return (d + step - 1).Truncate(step)
}
