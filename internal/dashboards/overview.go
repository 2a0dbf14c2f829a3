package dashboards

import "slices"

func overview() Dashboard {
	return Dashboard{
		UID:         "hcws-overview",
		Title:       "Workspace / Fleet overview: who can log in right now?",
		Description: "Who can log in right now, what is broken, and what runs out. Each panel leads to the dashboard that explains it.",
		Rows: []Row{
			{Title: "Who can log in right now?", Panels: []Panel{
				{
					Kind: Stat, Title: "Service", Width: 3, Unit: "short",
					Description: "Whether the service is in operation at every site. If not, nobody can log in at a site: look at the sites under Operations and at the console, and open a ticket.",
					Queries:     []Query{{Expr: "min(" + gauge("service_status", `status="SUBSCRIBED"`) + ")"}},
					Values:      []Value{{Value: 1, Text: "in operation", Color: good}, {Value: 0, Text: "not in operation", Color: bad}},
					Link:        to("hcws-operations", "Sites and directory"),
				},
				{
					Kind: Stat, Title: "Directory", Width: 3, Unit: "short",
					Description: "Whether the service reaches its directory. If it fails, users of the directory cannot log on: check the domain controllers, the account that the service uses and the certificate.",
					Queries:     []Query{{Expr: "max(" + gauge("directory_status", `status=~"ad_failed|ad_failed_other"`) + ")"}},
					Values:      []Value{{Value: 0, Text: "connected", Color: good}, {Value: 1, Text: "failing", Color: bad}},
					Link:        to("hcws-operations", "Sites and directory"),
				},
				{
					Kind: Stat, Title: "Lock", Width: 3, Unit: "short",
					Description: "Whether the service is locked, most often for an unpaid bill. While it is, nobody can manage desktops: settle it with the cloud provider.",
					Queries:     []Query{{Expr: "max(" + gauge("locked") + ")"}},
					Values:      []Value{{Value: 0, Text: "open", Color: good}, {Value: 1, Text: "locked", Color: bad}},
				},
				{
					Kind: Stat, Title: "Logons that work", Width: 3, Unit: "percentunit", Below: bad, Steps: rising(0.95, 0.99),
					Description: "Share of the attempts of the last 15 minutes to connect to a desktop that worked; 100% also when nobody tried. Below 99% look for the reason under Sessions and logons.",
					Queries:     []Query{{Expr: "1 - (" + failedLogons("15m") + ")"}},
					Link:        to("hcws-sessions", "Failures by reason"),
				},
				{
					Kind: Stat, Title: "In use", Width: 3, Unit: "short", Below: neutral,
					Description: "Desktops that a user is connected to now, in pools or dedicated.",
					Queries:     []Query{{Expr: sum(gauge("desktops_login_state", `state="in_use"`))}},
					Link:        to("hcws-sessions", "Sessions"),
				},
				{
					Kind: Stat, Title: "Ready", Width: 3, Unit: "short", Below: neutral,
					Description: "Desktops that run and wait for a user. With few of them the next users wait for a desktop to start, or get none: see which pool is full.",
					Queries:     []Query{{Expr: sum(gauge("desktops_login_state", `state="ready"`))}},
					Link:        to("hcws-pools", "Pools"),
				},
				{
					Kind: Stat, Title: "Cannot be connected to", Width: 3, Unit: "short", Steps: amberRed(1, 100),
					Description: "Desktops whose login state says that no user can connect. A few are normal in a large fleet; if it is one pool, look for a change of its image or network.",
					Queries:     []Query{{Expr: sum(gauge("desktops_login_state", `state="unable_to_connect"`))}},
					Link:        to("hcws-desktops", "Desktops by state"),
				},
				{
					Kind: Stat, Title: "Age of this answer", Width: 3, Unit: "s", Steps: amberRed(300, 900),
					Description: "How long ago the states of desktops and the records of logons were read last. When it grows the rest of this page tells of the past: look at the exporter.",
					Queries:     []Query{{Expr: "max(time() - " + gauge("exporter_collector_last_success_timestamp_seconds", `collector=~"login_state|run_state|statistics|login_records"`) + ")"}},
					Link:        to("hcws-exporter", "Exporter"),
				},
			}},
			{Title: "What is broken?", Panels: []Panel{
				{
					Kind: Stat, Title: "Firing alerts", Width: 4, Unit: "short", Steps: badFromOne(),
					Description: "Alerts of the rules in alerts/ that are firing. The runbook that each names says what to do. 0 also where the rules are not loaded.",
					Queries:     []Query{{Expr: "count(" + alerts + ") or vector(0)"}},
					Link:        to("hcws-alarms", "Alerts"),
				},
				{
					Kind: Stat, Title: "Active alarms", Width: 4, Unit: "short", Steps: badFromOne(),
					Description: "Alarms of level critical or major that the service itself reports as active.",
					Queries:     []Query{{Expr: orZero("alarms", sum(gauge("alarms_active", `level=~"critical|major"`)))}},
					Link:        to("hcws-alarms", "Alarms"),
				},
				{
					Kind: Stat, Title: "In error", Width: 4, Unit: "short", Steps: amberRed(1, 50),
					Description: "Desktops in run state error: they are broken and need an administrator, who reboots or rebuilds them.",
					Queries:     []Query{{Expr: sum(gauge("desktops_run_state", `state="error"`))}},
					Link:        to("hcws-desktops", "Desktops by state"),
				},
				{
					Kind: Stat, Title: "Running, not registered", Width: 4, Unit: "short", Steps: amberRed(1, 10),
					Description: "Desktops that run, are not in maintenance and have no task, yet have not registered within the grace time: users cannot connect to them. Reboot one as a test before all.",
					Queries:     []Query{{Expr: orZero("desktops", sum(gauge("desktops_registration_overdue")))}},
					Link:        to("hcws-pools", "Pools"),
				},
				{
					Kind: Stat, Title: "Hanging tasks", Width: 4, Unit: "short", Steps: amberRed(1, 10),
					Description: "Desktops that have had the same task, such as powering on, for longer than the grace time: they cannot be used meanwhile.",
					Queries:     []Query{{Expr: orZero("desktop_details", sum(gauge("desktops_task_overdue")))}},
					Link:        to("hcws-operations", "Jobs"),
				},
				{
					Kind: Stat, Title: "Collectors that fail", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Collectors whose last poll failed. What they measure disappears after three intervals; the log of the exporter says why.",
					Queries:     []Query{{Expr: "count(" + gauge("exporter_collector_success") + " == 0) or 0 * count(" + gauge("project_info") + ")"}},
					Link:        to("hcws-exporter", "Collectors"),
				},
			}},
			{Title: "What runs out?", Panels: []Panel{
				{
					Kind: Bars, Title: "Fullest pools", Width: 8, Unit: "percentunit", Steps: amberRed(0.85, 0.95), Max: number(1), Min: number(0),
					Description: "Pools with the greatest share of desktops that are assigned to users. At 100% the next user of a pool gets no desktop unless the pool grows: raise its maximum.",
					Queries:     []Query{{Expr: topk(8, withPool(poolFill())), Legend: "{{project}} {{pool}}"}},
					Link:        to("hcws-pools", "Pools"),
					Empty:       "no pools",
				},
				{
					Kind: Bars, Title: "Fullest quotas", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Max: number(1), Min: number(0),
					Description: "Quotas with the greatest share used. At the limit no desktop can be created or enlarged: ask for an increase, or delete what stands idle.",
					Queries:     []Query{{Expr: topk(8, quotaFill()), Legend: "{{project}} {{site_id}} {{resource}}"}},
					Link:        to("hcws-pools", "Quotas"),
				},
				{
					Kind: Bars, Title: "Fullest subnets", Width: 4, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Max: number(1), Min: number(0),
					Description: "Share of the addresses that are taken, in the subnets with the fewest left. Without an address no desktop can be created: add a subnet.",
					Queries:     []Query{{Expr: topk(8, subnetFill()), Legend: "{{project}} {{subnet}}"}},
					Empty:       "no desktop has an address",
					Link:        to("hcws-pools", "Addresses"),
				},
				{
					Kind: Bars, Title: "Next certificates", Width: 4, Unit: "s", Below: bad, Steps: rising(7*86400, 30*86400),
					Description: "Time until a certificate of the service expires. From then on logons that need it fail: renew it in time.",
					Queries:     []Query{{Expr: "bottomk(8, " + maxBy("project, certificate, source", gauge("certificate_expiry_timestamp_seconds")) + " - time())", Legend: "{{project}} {{certificate}}"}},
					Link:        to("hcws-operations", "Certificates"),
					Empty:       "no certificates",
				},
			}},
			{Title: "How does today compare?", Panels: []Panel{
				{
					Kind: Stacked, Title: "Desktops by login state", Width: 12, Unit: "short",
					Description: "All desktops by login state. Unregistered ones are mostly switched off. A sudden fall of in use with a rise of disconnected means that many lost their session at once.",
					Queries:     []Query{{Expr: sumBy("state", gauge("desktops_login_state")), Legend: "{{state}}"}},
					Link:        to("hcws-desktops", "Desktops"),
				},
				{
					Kind: Lines, Title: "Sessions and supply", Width: 12, Unit: "short",
					Description: "Desktops in use now and a week ago, and all that could be: ready, in use or disconnected. The gap is the headroom for the next users. The week before is 0 where Prometheus does not reach back so far.",
					Queries: []Query{
						{Expr: sum(gauge("desktops_login_state", `state="in_use"`)), Legend: "in use"},
						{Expr: sum(dedup(selector("desktops_login_state", `state="in_use"`)+" offset 1w")) + " or 0 * " + sum(gauge("desktops_login_state", `state="in_use"`)), Legend: "in use a week ago"},
						{Expr: sum(gauge("desktops_login_state", `state=~"ready|in_use|disconnected"`)), Legend: "supply"},
					},
					Link: to("hcws-sessions", "Sessions"),
				},
				{
					Kind: Lines, Title: "Attempts to connect", Width: 12, Unit: "cpm",
					Description: "Attempts of users to connect, now and a week ago. Far fewer than usual in the morning means that users cannot even try.",
					Queries: []Query{
						{Expr: "60 * " + attempts(interval), Legend: "now"},
						{Expr: "60 * " + sum(dedup("rate("+selector("connections_total")+"["+interval+"] offset 1w)")) + " or 0 * " + attempts(interval), Legend: "a week ago"},
					},
					Link: to("hcws-sessions", "Logons"),
				},
				{
					Kind: Stacked, Title: "Desktops by run state", Width: 12, Unit: "short",
					Description: "All desktops by run state. Error is broken; hibernated and stopped ones start when a user or a task asks for them.",
					Queries:     []Query{{Expr: sumBy("state", gauge("desktops_run_state")), Legend: "{{state}}"}},
					Link:        to("hcws-desktops", "Desktops"),
				},
			}},
		},
	}
}

// attempts are the attempts to connect in a second, 0 in a project that never
// had one.
func attempts(window string, matchers ...string) string {
	return "(" + orZero("login_records", sum(rate("connections_total", window, matchers...))) + ")"
}

// failedLogons is the share of attempts to connect that failed.
func failedLogons(window string) string {
	return ratio(attempts(window, `result="failure"`), attempts(window))
}

// poolFill is the share of a pool's desktops that are assigned, in the chosen
// pools where the dashboard has that variable.
func poolFill(matchers ...string) string {
	return ratio(
		maxBy(target+", pool_id", gauge("pool_desktops_attach_state", slices.Concat(matchers, []string{`state="attached"`})...)),
		maxBy(target+", pool_id", gauge("pool_desktops", matchers...)))
}

func quotaFill() string {
	return ratio(
		sumBy(target+", site_id, resource", gauge("quota_used")),
		sumBy(target+", site_id, resource", gauge("quota_limit")))
}

func subnetFill() string {
	return named("1 - "+maxBy(target+", subnet_id", gauge("subnet_available_ips"))+" / "+maxBy(target+", subnet_id", gauge("subnet_ips")),
		"subnet_id", "subnet_info", "subnet")
}
