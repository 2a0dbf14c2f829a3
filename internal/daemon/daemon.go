// Package daemon is the program: it owns what lives long (accounts with their
// budgets, the scraper, the HTTP handler) and puts it together from a checked
// configuration. New makes everything that can fail, Start begins to poll,
// Handler serves, Reload puts another configuration in force, Stop ends it.
package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient/drift"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
	"github.com/workspace-exporter/workspace_exporter/notifier"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// Options is what New needs.
type Options struct {
	Config *config.Config
	Logger *slog.Logger
	// TelemetryPath is where the metrics are served.
	TelemetryPath string
	// Pprof serves /debug/pprof.
	Pprof bool
	// Load reads the configuration again for a reload; nil: there is none.
	Load func() (*config.Config, error)
	// Transport replaces the network, in tests.
	Transport http.RoundTripper
}

// Daemon is the running program.
type Daemon struct {
	// From New to Stop.
	options  Options
	stats    *scraper.APIStats
	drift    *drift.Monitor
	store    *state.Store // nil: nothing is kept over restarts
	scraper  *scraper.Scraper
	notifier *notifier.Notifier
	handler  http.Handler
	known    *knownNames

	// Replaced by Reload.
	current atomic.Pointer[setup]
	// outcome of the last reload.
	outcome atomic.Pointer[reloadOutcome]

	reloading sync.Mutex // guards the following
	retired   []retiredAccount
	salt      string // the random one, where none is configured or kept
}

// setup is a configuration and what was made of it.
type setup struct {
	config   *config.Config
	names    naming
	known    *knownNames
	accounts []*account
	notifier *notifier.Prepared
}

// plan is what the scraper polls.
func (s *setup) plan() scraper.Plan {
	p := scraper.Plan{UserName: s.known.noting(s.names.show), Names: s.names.fingerprint()}
	for _, a := range s.accounts {
		p.Accounts = append(p.Accounts, a.api)
		p.Targets = append(p.Targets, a.targets()...)
	}
	return p
}

// New makes a Daemon from a checked configuration. Nothing runs yet.
func New(options Options) (*Daemon, error) {
	store, err := openState(options)
	if err != nil {
		return nil, err
	}
	d, err := newDaemon(options, store)
	if err != nil && store != nil {
		err = errors.Join(err, store.Close())
	}
	return d, err
}

// openState opens what is kept over restarts, nil if nothing is.
func openState(options Options) (*state.Store, error) {
	if options.Config.StatePath == "" {
		options.Logger.Info("nothing is kept over restarts: counters begin at 0 with each start; state.path keeps them")
		return nil, nil
	}
	store, err := state.Open(options.Config.StatePath, options.Logger)
	if err != nil {
		return nil, err
	}
	return store, store.Forget(time.Now())
}

func newDaemon(options Options, store *state.Store) (*Daemon, error) {
	model, err := drift.NewModel()
	if err != nil {
		return nil, err
	}
	d := &Daemon{options: options, stats: scraper.NewAPIStats(), drift: drift.NewMonitor(model), store: store, known: &knownNames{}}
	if err := d.newNotifier(); err != nil {
		return nil, err
	}
	first, err := d.prepare(options.Config, nil)
	if err != nil {
		return nil, err
	}
	for _, a := range first.accounts {
		a.open(nil, nil)
	}
	d.current.Store(first)
	d.outcome.Store(&reloadOutcome{lastSuccess: time.Now()})
	config := scraper.Config{Stats: d.stats, Drift: d.driftOf, Published: d.published, Logger: options.Logger}
	if store != nil {
		config.Store = store
	}
	d.scraper = scraper.New(config, first.plan())
	process := prometheus.NewRegistry()
	process.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		versioncollector.NewCollector(area.Prefix+"exporter"),
	)
	d.handler = d.routes(prometheus.Gatherers{process, prometheus.GathererFunc(d.gather)})
	return d, nil
}

// Start begins to poll; it returns at once.
func (d *Daemon) Start(ctx context.Context) {
	d.notifier.Start(ctx)
	d.scraper.Start(ctx)
}

// Stop ends all polls, waits for them, and closes the state.
func (d *Daemon) Stop() error {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	d.scraper.Stop()
	d.notifier.Stop()
	if d.store == nil {
		return nil
	}
	return d.store.Close()
}

// Handler serves metrics, status page and health.
func (d *Daemon) Handler() http.Handler { return d.handler }
