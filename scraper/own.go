package scraper

import (
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// OwnFamilies returns what the exporter says about itself, for the
// documentation and tests.
func OwnFamilies() []area.FamilySpec {
	return append(area.Specs(targetFamilies()), area.Specs(accountFamilies())...)
}

// targetView is what targetFamilies show: one target at one moment.
type targetView struct {
	TargetStatus
	calls []operationStats
	drift []Drift
}

// targetFamilies are the metrics that carry the labels of a project.
func targetFamilies() []area.Family[targetView] {
	return []area.Family[targetView]{
		{
			Name: "project_info", Type: area.Gauge, Labels: []string{"project_id", "endpoint"},
			Help: "The project that is watched and where its API is; always 1. The id is empty until IAM has told it.",
			Map: func(v targetView, put area.Put) {
				put.Value(1, v.ProjectID, v.Endpoint)
			},
		},
		{
			Name: "exporter_collector_success", Type: area.Gauge, Labels: []string{"collector"},
			Help: "Whether the last poll of the collector went well (1) or failed (0). While it fails, the last good values are served for 3 effective intervals and then disappear.",
			Map: perCollector(func(s Status, put area.Put) {
				if s.Polled {
					put.Value(boolean(s.Success), s.Collector)
				}
			}),
		},
		{
			Name: "exporter_collector_last_success_timestamp_seconds", Type: area.Gauge, Labels: []string{"collector"},
			Help: "When the last good poll of the collector ended, in seconds since 1970. Absent until there was one.",
			Map: perCollector(func(s Status, put area.Put) {
				if !s.LastSuccess.IsZero() {
					put.Value(float64(s.LastSuccess.UnixMilli())/1000, s.Collector)
				}
			}),
		},
		{
			Name: "exporter_collector_duration_seconds", Type: area.Gauge, Labels: []string{"collector"},
			Help: "How long the last poll of the collector took, with the time it waited for its turns in the budget.",
			Map: perCollector(func(s Status, put area.Put) {
				if s.Polled {
					put.Value(s.Duration.Seconds(), s.Collector)
				}
			}),
		},
		{
			Name: "exporter_collector_interval_seconds", Type: area.Gauge, Labels: []string{"collector"},
			Help: "The effective interval of the collector: the configured one, or longer when the budget or the API does not allow it.",
			Map: perCollector(func(s Status, put area.Put) {
				put.Value(s.Effective.Seconds(), s.Collector)
			}),
		},
		{
			Name: "exporter_collector_configured_interval_seconds", Type: area.Gauge, Labels: []string{"collector"},
			Help: "The interval that the configuration asks for; the effective one is longer when the budget or the API does not allow it.",
			Map: perCollector(func(s Status, put area.Put) {
				put.Value(s.Interval.Seconds(), s.Collector)
			}),
		},
		{
			Name: "exporter_collector_calls", Type: area.Gauge, Labels: []string{"collector"},
			Help: "How many requests the last poll of the collector sent to the API, with retries.",
			Map: perCollector(func(s Status, put area.Put) {
				if s.Polled {
					put.Value(float64(s.Calls), s.Collector)
				}
			}),
		},
		{
			Name: "exporter_entries_skipped_total", Type: area.Counter, Labels: []string{"collector"},
			Help: "Entries and members of answers that could not be read, were absent although the API has them always, or whose call failed. They are left out and the rest is served, so that sums over them are too small.",
			Map: perCollector(func(s Status, put area.Put) {
				put.Value(float64(s.Skipped), s.Collector)
			}),
		},
		{
			Name: "exporter_collector_series", Type: area.Gauge, Labels: []string{"collector"},
			Help: "How many series the last good result of the collector gives, those over its limit included.",
			Map: perCollector(func(s Status, put area.Put) {
				if !s.LastSuccess.IsZero() {
					put.Value(float64(s.Series), s.Collector)
				}
			}),
		},
		{
			Name: "exporter_collector_series_limit", Type: area.Gauge, Labels: []string{"collector"},
			Help: "How many series the collector may show (max_series); 0 means any number.",
			Map: perCollector(func(s Status, put area.Put) {
				put.Value(float64(s.SeriesLimit), s.Collector)
			}),
		},
		{
			Name: "exporter_collector_series_dropped", Type: area.Gauge, Labels: []string{"collector"},
			Help: "How many series of the newest objects are not shown because the collector is over its limit of series.",
			Map: perCollector(func(s Status, put area.Put) {
				put.Value(float64(s.SeriesDropped), s.Collector)
			}),
		},
		{
			Name: "exporter_collector_parked", Type: area.Gauge, Labels: []string{"collector", "reason"},
			Help: "Whether the collector pauses because its calls were refused in at least 3 polls over 2 minutes: forbidden (the key lacks an IAM action), unsubscribed (the project has no Workspace service) or unavailable (the region lacks the API).",
			Map: perCollector(func(s Status, put area.Put) {
				for _, reason := range refusalReasons() {
					put.Value(boolean(s.Parked == reason), s.Collector, reason)
				}
			}),
		},
		{
			Name: "exporter_api_requests_total", Type: area.Counter, Labels: []string{"api", "code"},
			Help: "Requests sent to the API by operation and HTTP status; the code \"error\" means that no answer came.",
			Map: perOperation(func(o operationStats, put area.Put) {
				for code, n := range o.codes {
					put.Value(float64(n), o.operation, code)
				}
			}),
		},
		{
			Name: "exporter_api_request_duration_seconds", Type: area.HistogramType, Labels: []string{"api"},
			Help: "How long requests to the API took, without the wait for a turn in the budget.",
			Map: perOperation(func(o operationStats, put area.Put) {
				put.Histogram(o.duration, o.operation)
			}),
		},
		{
			Name: "exporter_api_throttled_total", Type: area.Counter, Labels: []string{"api"},
			Help: "Answers 429: the API refused a call because too many were made, by this exporter or by others with the same key.",
			Map: perOperation(func(o operationStats, put area.Put) {
				put.Value(float64(o.codes["429"]), o.operation)
			}),
		},
		{
			Name: "exporter_api_auth_failures_total", Type: area.Counter,
			Help: "Answers 401: the API did not accept the key, its signature or the clock. Calls pause after each one.",
			Map: func(v targetView, put area.Put) {
				var n uint64
				for _, o := range v.calls {
					n += o.codes["401"]
				}
				put.Value(float64(n))
			},
		},
		{
			Name: "exporter_api_drift", Type: area.Gauge, Labels: []string{"api", "kind"},
			Help: "In how many places answers of the operation differ from what the exporter believes of them: unknown_member, missing_member, type, enum (an unknown value), total, page_size or order. The status page names them. Absent where nothing differs; one answer an hour is compared.",
			Map: func(v targetView, put area.Put) {
				for _, d := range v.drift {
					put.Value(float64(d.Places), d.Operation, d.Kind)
				}
			},
		},
	}
}

// accountView is what accountFamilies show.
type accountView struct {
	budgets   []apiclient.Budget
	expiry    time.Time
	ahead     time.Duration
	skewKnown bool
}

// accountFamilies are the metrics that carry the label account alone.
func accountFamilies() []area.Family[accountView] {
	return []area.Family[accountView]{
		{
			Name: "exporter_api_budget_requests_per_minute", Type: area.Gauge, Labels: []string{"region", "api"},
			Help: "How many requests a minute the exporter allows itself: budget.share of the published limit of the operation.",
			Map: func(v accountView, put area.Put) {
				for _, b := range v.budgets {
					put.Value(b.PerMinute, b.Region, b.Operation)
				}
			},
		},
		{
			Name: "exporter_api_limit_requests_per_minute", Type: area.Gauge, Labels: []string{"region", "api"},
			Help: "The published limit of the operation in requests a minute, which every program with the same key draws on.",
			Map: func(v accountView, put area.Put) {
				for _, b := range v.budgets {
					put.Value(float64(b.Limit), b.Region, b.Operation)
				}
			},
		},
		{
			Name: "exporter_api_budget_used_ratio", Type: area.Gauge, Labels: []string{"region", "api"},
			Help: "Requests of the last 60 seconds divided by the budget. Near 1 the collectors that use the operation poll less often than configured.",
			Map: func(v accountView, put area.Put) {
				for _, b := range v.budgets {
					put.Value(float64(b.Used)/b.PerMinute, b.Region, b.Operation)
				}
			},
		},
		{
			Name: "exporter_credential_expiry_timestamp_seconds", Type: area.Gauge,
			Help: "When the temporary credentials in use end, in seconds since 1970. Absent for permanent keys.",
			Map: func(v accountView, put area.Put) {
				if !v.expiry.IsZero() {
					put.Value(float64(v.expiry.Unix()))
				}
			},
		},
		{
			Name: "exporter_clock_skew_seconds", Type: area.Gauge,
			Help: "By how much the clock of this machine is ahead of the API's; negative: behind. From 900 on signatures are refused. Absent until an answer has told the time.",
			Map: func(v accountView, put area.Put) {
				if v.skewKnown {
					put.Value(v.ahead.Seconds())
				}
			},
		},
	}
}

func perCollector(sample func(Status, area.Put)) func(targetView, area.Put) {
	return func(v targetView, put area.Put) {
		for _, s := range v.Collectors {
			sample(s, put)
		}
	}
}

func perOperation(sample func(operationStats, area.Put)) func(targetView, area.Put) {
	return func(v targetView, put area.Put) {
		for _, o := range v.calls {
			sample(o, put)
		}
	}
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// used are the budgets of an account without those of APIs that were called
// before a reload and are not any more.
func (g *generation) used(a *apiclient.Account) []apiclient.Budget {
	return slices.DeleteFunc(a.Budgets(), func(b apiclient.Budget) bool {
		return !slices.ContainsFunc(g.Targets, func(t Target) bool {
			return t.Account == a.Name() && t.Region == b.Region &&
				(t.calls(b.Operation) || b.Operation == apiclient.Discovery)
		})
	})
}

// ownFamilies makes the exporter's own families as they are now.
func (s *Scraper) ownFamilies(yield func(*dto.MetricFamily) error) error {
	g := s.present.Load()
	for i, status := range g.status() {
		t := &g.Targets[i]
		view := targetView{TargetStatus: status, calls: s.config.Stats.of(t)}
		if s.config.Drift != nil {
			view.drift = s.config.Drift(t.Account, t.Region, t.Project)
		}
		if err := area.Build(targetFamilies(), view, area.Labels(t.labels()), yield); err != nil {
			return err
		}
	}
	for _, a := range g.Accounts {
		view := accountView{budgets: g.used(a), expiry: a.CredentialExpiry()}
		view.ahead, view.skewKnown = a.ClockSkew()
		base := area.Labels(map[string]string{"account": a.Name()})
		if err := area.Build(accountFamilies(), view, base, yield); err != nil {
			return err
		}
	}
	return nil
}
