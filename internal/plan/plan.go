// Package plan foretells what a configuration will cost: calls of the API,
// the intervals that its budgets allow, how old data can be, series and
// memory. The arithmetic is the scraper's own; this package knows how large a
// fleet is and how to say what comes out.
package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// seriesOfCollector is how many series the exporter has about itself for each
// collector, requests and budgets of its API included (docs/series.md).
const seriesOfCollector = 25

// Both make the memory (resident set) of the process. Measured with the built
// binary on simulated fleets with per-desktop series, after three minutes of a
// list every 30 s: at 1,000, 10,000 and 50,000 desktops 6,000, 35,000 and
// 154,000 series took at most 40, 128 and 447 MB.
const (
	// BytesPerSeries covers results, rendered forms and what the garbage
	// collector leaves between two polls.
	BytesPerSeries = 3000
	// BytesAlone is what there is without any series.
	BytesAlone = 24 << 20
)

// Options is what a plan is made from.
type Options struct {
	// Targets are the projects with their collectors.
	Targets []scraper.Target
	// Fleet is the size of every project that Fleets says nothing of.
	Fleet  Counts
	Fleets map[ProjectName]Counts
	// Observed replaces estimates by what a running exporter saw; nil: nothing.
	Observed *Observed
	// Answer is how long the API takes for a call.
	Answer time.Duration
}

// Counts are numbers of things that were counted; others follow from the
// number of desktops.
type Counts = map[area.Kind]float64

// ProjectName names a project.
type ProjectName struct{ Account, Project string }

// Plan is what comes out. Its JSON is documented in docs/sizing.md: members are
// added, never renamed or removed. Ratios are parts of 1, times are seconds.
type Plan struct {
	// Fits tells whether every configured interval is kept.
	Fits     bool      `json:"fits"`
	Budgets  []Budget  `json:"budgets"`
	Projects []Project `json:"projects"`
	Totals   Totals    `json:"totals"`
	// SlowDown is what to change so that it fits; empty if it does.
	SlowDown []Change `json:"slow_down"`
}

// Budget is the use of one API by the projects of an account in a region.
type Budget struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	API     string `json:"api"`
	// Limit is the published one, Assumed tells that none is published.
	Limit   int     `json:"limit_per_minute"`
	Assumed bool    `json:"limit_assumed"`
	Share   float64 `json:"share"`
	Budget  float64 `json:"budget_per_minute"`
	// Calls are made at steady state, Asked would be if every interval were
	// kept: above the budget the API is a bottleneck.
	Calls       float64  `json:"calls_per_minute"`
	Asked       float64  `json:"asked_per_minute"`
	BudgetRatio float64  `json:"budget_used_ratio"`
	LimitRatio  float64  `json:"limit_used_ratio"`
	Bottleneck  bool     `json:"bottleneck"`
	Collectors  []string `json:"collectors"`
}

// Project is one project with its collectors.
type Project struct {
	Account    string      `json:"account"`
	Region     string      `json:"region"`
	Project    string      `json:"project"`
	Fleet      Counts      `json:"fleet"`
	Collectors []Collector `json:"collectors"`
	Calls      float64     `json:"calls_per_minute"`
	Series     float64     `json:"series"`
}

// Collector is one collector of a project.
type Collector struct {
	Collector string  `json:"collector"`
	Interval  float64 `json:"interval_seconds"`
	Effective float64 `json:"effective_interval_seconds"`
	Kept      bool    `json:"kept"`
	// Bottleneck is the API that does not allow the interval.
	Bottleneck string `json:"bottleneck,omitempty"`
	// Poll is how long a poll takes at worst, WorstAge how old a served value
	// gets while polls succeed, GoneAfter when the series of a collector that
	// fails disappear.
	Poll      float64            `json:"poll_seconds"`
	WorstAge  float64            `json:"worst_age_seconds"`
	GoneAfter float64            `json:"gone_after_seconds"`
	Calls     map[string]float64 `json:"calls_by_operation"`
	// CallsPerPoll is the sum of them, CallsPerMinute at the effective interval.
	CallsPerPoll   float64 `json:"calls_per_poll"`
	CallsPerMinute float64 `json:"calls_per_minute"`
	// Series are shown; Cut are those over max_series.
	Series float64 `json:"series"`
	Cut    float64 `json:"series_cut"`
	Memory float64 `json:"memory_bytes"`
	// Observed tells that calls and series come from a running exporter.
	Observed bool `json:"observed"`
}

// Totals are those of the process.
type Totals struct {
	Calls  float64 `json:"calls_per_minute"`
	Series float64 `json:"series"`
	Memory float64 `json:"memory_bytes"`
}

// Change is a longer interval of a collector.
type Change struct {
	Account   string  `json:"account"`
	Region    string  `json:"region"`
	Project   string  `json:"project"`
	Collector string  `json:"collector"`
	API       string  `json:"api"`
	Interval  float64 `json:"interval_seconds"`
	Needed    float64 `json:"needed_interval_seconds"`
}

// New makes a plan.
func New(o Options) Plan {
	forecasts := o.forecast(o.Targets)
	p := Plan{Fits: true, Budgets: budgets(forecasts), Projects: []Project{}, SlowDown: []Change{}}
	for i := range o.Targets {
		t := &o.Targets[i]
		project := Project{Account: t.Account, Region: t.Region, Project: t.Project, Fleet: o.fleet(t), Collectors: []Collector{}}
		for _, f := range forecasts {
			if f.Target != t {
				continue
			}
			c := describe(f, o.Observed.has(f))
			p.Fits = p.Fits && c.Kept
			project.Collectors = append(project.Collectors, c)
			project.Calls += c.CallsPerMinute
			project.Series += c.Series + seriesOfCollector
		}
		p.Projects = append(p.Projects, project)
		p.Totals.Calls += project.Calls
		p.Totals.Series += project.Series
	}
	p.Totals.Memory = BytesAlone + BytesPerSeries*p.Totals.Series
	if !p.Fits {
		p.SlowDown = o.slowDown(forecasts)
	}
	return p
}

func (o Options) forecast(targets []scraper.Target) []scraper.Forecast {
	fleets := make(map[*scraper.Target]area.Fleet, len(targets))
	for i := range targets {
		fleets[&targets[i]] = o.fleet(&targets[i])
	}
	return scraper.Foretell(targets, o.Answer, func(t *scraper.Target, e scraper.Enabled, interval time.Duration) area.Cost {
		if seen, ok := o.Observed.cost(t, e); ok {
			return seen
		}
		return e.Cost(t.Load(e, fleets[t], interval))
	})
}

func (o Options) fleet(t *scraper.Target) area.Fleet {
	counts := maps.Clone(o.Fleet)
	if counts == nil {
		counts = Counts{}
	}
	maps.Copy(counts, o.Fleets[ProjectName{t.Account, t.Project}])
	return area.NewFleet(counts)
}

func describe(f scraper.Forecast, observed bool) Collector {
	c := Collector{
		Collector: f.Name(), Interval: f.Enabled.Interval.Seconds(), Effective: f.Effective.Seconds(),
		Kept: f.Kept(), Bottleneck: f.Bottleneck, Poll: f.Longest.Seconds(), WorstAge: f.WorstAge().Seconds(),
		GoneAfter: f.GoneAfter().Seconds(), Calls: f.Calls, Series: f.Series, Observed: observed,
	}
	for _, n := range f.Calls {
		c.CallsPerPoll += n
	}
	for _, n := range f.PerMinute() {
		c.CallsPerMinute += n
	}
	if most := float64(f.Enabled.MaxSeries); most > 0 && c.Series > most {
		c.Series, c.Cut = most, c.Series-most
	}
	c.Memory = c.Series * BytesPerSeries
	return c
}

// budgets adds up the use of each API, by account, region and API.
func budgets(forecasts []scraper.Forecast) []Budget {
	type key struct{ account, region, api string }
	all := map[key]*Budget{}
	for _, f := range forecasts {
		asked := f.AskedPerMinute()
		calls := f.PerMinute()
		for _, e := range f.Enabled.Spec().Endpoints {
			k := key{f.Target.Account, f.Target.Region, e.Operation}
			b := all[k]
			if b == nil {
				b = &Budget{
					Account: k.account, Region: k.region, API: k.api, Limit: e.Limit, Assumed: e.Assumed,
					Share: f.Target.Share, Budget: f.Target.Share * float64(e.Limit), Collectors: []string{},
				}
				all[k] = b
			}
			b.Calls += calls[e.Operation]
			b.Asked += asked[e.Operation]
			if name := f.Name(); calls[e.Operation] > 0 && !slices.Contains(b.Collectors, name) {
				b.Collectors = append(b.Collectors, name)
			}
			b.Bottleneck = b.Bottleneck || f.Bottleneck == e.Operation
		}
	}
	list := make([]Budget, 0, len(all))
	for _, b := range all {
		b.BudgetRatio, b.LimitRatio = b.Calls/b.Budget, b.Calls/float64(b.Limit)
		list = append(list, *b)
	}
	slices.SortFunc(list, func(a, b Budget) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region),
			cmp.Compare(b.Asked/b.Budget, a.Asked/a.Budget), cmp.Compare(a.API, b.API))
	})
	return list
}
