package daemon

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/notifier"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

//go:embed status.html
var statusPage string

// statusTemplate escapes whatever the API sent. It is parsed once: a broken
// template must not wait for its first reader.
var statusTemplate = template.Must(template.New("status").Funcs(template.FuncMap{
	"since":   func(t, now time.Time) string { return age(now.Sub(t)) },
	"until":   func(t, now time.Time) string { return age(t.Sub(now)) },
	"age":     age,
	"state":   stateOf,
	"percent": func(b apiclient.Budget) float64 { return min(100*float64(b.Used)/b.PerMinute, 100) },
}).Parse(statusPage))

// statusView is what the page shows.
type statusView struct {
	Now           time.Time
	Version       string
	TelemetryPath string
	Pprof         bool
	Ready         bool
	Reload        ReloadReport
	Targets       []targetView
	Failures      []failureView
	Accounts      []accountView
	Alertmanagers []notifier.Status
	Drift         []DriftReport
}

// targetView is one project with the sums over its collectors.
type targetView struct {
	scraper.TargetStatus
	Working, Failing, Parked, Waiting, Series int
}

// failureView is a collector that does not work, for the top of the page.
type failureView struct {
	Account, Region, Project string
	scraper.Status
}

type accountView struct {
	Name        string
	PausedUntil time.Time
	Budgets     []apiclient.Budget
}

func (d *Daemon) serveStatus(w http.ResponseWriter, _ *http.Request) {
	view := statusView{
		Now: time.Now(), Version: version.Version, TelemetryPath: d.options.TelemetryPath,
		Pprof: d.options.Pprof, Ready: d.scraper.Ready(), Reload: d.outcome.Load().report(),
	}
	for _, t := range d.scraper.Status() {
		view.add(t)
	}
	for _, a := range d.current.Load().accounts {
		view.Accounts = append(view.Accounts, accountView{a.config.Name, a.api.PausedUntil(), a.api.Budgets()})
	}
	view.Alertmanagers = d.notifier.Status()
	view.Drift = d.driftReports()
	var page bytes.Buffer
	if err := statusTemplate.Execute(&page, view); err != nil {
		d.options.Logger.Error("cannot render the status page", "err", err)
		http.Error(w, "cannot render the status page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = page.WriteTo(w)
}

func (v *statusView) add(t scraper.TargetStatus) {
	target := targetView{TargetStatus: t}
	for _, c := range t.Collectors {
		target.Series += c.Series - c.SeriesDropped
		switch {
		case !c.Polled:
			target.Waiting++
		case c.Success:
			target.Working++
		case c.Parked != "":
			target.Parked++
		default:
			target.Failing++
		}
		if c.Polled && !c.Success {
			v.Failures = append(v.Failures, failureView{t.Account, t.Region, t.Project, c})
		}
	}
	v.Targets = append(v.Targets, target)
}

// collectorState is how a collector does: for people, and for the style.
type collectorState struct{ Text, Class string }

func stateOf(s scraper.Status, now time.Time) collectorState {
	switch {
	case !s.Polled && !s.NextRun.After(now):
		return collectorState{"first poll under way", "wait"}
	case !s.Polled:
		return collectorState{"waiting", "wait"}
	case s.Success:
		return collectorState{"ok", "ok"}
	case s.Parked != "":
		return collectorState{"parked: " + s.Parked, "bad"}
	case s.Expires.After(now):
		return collectorState{"failing, last values served", "bad"}
	default:
		return collectorState{"failing, no values", "bad"}
	}
}

// age prints a duration the way a person says it.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "now"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + "s"
	default:
		return model.Duration(d.Round(time.Second)).String()
	}
}
