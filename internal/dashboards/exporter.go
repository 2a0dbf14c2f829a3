package dashboards

import (
	"strings"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

func exporter() Dashboard {
	return Dashboard{
		UID:         "hcws-exporter",
		Title:       "Workspace / Exporter: can these dashboards be believed?",
		Description: "Freshness first, then the budget of calls, then errors and the process itself.",
		Rows: []Row{
			{Title: "Can these dashboards be believed?", Panels: []Panel{
				{
					Kind: Stat, Title: "Oldest data, in intervals", Width: 3, Unit: "short", Steps: amberRed(2, 3),
					Description: "Age of the last good poll of the collector that is furthest behind, in its own intervals. Up to 2 is normal; after 3 its metrics disappear.",
					Queries:     []Query{{Expr: "max(" + ageInIntervals() + ")"}},
				},
				{
					Kind: Stat, Title: "Collectors that fail", Width: 3, Unit: "short", Steps: amberRed(1, 5),
					Description: "Collectors whose last poll failed. The log of the exporter says why.",
					Queries:     []Query{{Expr: "count(" + gauge("exporter_collector_success") + " == 0) or 0 * count(" + gauge("project_info") + ")"}},
				},
				{
					Kind: Stat, Title: "Parked collectors", Width: 3, Unit: "short", Steps: amberFrom(1),
					Description: "Collectors that pause because their calls are refused: the key lacks an IAM action, the project has no Workspace, or the region lacks the API. Grant the action, or disable the collector.",
					Queries:     []Query{{Expr: sum(gauge("exporter_collector_parked"))}},
				},
				{
					Kind: Stat, Title: "Fullest budget", Width: 3, Unit: "percentunit", Steps: amberRed(0.9, 1),
					Description: "The API whose budget is used most in the last minute. Near 100% its collectors poll less often than configured.",
					Queries:     []Query{{Expr: "max(" + dedup(ofAccount("exporter_api_budget_used_ratio")) + ")"}},
				},
				{
					Kind: Stat, Title: "Throttled in the time shown", Width: 3, Unit: "short", Steps: amberRed(1, 20),
					Description: "Calls that the API refused with 429 in the time shown: another program uses the same key, or the published limit has changed.",
					Queries:     []Query{{Expr: "ceil(sum(increase(" + selector("exporter_api_throttled_total") + "[" + shown + "])))"}},
				},
				{
					Kind: Stat, Title: "Refused keys", Width: 3, Unit: "short", Steps: badFromOne(),
					Description: "Calls answered with 401 in the time shown: the key or the clock is wrong. Everything of the account stops.",
					Queries:     []Query{{Expr: "ceil(sum(increase(" + selector("exporter_api_auth_failures_total") + "[" + shown + "])))"}},
				},
				{
					Kind: Stat, Title: "Series cut", Width: 3, Unit: "short", Steps: amberFrom(1),
					Description: "Series that are not shown because their collector is over its limit: raise max_series, or make the collector show less.",
					Queries:     []Query{{Expr: sum(gauge("exporter_collector_series_dropped"))}},
				},
				{
					Kind: Stat, Title: "Exporters", Width: 3, Unit: "short", Below: bad, Steps: []Step{{1, good}},
					Description: "Exporters that Prometheus reaches. With replicas it is their number; the dashboards count nothing twice.",
					Queries:     []Query{{Expr: "count(" + area.Prefix + "exporter_build_info) or vector(0)"}},
				},
			}},
			{Title: "How fresh is the data?", Panels: []Panel{
				{
					Kind: Table, Title: "Collectors", Width: 24, Unit: "short", SortBy: "Age in intervals",
					Description: "Each collector: when its last good poll was, how often it polls, and what a poll costs. Those at the top are furthest behind.",
					Queries: []Query{
						{Expr: "time() - " + maxBy(collectorKey, gauge("exporter_collector_last_success_timestamp_seconds")), Legend: "Age", Unit: "s"},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_interval_seconds")), Legend: "Interval", Unit: "s"},
						{Expr: maxBy(collectorKey, ageInIntervals()), Legend: "Age in intervals", Steps: amberRed(2, 3)},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_success")), Legend: "Last poll", Values: []Value{{Value: 1, Text: "good", Color: good}, {Value: 0, Text: "failed", Color: bad}}},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_duration_seconds")), Legend: "Duration", Unit: "s"},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_calls")), Legend: "Calls"},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_series")), Legend: "Series"},
						{Expr: maxBy(collectorKey, gauge("exporter_collector_series_limit")), Legend: "Limit"},
						{Expr: "sum by (" + collectorKey + ") (" + gauge("exporter_collector_parked") + ")", Legend: "Parked", Values: []Value{{Value: 0, Text: "no", Color: good}, {Value: 1, Text: "yes", Color: warning}}},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "collector", Title: "Collector"}},
				},
				{
					Kind: Lines, Title: "Age in intervals", Width: 12, Unit: "short", Steps: amberRed(2, 3), Min: number(0),
					Description: "Age of the last good poll in intervals, of the ten collectors furthest behind. A saw below 2 is health; a line that climbs is a collector that fails.",
					Queries:     []Query{{Expr: topk(10, maxBy("project, collector", ageInIntervals())), Legend: "{{project}} {{collector}}"}},
				},
				{
					Kind: StateTimeline, Title: "Last polls", Width: 12, Unit: "short",
					Description: "Whether the last poll of each collector that needs to work for readiness was good, and of each that fails now.",
					Queries: []Query{{Expr: maxBy("project, collector", gauge("exporter_collector_success", `collector=~"`+coreCollectors()+`"`)+
						" or "+gauge("exporter_collector_success")+" == 0"), Legend: "{{project}} {{collector}}"}},
					Values: []Value{{Value: 1, Text: "good", Color: good}, {Value: 0, Text: "failed", Color: bad}},
				},
				{
					Kind: Lines, Title: "Duration of polls", Width: 12, Unit: "s",
					Description: "How long the last poll of the ten slowest collectors took, with the time it waited for its turns in the budget.",
					Queries:     []Query{{Expr: topk(10, maxBy("project, collector", gauge("exporter_collector_duration_seconds"))), Legend: "{{project}} {{collector}}"}},
				},
				{
					Kind: Lines, Title: "Intervals compared with the configuration", Width: 12, Unit: "short", Steps: amberRed(1.2, 2), Min: number(0),
					Description: "Effective interval divided by the configured one, of the ten collectors that are slowed down most. Above 1 the budget does not allow what is configured: `plan` says what to change.",
					Queries:     []Query{{Expr: topk(10, maxBy("project, collector", gauge("exporter_collector_interval_seconds")+" / "+gauge("exporter_collector_configured_interval_seconds"))), Legend: "{{project}} {{collector}}"}},
				},
			}},
			{Title: "Do the calls stay within budget and limit?", Panels: []Panel{
				{
					Kind: Table, Title: "Calls by API", Width: 24, Unit: "short", SortBy: "Of the limit",
					Description: "Calls a minute of each API beside the exporter's budget and the published limit, for which the calls of all replicas count. Slow collectors down whose API is full, or raise budget.share if nothing else uses the key.",
					Queries: []Query{
						{Expr: callsPerMinute(), Legend: "Calls a minute"},
						{Expr: maxBy(apiKey, ofAccount("exporter_api_budget_requests_per_minute")), Legend: "Budget"},
						{Expr: maxBy(apiKey, ofAccount("exporter_api_limit_requests_per_minute")), Legend: "Limit"},
						{Expr: maxBy(apiKey, ofAccount("exporter_api_budget_used_ratio")), Legend: "Of the budget", Unit: "percentunit", Steps: amberRed(0.9, 1)},
						{Expr: callsPerMinute() + " / " + maxBy(apiKey, ofAccount("exporter_api_limit_requests_per_minute")), Legend: "Of the limit", Unit: "percentunit", Steps: amberRed(0.8, 1)},
						{Expr: "ceil(sum by (" + apiKey + ") (increase(" + selector("exporter_api_throttled_total") + "[" + shown + "])))", Legend: "Throttled", Steps: amberRed(1, 20)},
					},
					Columns: []Column{{Label: "account", Title: "Account"}, {Label: "region", Title: "Region"}, {Label: "api", Title: "API"}},
				},
				{
					Kind: Lines, Title: "Budgets used", Width: 8, Unit: "percentunit", Steps: amberRed(0.9, 1), Min: number(0),
					Description: "Share of the budget used in the last minute, of the ten fullest APIs.",
					Queries:     []Query{{Expr: topk(10, maxBy("account, api", ofAccount("exporter_api_budget_used_ratio"))), Legend: "{{account}} {{api}}"}},
				},
				{
					Kind: Stacked, Title: "Calls by status", Width: 8, Unit: "cpm",
					Description: "Calls a minute by HTTP status; error means that no answer came.",
					Queries:     []Query{{Expr: "60 * sum by (code) (rate(" + selector("exporter_api_requests_total") + "[" + interval + "]))", Legend: "{{code}}"}},
				},
				{
					Kind: Lines, Title: "Throttled calls", Width: 8, Unit: "cpm",
					Description: "Calls that the API refused with 429, by API. The exporter slows down by itself; if it goes on, find out what else uses the key.",
					Queries:     []Query{{Expr: "60 * " + topk(10, "sum by (api) (rate("+selector("exporter_api_throttled_total")+"["+interval+"]))"), Legend: "{{api}}"}},
				},
				{
					Kind: Lines, Title: "Duration of calls (p95)", Width: 8, Unit: "s", Steps: amberRed(5, 15),
					Description: "95 of 100 calls of the last 15 minutes were answered within this time, for the ten slowest APIs.",
					Queries:     []Query{{Expr: topk(10, "histogram_quantile(0.95, sum by (api, le) (rate("+selector("exporter_api_request_duration_seconds_bucket")+"[15m])))"), Legend: "{{api}}"}},
				},
				{
					Kind: Lines, Title: "Calls of the busiest APIs", Width: 8, Unit: "cpm",
					Description: "Calls a minute of the ten APIs that are called most.",
					Queries:     []Query{{Expr: topk(10, callsPerMinute()), Legend: "{{account}} {{api}}"}},
				},
				{
					Kind: Stat, Title: "Temporary credentials left", Width: 8, Unit: "s", Below: bad, Steps: []Step{{1800, good}},
					Description: "Time until the temporary credentials in use end; they are renewed before. Permanent keys have no end.",
					Queries:     []Query{{Expr: "(min(" + selectIn(`account=~"$account"`, "exporter_credential_expiry_timestamp_seconds") + ") - time()) or 0 * count(" + gauge("project_info") + ") + 315360000"}},
					Values:      []Value{{Value: 315360000, Text: "permanent keys", Color: good}},
				},
			}},
			{Title: "How is the process?", Panels: []Panel{
				{
					Kind: Table, Title: "Versions", Width: 8, Unit: "short",
					Description: "The exporters that Prometheus reaches and their versions. Replicas should have the same.",
					Queries:     []Query{{Expr: "max by (job, instance, version, goversion) (" + area.Prefix + "exporter_build_info)"}},
					Columns:     []Column{{Label: "job", Title: "Job"}, {Label: "instance", Title: "Instance"}, {Label: "version", Title: "Version"}, {Label: "goversion", Title: "Go"}},
				},
				{
					Kind: Lines, Title: "Series at a scrape", Width: 8, Unit: "short",
					Description: "Samples of each scrape of the exporter. A step comes of a collector or option that was switched on, or of one that failed.",
					Queries:     []Query{{Expr: ofExporter("scrape_samples_scraped"), Legend: "{{instance}}"}},
				},
				{
					Kind: Lines, Title: "Duration of scrapes", Width: 8, Unit: "s",
					Description: "How long scrapes take. No scrape calls the API, so this stays far below a second.",
					Queries:     []Query{{Expr: ofExporter("scrape_duration_seconds"), Legend: "{{instance}}"}},
				},
				{
					Kind: Lines, Title: "Memory", Width: 8, Unit: "bytes",
					Description: "Memory of the process. It grows with the number of series, not with time.",
					Queries:     []Query{{Expr: ofExporter("process_resident_memory_bytes"), Legend: "{{instance}}"}},
				},
				{
					Kind: Lines, Title: "CPU", Width: 8, Unit: "percentunit",
					Description: "CPU time of the process, 100% being one core.",
					Queries:     []Query{{Expr: ofExporter("rate(process_cpu_seconds_total[" + interval + "])"), Legend: "{{instance}}"}},
				},
				{
					Kind: Lines, Title: "Goroutines", Width: 8, Unit: "short",
					Description: "Goroutines of the process. A line that climbs for hours is a leak: report it.",
					Queries:     []Query{{Expr: ofExporter("go_goroutines"), Legend: "{{instance}}"}},
				},
			}},
		},
	}
}

const (
	collectorKey = "account, region, project, collector"
	apiKey       = "account, region, api"
)

// ageInIntervals is the age of each collector's last good poll in intervals.
func ageInIntervals() string {
	return "(time() - " + gauge("exporter_collector_last_success_timestamp_seconds") + ") / " + gauge("exporter_collector_interval_seconds")
}

// callsPerMinute adds the calls of replicas up: they draw on the same limit.
func callsPerMinute() string {
	return "60 * sum by (" + apiKey + ") (rate(" + selector("exporter_api_requests_total") + "[5m]))"
}

// ofExporter leaves what the exporters say of themselves, whatever the name of
// their job.
func ofExporter(expr string) string {
	return expr + " and on (job, instance) " + area.Prefix + "exporter_build_info"
}

// coreCollectors matches the collectors that count for readiness.
func coreCollectors() string {
	var names []string
	for _, c := range collector.All() {
		if spec := c.Spec(); spec.Core {
			names = append(names, spec.Name)
		}
	}
	return strings.Join(names, "|")
}
