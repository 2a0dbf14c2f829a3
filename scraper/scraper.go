// Package scraper decides when each area of each project is polled, keeps the
// last good result, and serves what there is. It knows neither the API's
// operations nor what is measured; collectors declare both.
//
// One goroutine a project and collector polls (loop.go) at moments of its own
// (schedule.go). A good result is rendered at once (render.go) and replaces
// the one before through an atomic pointer; a scrape (handler.go) writes the
// bytes that are there and never causes a call of the API.
package scraper

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Target is one project and the collectors that watch it.
type Target struct {
	Account, Region, Project string
	// Labels are the configured extra labels of the project.
	Labels map[string]string
	// Asker is a fingerprint of the key that asks for the project id, "" if it is
	// configured or the key is not known.
	Asker string
	// API is the project's view of the API.
	API *apiclient.Project
	// Share is the part of the published limits that may be used.
	Share      float64
	Collectors []Enabled
}

// Enabled is a collector with its settings for one target.
type Enabled struct {
	area.Collector
	Interval time.Duration
	// MaxSeries is the most series that are shown; beyond it the newest
	// objects are cut. 0 means no limit.
	MaxSeries int
	Options   area.Options
}

// Config is what a Scraper needs for as long as it lives.
type Config struct {
	// Stats counted what the accounts' observers saw.
	Stats *APIStats
	// Drift counts where the answers of a project differ from what is
	// believed; nil means that nobody compares.
	Drift func(account, region, project string) []Drift
	// Store keeps results over restarts; nil means that nothing does.
	Store Store
	// Published, if not nil, is told of each result as it is published, also
	// of a restored one that is too old to be served.
	Published func(Publication)
	Logger    *slog.Logger
}

// Drift is in how many places the answers of an operation differ in one way.
type Drift struct {
	Operation, Kind string
	Places          int
}

// Publication is a good result of one collector of a project.
type Publication struct {
	Account, Region, Project string
	// Shared is what the collector lets others see of the result, nil if nothing.
	Shared area.Shared
	// Expires is when the result is too old to be served.
	Expires time.Time
}

// Plan is what is polled: the part of the configuration that Reload replaces.
type Plan struct {
	Targets []Target
	// Accounts are asked for budgets and the expiry of credentials.
	Accounts []*apiclient.Account
	// UserName applies privacy.user_names; Names is a fingerprint of how.
	UserName func(string) string
	Names    string
}

// Scraper polls all targets until it is stopped.
type Scraper struct {
	config Config
	// present is replaced by Reload; it and all in it are immutable, but for
	// what loops publish.
	present atomic.Pointer[generation]
	// version counts publications; a rendered page is good for one version.
	version atomic.Uint64
	ready   atomic.Bool
	page    pageCache
	told    told

	reloading sync.Mutex
	ctx       context.Context // of Start: loops of later generations begin under it
	cancel    context.CancelFunc
}

// generation is what is polled between two reloads.
type generation struct {
	Plan
	loops []*loop
}

// New returns a Scraper that has not started yet.
func New(config Config, plan Plan) *Scraper {
	s := &Scraper{config: config}
	g := &generation{Plan: plan}
	g.each(func(target *Target, enabled Enabled) {
		l := newLoop(s, target, enabled, plan)
		if config.Store != nil {
			l.restore()
		}
		g.loops = append(g.loops, l)
	})
	s.present.Store(g)
	return s
}

// each calls f for every collector of every target.
func (g *generation) each(f func(*Target, Enabled)) {
	for i := range g.Targets {
		for _, enabled := range g.Targets[i].Collectors {
			f(&g.Targets[i], enabled)
		}
	}
}

// loops are those of the present generation.
func (s *Scraper) loops() []*loop { return s.present.Load().loops }

// Start begins to poll.
func (s *Scraper) Start(ctx context.Context) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	ctx, s.cancel = context.WithCancel(ctx)
	s.ctx = ctx
	for _, l := range s.loops() {
		l.start(ctx)
	}
}

// Stop ends all polls, also those under way, and waits for them.
func (s *Scraper) Stop() {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	s.cancel()
	for _, l := range s.loops() {
		l.stop()
	}
}

// Ready reports whether every core collector was polled once, with whatever
// outcome: from then on /metrics shows all there is to see. It stays so when a
// reload adds some.
func (s *Scraper) Ready() bool {
	if !s.ready.Load() && !slices.ContainsFunc(s.loops(), func(l *loop) bool {
		return l.spec.Core && !l.status.Load().Polled
	}) {
		s.ready.Store(true)
	}
	return s.ready.Load()
}

// demands lists what the other loops that share the budgets ask for, the way
// their last good polls went.
func (s *Scraper) demands(except *loop) []Demand {
	var all []Demand
	own := except.target.Load().budget()
	for _, l := range s.loops() {
		if l != except && l.target.Load().budget() == own {
			all = append(all, counted(l.interval, l.status.Load().GoodCalls))
		}
	}
	return all
}

// budget names the budgets that targets share: limits count for each user and
// region.
func (t *Target) budget() [2]string { return [2]string{t.Account, t.Region} }

// labels of every series of the target.
func (t *Target) labels() map[string]string {
	labels := map[string]string{"account": t.Account, "region": t.Region, "project": t.Project}
	for name, value := range t.Labels {
		labels[name] = value
	}
	return labels
}

// sameProject tells whether both watch the project that the configuration calls so.
func (t *Target) sameProject(other *Target) bool {
	return t.Account == other.Account && t.Region == other.Region && t.Project == other.Project
}

// calls tells whether one of the collectors may call an operation.
func (t *Target) calls(operation string) bool {
	return slices.ContainsFunc(t.Collectors, func(e Enabled) bool {
		return slices.ContainsFunc(e.Spec().Endpoints, func(e apiclient.Endpoint) bool { return e.Operation == operation })
	})
}

// families returns all families of the collectors, made anew from the last
// good results: the slow path for formats that are not kept rendered.
func (s *Scraper) families(now time.Time) ([]*dto.MetricFamily, error) {
	merged := familySet{}
	for _, l := range s.loops() {
		p := l.published.Load()
		if p == nil || !now.Before(p.expires) {
			continue
		}
		if err := l.gather(p, merged.add); err != nil {
			return nil, err
		}
	}
	return merged.sorted(), nil
}
