// Package daemon is the program: it owns what lives long (accounts with their
// budgets, the scraper, the HTTP handler) and puts it together from a checked
// configuration. New makes everything that can fail, Start begins to poll,
// Handler serves, Stop ends it.
package daemon

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
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
	process  *prometheus.Registry
	handler  http.Handler
}

// New makes a Daemon from a checked configuration. Nothing runs yet.
func New(options Options) (*Daemon, error) {
	userName, err := newUserName(options.Config.Privacy)
	if err != nil {
		return nil, err
	}
	stats := scraper.NewAPIStats()
	accounts, targets, err := build(options, stats)
	if err != nil {
		return nil, err
	}
	d := &Daemon{options: options, accounts: accounts, process: prometheus.NewRegistry()}
	d.process.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		versioncollector.NewCollector(collector.Prefix+"exporter"),
	)
	d.scraper = scraper.New(scraper.Config{
		Targets: targets, Accounts: accounts, Stats: stats, UserName: userName, Logger: options.Logger,
	})
	d.handler = d.routes()
	return d, nil
}

// Start begins to poll; it returns at once.
func (d *Daemon) Start(ctx context.Context) { d.scraper.Start(ctx) }

// Stop ends all polls and waits for them.
func (d *Daemon) Stop() { d.scraper.Stop() }

// Handler serves metrics, status page and health.
func (d *Daemon) Handler() http.Handler { return d.handler }
