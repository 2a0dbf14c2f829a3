package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// startDemo serves the simulator and returns what makes the configuration that
// points at it, and what ends it.
func startDemo(ctx context.Context, f fleet, listen string, logger *slog.Logger) (load func() (*config.Config, error), stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, nil, fmt.Errorf("--demo.listen: the simulator cannot listen on %s: %w", listen, err)
	}
	server := newServer(withAlertmanager(f.simulator().WithControl()), logger)
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() { _ = server.Serve(listener) }() // ends with Close
	endpoint := "http://" + listener.Addr().String()
	logger.Info("demo: the simulator stands in for the Workspace API", "endpoint", endpoint, "desktops", f.desktops)
	load = func() (*config.Config, error) {
		return config.Parse("the built-in demo configuration", []byte(demoConfig(endpoint)), daemon.Schema(), os.Getenv)
	}
	return load, func() { _ = server.Close() }, nil
}

// demoAlertmanager is where the demo sends alarms, beside the API.
const demoAlertmanager = "/demo-alertmanager"

// withAlertmanager takes the demo's alerts and forgets them, so that the demo
// shows what the exporter says about sending them.
func withAlertmanager(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+demoAlertmanager+"/api/v2/alerts", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat)) // also without a server around it
		_, _ = io.Copy(io.Discard, r.Body)                               // a sender that goes away early is no failure of the demo
	})
	mux.Handle("/", api)
	return mux
}

func demoConfig(endpoint string) string {
	return demoAccount(endpoint) + demoCollectors() + fmt.Sprintf("alertmanagers: [{url: %q}]\n", endpoint+demoAlertmanager)
}

func demoAccount(endpoint string) string {
	return fmt.Sprintf(`
accounts:
  - name: demo
    credentials: {access_key: %s, secret_key: %s}
    iam_endpoint: %q
    projects:
      - {name: hq, region: %s, endpoint: %q}
`, demoAccessKey, demoSecretKey, endpoint, demoRegion, endpoint)
}

// excludedFromDemo is a collector with a metric in days. promtool objects to such
// a unit, and the demo is what people check first.
const excludedFromDemo = "notify_rules"

// demoOptions are the other options that the demo sets: without names there are
// no statistics, and one team's desktops are monitored in a few minutes, where
// all would take half an hour.
var demoOptions = map[string][]string{
	"statistics_metrics.metric_names": simulator.StatisticNames(),
	"desktop_monitor.tags":            {"team=red"},
}

// demoCollectors enables all that there is to see: every collector and every
// switch of one.
func demoCollectors() string {
	return daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		if c.Name == excludedFromDemo {
			return false, nil
		}
		settings = c.Switches()
		for _, o := range c.Options {
			if values := demoOptions[c.Name+"."+o.Name]; values != nil {
				settings = append(settings, fmt.Sprintf("%s: [%s]", o.Name, strings.Join(values, ", ")))
			}
		}
		return true, settings
	})
}
