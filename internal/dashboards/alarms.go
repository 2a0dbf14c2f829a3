package dashboards

import "github.com/workspace-exporter/workspace_exporter/collector/area"

func alarms() Dashboard {
	return Dashboard{
		UID:         "hcws-alarms",
		Title:       "Workspace / Alarms: what is reported as broken?",
		Description: "Alarms that the service reports, and alerts that Prometheus makes of the metrics.",
		Rows: []Row{
			{Title: "What is reported as broken?", Panels: []Panel{
				activeAlarms("critical", bad, "Users cannot work. Act now."),
				activeAlarms("major", bad, "Users cannot work, or soon will not. Act today."),
				activeAlarms("minor", warning, "Something is not as it should be. Look at it."),
				activeAlarms("info", neutral, "For your information."),
				{
					Kind: Stat, Title: "Oldest active alarm", Width: 4, Unit: "s", Steps: amberRed(3600, 86400),
					Description: "For how long the oldest alarm has been active. One that nobody resolves hides new ones: fix it, or change its rule in the console.",
					Queries:     []Query{{Expr: orZero("alarms", "max(time() - "+gauge("alarm_active_since_timestamp_seconds")+")")}},
				},
				{
					Kind: Stat, Title: "Alarm records", Width: 4, Unit: "short", Below: bad, Steps: []Step{{1, neutral}},
					Description: "Records of alarms, active and resolved. None at all most often means that nobody has created alarm rules in the console: then no alarm here is no comfort.",
					Queries:     []Query{{Expr: orZero("alarm_statistics", sum(gauge("alarm_records")))}},
				},
			}},
			{Title: "Which alarms?", Panels: []Panel{
				{
					Kind: Table, Title: "Active alarms", Width: 16, Unit: "short", SortBy: "Active for",
					Description: "Each active alarm, with the resource it is about. A click on the resource opens it if it is a desktop. The console tells the history of each.",
					Queries:     []Query{{Expr: orNone("alarms", topk(100, maxBy("project, record_id, alarm, level, metric_name, resource_id", "time() - "+gauge("alarm_active_since_timestamp_seconds"))), "alarm", "none active"), Legend: "Active for", Unit: "s", Steps: amberRed(3600, 86400)}},
					Columns: []Column{
						{Label: "project", Title: "Project"},
						{Label: "level", Title: "Level"},
						{Label: "alarm", Title: "Alarm"},
						{Label: "metric_name", Title: "Metric"},
						{Label: "resource_id", Title: "Resource", Link: to("hcws-desktops", "The desktop").with("desktop", "Resource")},
						{Label: "record_id", Hidden: true},
					},
				},
				{
					Kind: Bars, Title: "Active alarms by name", Width: 8, Unit: "short", Steps: []Step{{1, warning}},
					Description: "How many resources each alarm is active for. One alarm for many desktops has one cause: look for what they share.",
					Queries:     []Query{{Expr: orNone("alarms", topk(15, "count by (alarm) ("+gauge("alarm_active_since_timestamp_seconds")+")"), "alarm", "none active"), Legend: "{{alarm}}"}},
				},
				{
					Kind: Stacked, Title: "Active alarms by level", Width: 12, Unit: "short",
					Description: "Active alarms over time. A level that never returns to 0 has an alarm that nobody looks at.",
					Queries:     []Query{{Expr: orZero("alarms", sumBy("level", gauge("alarms_active"))), Legend: "{{level}}"}},
				},
				{
					Kind: Lines, Title: "Alarm records by level", Width: 12, Unit: "short",
					Description: "Records of alarms by level, resolved ones included. A steep rise is a storm of alarms: see which one in the table.",
					Queries:     []Query{{Expr: sumBy("level", gauge("alarm_records")), Legend: "{{level}}"}},
				},
			}},
			{Title: "Which alerts does Prometheus make of the metrics?", Panels: []Panel{
				{
					Kind: Table, Title: "Firing alerts", Width: 12, Unit: "short",
					Description: "Alerts of the rules in alerts/ that are firing; the runbook named in each says what to do. None also where the rules are not loaded.",
					Queries:     []Query{{Expr: "count by (project, alertname, severity) (" + alerts + `) or on () label_replace(vector(0), "alertname", "none firing", "", "")`, Legend: "Count"}},
					Columns:     []Column{{Label: "project", Title: "Project"}, {Label: "severity", Title: "Severity"}, {Label: "alertname", Title: "Alert", Link: &Link{Title: "Runbook", URL: runbooks + "${__data.fields.Alert}.md"}}},
				},
				{
					Kind: Stacked, Title: "Firing alerts over time", Width: 12, Unit: "short",
					Description: "Alerts of the rules in alerts/ by name. One that comes and goes needs a longer `for` or another threshold.",
					Queries:     []Query{{Expr: "count by (alertname) (" + alerts + `) or on () label_replace(vector(0), "alertname", "none firing", "", "")`, Legend: "{{alertname}}"}},
				},
			}},
			{Title: "Do alarms reach Alertmanager?", Panels: []Panel{
				{
					Kind: Stat, Title: "Alerts being sent", Width: 4, Unit: "short", Below: neutral, Empty: noAlertmanager,
					Description: "Active alarms that the exporter sends to Alertmanager." + needsAlertmanagers,
					Queries:     []Query{{Expr: sum(gauge("exporter_alerts_active"))}},
				},
				{
					Kind: Stat, Title: "Not delivered", Width: 4, Unit: "short", Steps: amberRed(1, 50), Empty: noAlertmanager,
					Description: "Alerts in the time shown that could not be delivered at once or were given up; they are sent again. If it goes on, check the address, TLS and password of the Alertmanager." + needsAlertmanagers,
					Queries:     []Query{{Expr: "ceil(" + sum(sent("increase", "failed", shown)) + " + " + sum(sent("increase", "dropped", shown)) + ")"}},
				},
				{
					Kind: Lines, Title: "Alerts by outcome", Width: 8, Unit: "cpm", Empty: noAlertmanager,
					Description: "Alerts a minute that each Alertmanager took, that failed, and that were given up. An active alert counts each time it is sent again." + needsAlertmanagers,
					Queries: []Query{
						{Expr: "60 * " + sent("rate", "sent", interval), Legend: "{{alertmanager}} sent"},
						{Expr: "60 * " + sent("rate", "failed", interval), Legend: "{{alertmanager}} failed"},
						{Expr: "60 * " + sent("rate", "dropped", interval), Legend: "{{alertmanager}} dropped"},
					},
				},
				{
					Kind: Bars, Title: "Queues", Width: 8, Unit: "percentunit", Steps: amberRed(0.5, 0.9), Min: number(0), Max: number(1), Empty: noAlertmanager,
					Description: "How full the queue for each Alertmanager is. A full one drops the oldest alerts, which come again with the next resend." + needsAlertmanagers,
					Queries:     []Query{{Expr: dedup(area.Prefix+"exporter_alerts_queue_length") + " / " + dedup(area.Prefix+"exporter_alerts_queue_capacity"), Legend: "{{alertmanager}}"}},
				},
			}},
		},
	}
}

func activeAlarms(level string, color Color, meaning string) Panel {
	return Panel{
		Kind: Stat, Title: "Active: " + level, Width: 4, Unit: "short", Steps: []Step{{1, color}},
		Description: "Alarms of level " + level + " that the service reports as active. " + meaning,
		Queries:     []Query{{Expr: orZero("alarms", sum(gauge("alarms_active", `level="`+level+`"`)))}},
	}
}

const (
	runbooks           = "https://github.com/workspace-exporter/workspace_exporter/blob/main/docs/runbooks/"
	needsAlertmanagers = " Off by default; set `alertmanagers:`."
	noAlertmanager     = "set alertmanagers"
)

// sent is what became of alerts, of each Alertmanager.
func sent(function, outcome, window string) string {
	return dedup(function + "(" + area.Prefix + "exporter_alerts_" + outcome + "_total[" + window + "])")
}
