package daemon

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/version"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
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
	"skew":    skewText,
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
	State         *StateReport
	Targets       []targetView
	Failures      []failureView
	Accounts      []accountView
	Alertmanagers []notifier.Status
	Unconfirmed   []notifier.Unconfirmed
	Drift         []DriftReport
}

// targetView is one project with the sums over its collectors.
type targetView struct {
	scraper.TargetStatus
	Working, Failing, Parked, Waiting, Series int
}

// failureView is a collector that does not work, for the top of the page.
type failureView struct {
	Project string
	scraper.Status
	// Alike are how many fail for the same cause, 1 if it has none.
	Alike int
}

type accountView struct {
	Name        string
	PausedUntil time.Time
	Budgets     []apiclient.Budget
	Skew        string
}

func (d *Daemon) serveStatus(w http.ResponseWriter, _ *http.Request) {
	view := statusView{
		Now: time.Now(), Version: version.Version, TelemetryPath: d.options.TelemetryPath,
		Pprof: d.options.Pprof, Ready: d.scraper.Ready(), Reload: d.outcome.Load().report(),
		State: d.stateReport(),
	}
	for _, t := range d.scraper.Status() {
		view.add(t)
	}
	for _, a := range d.current.Load().accounts {
		view.Accounts = append(view.Accounts, accountView{a.config.Name, a.api.PausedUntil(), a.api.Budgets(), skewText(a.api.ClockSkew())})
	}
	view.Alertmanagers, view.Unconfirmed = d.notifier.Status(), d.unconfirmed()
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
			v.fails(failureView{t.Project, c, 1})
		}
	}
	v.Targets = append(v.Targets, target)
}

// fails adds a collector that does not work, to the line of its cause if there
// is one.
func (v *statusView) fails(f failureView) {
	for i, other := range v.Failures {
		if f.Cause != "" && f.Cause == other.Cause {
			v.Failures[i].Alike++
			return
		}
	}
	v.Failures = append(v.Failures, f)
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
		return collectorState{fmt.Sprintf("parked: %s, %d polls refused since %s", s.Parked, s.Refusal.Polls, s.Refusal.Since.UTC().Format("15:04 UTC")), "bad"}
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

// skewText says how far this machine's clock is off, "" if that is not known.
func skewText(ahead time.Duration, known bool) string {
	off := age(ahead.Abs().Round(time.Second))
	switch {
	case !known:
		return ""
	case ahead.Abs() <= foreign.Granted:
		return "right"
	case ahead > 0:
		return off + " ahead"
	default:
		return off + " behind"
	}
}
