package daemon

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/common/version"

	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// Report is the JSON of /api/v1/status: what the status page shows, for
// programs. Durations are seconds, times RFC 3339 in UTC; a time that is
// not known is omitted. Members are added, never renamed or removed.
type Report struct {
	Version string       `json:"version"`
	Time    time.Time    `json:"time"`
	Ready   bool         `json:"ready"`
	Reload  ReloadReport `json:"reload"`
	// State is absent when nothing is kept over restarts.
	State    *StateReport    `json:"state,omitempty"`
	Accounts []AccountReport `json:"accounts"`
	Projects []ProjectReport `json:"projects"`
	// Alertmanagers are empty when alarms are not sent.
	Alertmanagers []AlertmanagerReport `json:"alertmanagers"`
	// Drift is empty where the API answers as believed.
	Drift []DriftReport `json:"drift"`
	// UnconfirmedAlerts are sent on although the alarms of their project cannot
	// be read.
	UnconfirmedAlerts []UnconfirmedReport `json:"unconfirmed_alerts"`
}

// UnconfirmedReport is a project whose alarms cannot be read.
type UnconfirmedReport struct {
	Account  string     `json:"account"`
	Region   string     `json:"region"`
	Project  string     `json:"project"`
	Alerts   int        `json:"alerts"`
	LastRead *time.Time `json:"last_read,omitempty"`
}

// AlertmanagerReport is the state of one Alertmanager. Alerts are counted
// since the start; queue is how many wait, of at most queue_capacity.
type AlertmanagerReport struct {
	URL         string     `json:"url"`
	Sent        uint64     `json:"sent"`
	Failed      uint64     `json:"failed"`
	Dropped     uint64     `json:"dropped"`
	Queue       int        `json:"queue"`
	Capacity    int        `json:"queue_capacity"`
	LastSuccess *time.Time `json:"last_success,omitempty"`
	Error       string     `json:"error,omitempty"`
	// ClockSkew is by how much this machine's clock is ahead.
	ClockSkew *float64 `json:"clock_skew_seconds,omitempty"`
}

// StateReport is how what is kept over restarts does; dropped counts by reason
// what was kept and is not used.
type StateReport struct {
	Path     string         `json:"path"`
	Up       bool           `json:"up"`
	LastSave *time.Time     `json:"last_save,omitempty"`
	Error    string         `json:"error,omitempty"`
	Dropped  map[string]int `json:"dropped"`
}

// ReloadReport is how the last reload of the configuration ended; the start
// counts as one.
type ReloadReport struct {
	Successful  bool       `json:"successful"`
	LastSuccess *time.Time `json:"last_success,omitempty"`
	Error       string     `json:"error,omitempty"`
}

// AccountReport is one account with the budgets of the APIs called so far.
type AccountReport struct {
	Account          string         `json:"account"`
	PausedUntil      *time.Time     `json:"paused_until,omitempty"`
	CredentialExpiry *time.Time     `json:"credential_expiry,omitempty"`
	ClockSkew        *float64       `json:"clock_skew_seconds,omitempty"`
	Budgets          []BudgetReport `json:"budgets"`
}

// BudgetReport is the budget of one API; numbers are requests a minute, used
// those of the last 60 seconds.
type BudgetReport struct {
	Region      string     `json:"region"`
	API         string     `json:"api"`
	Limit       int        `json:"limit_per_minute"`
	Budget      float64    `json:"budget_per_minute"`
	Rate        float64    `json:"rate_per_minute"`
	Used        int        `json:"used"`
	PausedUntil *time.Time `json:"paused_until,omitempty"`
}

// ProjectReport is one project with its collectors.
type ProjectReport struct {
	Account    string            `json:"account"`
	Region     string            `json:"region"`
	Project    string            `json:"project"`
	ProjectID  string            `json:"project_id"`
	Endpoint   string            `json:"endpoint"`
	Collectors []CollectorReport `json:"collectors"`
}

// CollectorReport is the state of one collector for one project. Series,
// limits and calls by operation are those of the last good poll; refused is why
// the last polls in a row were refused, parked the same when they suffice to
// pause.
type CollectorReport struct {
	Collector         string         `json:"collector"`
	State             string         `json:"state"`
	Polled            bool           `json:"polled"`
	Success           bool           `json:"success"`
	Error             string         `json:"error,omitempty"`
	Parked            string         `json:"parked,omitempty"`
	Refused           string         `json:"refused,omitempty"`
	RefusedSince      *time.Time     `json:"refused_since,omitempty"`
	RefusedPolls      int            `json:"refused_polls,omitempty"`
	Interval          float64        `json:"interval_seconds"`
	EffectiveInterval float64        `json:"effective_interval_seconds"`
	Duration          float64        `json:"duration_seconds"`
	Calls             int            `json:"calls"`
	CallsByOperation  map[string]int `json:"calls_by_operation"`
	Series            int            `json:"series"`
	SeriesDropped     int            `json:"series_dropped"`
	SeriesLimit       int            `json:"series_limit"`
	LastSuccess       *time.Time     `json:"last_success,omitempty"`
	Expires           *time.Time     `json:"expires,omitempty"`
	NextRun           *time.Time     `json:"next_run,omitempty"`
}

func (d *Daemon) report(now time.Time) Report {
	r := Report{
		Version: version.Version, Time: now.UTC(), Ready: d.scraper.Ready(), Reload: d.outcome.Load().report(),
		State: d.stateReport(), Accounts: []AccountReport{}, Projects: []ProjectReport{},
	}
	for _, a := range d.current.Load().accounts {
		account := AccountReport{
			Account: a.config.Name, PausedUntil: known(a.api.PausedUntil()), CredentialExpiry: known(a.api.CredentialExpiry()),
			Budgets: []BudgetReport{},
		}
		if ahead, known := a.api.ClockSkew(); known {
			account.ClockSkew = new(ahead.Seconds())
		}
		for _, b := range a.api.Budgets() {
			account.Budgets = append(account.Budgets, BudgetReport{
				Region: b.Region, API: b.Operation, Limit: b.Limit, Budget: b.PerMinute,
				Rate: b.RatePerMinute, Used: b.Used, PausedUntil: known(b.PausedUntil),
			})
		}
		r.Accounts = append(r.Accounts, account)
	}
	for _, t := range d.scraper.Status() {
		project := ProjectReport{
			Account: t.Account, Region: t.Region, Project: t.Project,
			ProjectID: t.ProjectID, Endpoint: t.Endpoint, Collectors: []CollectorReport{},
		}
		for _, s := range t.Collectors {
			project.Collectors = append(project.Collectors, collectorReport(s, now))
		}
		r.Projects = append(r.Projects, project)
	}
	r.Alertmanagers, r.UnconfirmedAlerts = d.alertmanagerReports(), d.unconfirmedReports()
	r.Drift = d.driftReports()
	return r
}

func (d *Daemon) stateReport() *StateReport {
	if d.store == nil {
		return nil
	}
	h := d.store.Health()
	r := &StateReport{Path: h.Path, Up: h.Err == nil, LastSave: known(h.LastSave), Dropped: h.Dropped}
	if h.Err != nil {
		r.Error = h.Err.Error()
	}
	return r
}

func (o *reloadOutcome) report() ReloadReport {
	r := ReloadReport{Successful: o.err == nil, LastSuccess: known(o.lastSuccess)}
	if o.err != nil {
		r.Error = o.err.Error()
	}
	return r
}

func collectorReport(s scraper.Status, now time.Time) CollectorReport {
	r := CollectorReport{
		Collector: s.Collector, State: stateOf(s, now).Text, Polled: s.Polled, Success: s.Success, Parked: s.Parked,
		Interval: s.Interval.Seconds(), EffectiveInterval: s.Effective.Seconds(), Duration: s.Duration.Seconds(),
		Calls: s.Calls, CallsByOperation: s.GoodCalls,
		Series: s.Series, SeriesDropped: s.SeriesDropped, SeriesLimit: s.SeriesLimit,
		LastSuccess: known(s.LastSuccess), Expires: known(s.Expires), NextRun: known(s.NextRun),
		Refused: s.Refusal.Reason, RefusedSince: known(s.Refusal.Since), RefusedPolls: s.Refusal.Polls,
	}
	if s.Err != nil {
		r.Error = s.Err.Error()
	}
	if r.CallsByOperation == nil {
		r.CallsByOperation = map[string]int{}
	}
	return r
}

// known is a time for JSON: nil for one that has not come.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

func (d *Daemon) serveReport(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(d.report(time.Now())) // a client that goes away early is no failure of ours
}
