// Package daemon is the program: it owns what lives long (accounts with their
// budgets, the scraper, the HTTP handler) and puts it together from a checked
// configuration. New makes everything that can fail, Start begins to poll,
// Handler serves, Stop ends it.
package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
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
	// Transport replaces the network, in tests.
	Transport http.RoundTripper
}

// Daemon is the running program.
type Daemon struct {
	options  Options
	accounts []*apiclient.Account
	scraper  *scraper.Scraper
	notifier *notifier.Notifier
	process  *prometheus.Registry
	handler  http.Handler
	store    *state.Store // nil: nothing is kept over restarts
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
	userName, err := newUserName(options.Config.Privacy, store)
	if err != nil {
		return nil, err
	}
	stats := scraper.NewAPIStats()
	accounts, targets, err := build(options, stats, store)
	if err != nil {
		return nil, err
	}
	d := &Daemon{options: options, accounts: accounts, process: prometheus.NewRegistry(), store: store}
	d.process.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		versioncollector.NewCollector(collector.Prefix+"exporter"),
	)
	if err := d.newNotifier(); err != nil {
		return nil, err
	}
	config := scraper.Config{
		Targets: targets, Accounts: accounts, Stats: stats, UserName: userName, Logger: options.Logger,
		Published: d.published,
	}
	if store != nil {
		config.Store = store
	}
	d.scraper = scraper.New(config)
	d.handler = d.routes()
	return d, nil
}

// Start begins to poll; it returns at once.
func (d *Daemon) Start(ctx context.Context) {
	d.notifier.Start(ctx)
	d.scraper.Start(ctx)
}

// Stop ends all polls, waits for them, and closes the state.
func (d *Daemon) Stop() error {
	d.scraper.Stop()
	d.notifier.Stop()
	if d.store == nil {
		return nil
	}
	return d.store.Close()
}

// Handler serves metrics, status page and health.
func (d *Daemon) Handler() http.Handler { return d.handler }
