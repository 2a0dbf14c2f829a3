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
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// Target is one project and the collectors that watch it.
type Target struct {
	Account, Region, Project string
	// Labels are the configured extra labels of the project.
	Labels map[string]string
	// API is the project's view of the API.
	API *apiclient.Project
	// Share is the part of the published limits that may be used.
	Share      float64
	Collectors []Enabled
}

// Enabled is a collector with its settings for one target.
type Enabled struct {
	collector.Collector
	Interval time.Duration
	// MaxSeries is the most series that are shown; beyond it the newest
	// objects are cut. 0 means no limit.
	MaxSeries int
	Options   collector.Options
}

// Config is what a Scraper needs.
type Config struct {
	Targets []Target
	// Accounts are asked for budgets and the expiry of credentials.
	Accounts []*apiclient.Account
	// Stats counted what the accounts' observers saw.
	Stats *APIStats
	// Store keeps results over restarts; nil means that nothing does.
	Store Store
	// UserName applies privacy.user_names.
	UserName func(string) string
	// Published, if not nil, is told of each result as it is published, also
	// of a restored one that is too old to be served.
	Published func(Publication)
	Logger    *slog.Logger
}

// Publication is a good result of one collector of a project.
type Publication struct {
	Account, Region, Project string
	Collector                string
	Result                   any
	// Expires is when the result is too old to be served.
	Expires time.Time
}

// Store keeps the last good result of each loop over restarts.
type Store interface {
	LoadResult(key string) (state.Saved, bool)
	SaveResult(key string, saved state.Saved) error
}

// Scraper polls all targets until it is stopped.
type Scraper struct {
	config Config
	loops  []*loop
	// version counts publications; a rendered page is good for one version.
	version atomic.Uint64
	page    pageCache
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// New returns a Scraper that has not started yet.
func New(config Config) *Scraper {
	s := &Scraper{config: config}
	for i := range config.Targets {
		target := &config.Targets[i]
		base := collector.Labels(target.labels())
		for _, enabled := range target.Collectors {
			s.loops = append(s.loops, newLoop(s, target, enabled, base))
		}
	}
	return s
}

// Start begins to poll.
func (s *Scraper) Start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	for _, l := range s.loops {
		s.running.Go(func() { l.run(ctx) })
	}
}

// Stop ends all polls, also those under way, and waits for them.
func (s *Scraper) Stop() {
	s.cancel()
	s.running.Wait()
}

// Ready reports whether every core collector was polled once, with whatever
// outcome: from then on /metrics shows all there is to see.
func (s *Scraper) Ready() bool {
	return !slices.ContainsFunc(s.loops, func(l *loop) bool {
		return l.spec.Core && !l.status.Load().Polled
	})
}

// demands lists what the other loops of the same account and region ask for,
// the way their last good polls went.
func (s *Scraper) demands(except *loop) []Demand {
	var all []Demand
	for _, l := range s.loops {
		if l != except && l.target.Account == except.target.Account && l.target.Region == except.target.Region {
			all = append(all, Demand{Interval: l.interval, Calls: l.status.Load().GoodCalls})
		}
	}
	return all
}

// labels of every series of the target.
func (t *Target) labels() map[string]string {
	labels := map[string]string{"account": t.Account, "region": t.Region, "project": t.Project}
	for name, value := range t.Labels {
		labels[name] = value
	}
	return labels
}

// perMinute is the budget of an operation that one of the collectors uses.
func (t *Target) perMinute(operation string) float64 {
	for _, c := range t.Collectors {
		for _, e := range c.Spec().Endpoints {
			if e.Operation == operation {
				return t.Share * float64(e.Limit)
			}
		}
	}
	return 0
}

// families returns all families of the collectors, made anew from the last
// good results: the slow path for formats that are not kept rendered.
func (s *Scraper) families(now time.Time) ([]*dto.MetricFamily, error) {
	merged := familySet{}
	for _, l := range s.loops {
		p := l.published.Load()
		if p == nil || !now.Before(p.expires) {
			continue
		}
		if err := l.collector.Build(p.result, l.base, p.keep, merged.add); err != nil {
			return nil, err
		}
	}
	return merged.sorted(), nil
}
