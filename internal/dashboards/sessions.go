package dashboards

func sessions() Dashboard {
	return Dashboard{
		UID:         "hcws-sessions",
		Title:       "Workspace / Sessions and logons: do logons work, and how long do they take?",
		Description: "Rate, errors and duration of logons, then the stage that is slow, then the quality of sessions and the state of accounts.",
		Rows: []Row{
			{Title: "Do logons work, and how long do they take?", Panels: []Panel{
				{
					Kind: Stat, Title: "Logons that work", Width: 4, Unit: "percentunit", Below: bad, Steps: rising(0.95, 0.99),
					Description: "Share of the attempts of the last 15 minutes that worked; 100% also when nobody tried. Wrong passwords count as failures too, so read the reasons below.",
					Queries:     []Query{{Expr: "1 - (" + failedLogons("15m") + ")"}},
				},
				{
					Kind: Stat, Title: "Logons that work, time shown", Width: 4, Unit: "percentunit", Below: bad, Steps: rising(0.98, 0.99),
					Description: "Share of the attempts in the time shown that worked: choose 30 days to compare it with an objective such as 99%.",
					Queries:     []Query{{Expr: "1 - (" + failedLogons(shown) + ")"}},
				},
				{
					Kind: Stat, Title: "Attempts", Width: 4, Unit: "cpm", Below: neutral,
					Description: "Attempts to connect in a minute, on the average of the last 15 minutes.",
					Queries:     []Query{{Expr: "60 * " + attempts("15m")}},
				},
				{
					Kind: Stat, Title: "Set-up time (p95)", Width: 4, Unit: "s", Steps: amberRed(30, 60),
					Description: "95 of 100 logons of the last 15 minutes took at most this long from the user's attempt until the desktop was there. If it is high, find the stage that is slow below.",
					Queries:     []Query{{Expr: quantile(0.95, "connection_setup_duration_seconds", "15m", "")}},
					Empty:       "no logons",
				},
				{
					Kind: Stat, Title: "Delay that users feel (p95)", Width: 4, Unit: "s", Steps: amberRed(0.1, 0.2),
					Description: "95 of 100 connections of the last 30 minutes had at most this end-to-end delay. Above 0.2 s working becomes tiresome: compare with the network's part below.",
					Queries:     []Query{{Expr: quantile(0.95, "connection_e2e_rtt_seconds", "30m", "")}},
					Empty:       "no connections",
				},
				{
					Kind: Stat, Title: "Sessions", Width: 4, Unit: "short", Below: neutral,
					Description: "Desktops that a user is connected to now.",
					Queries:     []Query{{Expr: sum(gauge("desktops_login_state", `state="in_use"`))}},
					Link:        to("hcws-pools", "Pools"),
				},
			}},
			{Title: "Rate and errors", Panels: []Panel{
				{
					Kind: Stacked, Title: "Attempts by result", Width: 12, Unit: "cpm",
					Description: "Attempts to connect by result, first connections and reconnects apart. Many reconnects at once tell of a network that broke.",
					Queries:     []Query{{Expr: "60 * " + sumBy("result, reconnect", rate("connections_total", interval)) + " or on () " + attempts(interval), Legend: "{{result}}, reconnect {{reconnect}}"}},
				},
				{
					Kind: Stacked, Title: "Failures by reason", Width: 12, Unit: "cpm",
					Description: "Failed attempts by the service's code for the reason; other stands for texts without a code (option failure_reasons of login_records names them).",
					Queries:     []Query{{Expr: "60 * " + sumBy("reason", rate("connection_failures_total", interval)) + " or on () 60 * " + attempts(interval, `result="failure"`), Legend: "{{reason}}"}},
				},
				{
					Kind: Lines, Title: "Share of attempts that fail", Width: 12, Unit: "percentunit", Steps: amberRed(0.01, 0.05), Min: number(0),
					Description: "Share of the attempts that failed, by client system. If one system stands out, look at its client; if all do, at the service and its directory.",
					Queries: []Query{
						{Expr: failedLogons("15m"), Legend: "all"},
						{Expr: ratio(
							sumBy("terminal_type", rate("connections_total", "15m", `result="failure"`)),
							sumBy("terminal_type", rate("connections_total", "15m"))), Legend: "{{terminal_type}}"},
					},
				},
				{
					Kind: Table, Title: "Reasons in the time shown", Width: 12, Unit: "short", SortBy: "Failures",
					Description: "Failed attempts in the time shown by the service's code. The error code centre of the service explains each code.",
					Queries:     []Query{{Expr: orNone("login_records", topk(20, sumBy("project, reason", increase("connection_failures_total", shown))), "reason", "no failures"), Legend: "Failures"}},
					Columns:     []Column{{Label: "project", Title: "Project"}, {Label: "reason", Title: "Reason"}},
				},
			}},
			{Title: "How long do logons take?", Panels: []Panel{
				{
					Kind: Heatmap, Title: "Set-up time", Width: 12, Unit: "s",
					Description: "How many logons took how long, from the user's attempt until the desktop was there. A second band above the usual one is a part of the fleet that is slow.",
					Queries:     []Query{{Expr: sumBy("le", increase("connection_setup_duration_seconds_bucket", interval)), Legend: "{{le}}"}},
				},
				{
					Kind: Lines, Title: "Set-up time, percentiles", Width: 12, Unit: "s", Steps: amberRed(30, 60),
					Description: "Half, 95 and 99 of 100 logons took at most this long. Gaps are times without logons.",
					Queries: []Query{
						{Expr: quantile(0.5, "connection_setup_duration_seconds", "15m", ""), Legend: "p50"},
						{Expr: quantile(0.95, "connection_setup_duration_seconds", "15m", ""), Legend: "p95"},
						{Expr: quantile(0.99, "connection_setup_duration_seconds", "15m", ""), Legend: "p99"},
					},
				},
			}},
			{Title: "Which stage is slow, which fails?", Panels: []Panel{
				{
					Kind: Lines, Title: "Duration of stages (p95)", Width: 9, Unit: "s", Steps: amberRed(30, 60),
					Description: "95 of 100 sampled logons spent at most this long in the stage. MAIN_AUTH and MFA_AUTH contain the time in which the user types.",
					Queries:     []Query{{Expr: quantile(0.95, "access_stage_duration_seconds", "30m", "stage"), Legend: "{{stage}}"}},
					Empty:       "no sampled logons",
				},
				{
					Kind: Lines, Title: "Share of stages that fail", Width: 9, Unit: "percentunit", Steps: amberRed(0.02, 0.1), Min: number(0),
					Description: "Share of the sampled logons that failed at the stage. While only a part is sampled, failed logons come first and the share is too high: compare it with itself over time.",
					Queries: []Query{{Expr: ratio(
						sumBy("stage", rate("access_stage_failures_total", "30m")),
						sumBy("stage", rate("access_stage_attempts_total", "30m"))), Legend: "{{stage}}"}},
					Empty: "no sampled logons",
				},
				{
					Kind: Stat, Title: "Logons sampled", Width: 3, Unit: "percentunit", Below: neutral,
					Description: "Share of the logons of the last 15 minutes whose stages were asked for. Raise max_calls of access_stages to see more.",
					Queries:     []Query{{Expr: orZero("access_stages", "min("+gauge("access_stage_sample_ratio")+")")}},
				},
				{
					Kind: Stat, Title: "Samples missing", Width: 3, Unit: "percentunit", Steps: amberFrom(0.2),
					Description: "Share of the sampled logons in the time shown that the API did not know. If it is large the stages tell of a part of the logons only.",
					Queries: []Query{{Expr: ratio(
						sum(increase("access_stage_samples_total", shown, `result="missing"`)), sum(increase("access_stage_samples_total", shown)))}},
				},
			}},
			{Title: "How good are the sessions?", Panels: []Panel{
				{
					Kind: Lines, Title: "Delay of connections", Width: 8, Unit: "s", Steps: amberRed(0.1, 0.2),
					Description: "End-to-end delay that users feel, and the network's part of it. Where the lines are far apart the client, the protocol or the desktop is slow, not the network.",
					Queries: []Query{
						{Expr: quantile(0.5, "connection_e2e_rtt_seconds", "30m", ""), Legend: "end to end p50"},
						{Expr: quantile(0.95, "connection_e2e_rtt_seconds", "30m", ""), Legend: "end to end p95"},
						{Expr: quantile(0.95, "connection_rtt_seconds", "30m", ""), Legend: "network p95"},
					},
				},
				{
					Kind: Lines, Title: "Connections by delay", Width: 8, Unit: "percentunit", Max: number(1), Min: number(0),
					Description: "Share of the connections with an end-to-end delay of at most 0.1 s (good) and 0.2 s (usable). The rest up to 100% is poor.",
					Queries: []Query{
						{Expr: ratio(sum(rate("connection_e2e_rtt_seconds_bucket", "30m", `le="0.1"`)), sum(rate("connection_e2e_rtt_seconds_count", "30m"))), Legend: "good"},
						{Expr: ratio(sum(rate("connection_e2e_rtt_seconds_bucket", "30m", `le="0.2"`)), sum(rate("connection_e2e_rtt_seconds_count", "30m"))), Legend: "usable"},
					},
				},
				{
					Kind: Lines, Title: "Length of sessions", Width: 8, Unit: "s",
					Description: "Length of the sessions that ended in the last hour, 0 while none did. Many short ones are users who try again and again.",
					Queries: []Query{
						{Expr: orZero("login_records", quantile(0.5, "session_duration_seconds", "1h", "")+" > 0"), Legend: "p50"},
						{Expr: orZero("login_records", quantile(0.95, "session_duration_seconds", "1h", "")+" > 0"), Legend: "p95"},
					},
				},
				{
					Kind: Stacked, Title: "Sessions ended", Width: 8, Unit: "cpm",
					Description: "Sessions that ended in a minute. A peak outside the end of work is an outage or a scheduled stop.",
					Queries:     []Query{{Expr: "60 * " + sum(rate("session_duration_seconds_count", interval)), Legend: "ended"}},
				},
				{
					Kind: Lines, Title: "Users logged in by hour", Width: 8, Unit: "short",
					Description: "Users who were logged in during the newest hour that the API reports: an independent check of the desktops in use.",
					Queries: []Query{
						{Expr: sum(gauge("online_users")), Legend: "users"},
						{Expr: sum(gauge("desktops_login_state", `state="in_use"`)), Legend: "desktops in use"},
					},
				},
				{
					Kind: Stacked, Title: "Attempts by client system", Width: 8, Unit: "cpm",
					Description: "Attempts to connect by the system of the client.",
					Queries:     []Query{{Expr: "60 * " + sumBy("terminal_type", rate("connections_total", interval)) + " or on () " + attempts(interval), Legend: "{{terminal_type}}"}},
				},
			}},
			{Title: "Can users log in at all?", Panels: []Panel{
				{
					Kind: Stat, Title: "Accounts", Width: 6, Unit: "short", Below: neutral,
					Description: "Accounts that cannot log in: locked after wrong passwords, disabled or expired. A sudden rise of locked ones is an attack or an application with an old password.",
					Queries: []Query{
						{Expr: sum(gauge("users")), Legend: "all"},
						{Expr: sum(gauge("users_locked")), Legend: "locked"},
						{Expr: sum(gauge("users_disabled")), Legend: "disabled"},
						{Expr: sum(gauge("users_expired")), Legend: "expired"},
					},
				},
				{
					Kind: Stat, Title: "Soon unable to log in", Width: 6, Unit: "short", Below: neutral,
					Description: "Accounts that expire within the time given, and users who must set a new password with their next login. Tell them, or prolong the accounts.",
					Queries: []Query{
						{Expr: sumBy("within", gauge("users_expiring")), Legend: "expire within {{within}}"},
						{Expr: sum(gauge("users_password_change_pending")), Legend: "must change password"},
					},
				},
				{
					Kind: Lines, Title: "Failed user events", Width: 12, Unit: "cpm",
					Description: "What users did without success, by type of event. The codes in the table below say why.",
					Queries:     []Query{{Expr: "60 * " + sumBy("event_type", rate("user_events_total", interval, `result="failure"`)) + " or on () " + orZero("user_events", "0 * "+sum(rate("user_events_total", interval))), Legend: "{{event_type}}"}},
				},
				{
					Kind: Table, Title: "Failed user events in the time shown", Width: 12, Unit: "short", SortBy: "Failures",
					Description: "Failed user events by the service's error code. Who it was is in the service's own log of user events.",
					Queries:     []Query{{Expr: orNone("user_events", topk(20, sumBy("project, event_type, error_code", increase("user_event_failures_total", shown))), "event_type", "no failures"), Legend: "Failures"}},
					Columns:     []Column{{Label: "project", Title: "Project"}, {Label: "event_type", Title: "Event"}, {Label: "error_code", Title: "Code"}},
				},
				{
					Kind: Bars, Title: "Devices for one-time passwords", Width: 6, Unit: "short", Below: neutral,
					Description: "Users by the state of their devices for one-time passwords, as far as they have been asked for. Users without one cannot pass multi-factor authentication.",
					Queries:     []Query{{Expr: sumBy("state", gauge("users_otp")), Legend: "{{state}}"}},
				},
				{
					Kind: Stacked, Title: "Messages not delivered", Width: 6, Unit: "short",
					Description: "Mails and short messages to users that were held back or failed, in the time of a point. Users may not know about their desktop or password.",
					Queries:     []Query{{Expr: orZero("user_notifications", sumBy("type, result", increase("user_notification_failures_total", interval))), Legend: "{{type}} {{result}}"}},
				},
			}},
		},
	}
}
