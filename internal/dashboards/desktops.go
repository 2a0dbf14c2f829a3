package dashboards

func desktops() Dashboard {
	return Dashboard{
		UID:         "hcws-desktops",
		Title:       "Workspace / Desktops: which desktops have a problem?",
		Description: "States of all desktops, a table of single ones, and what one of them does. Choose one in the table or with the variable desktop.",
		Variables:   []Variable{poolVariable(), desktopVariable()},
		Rows: []Row{
			{Title: "Which desktops have a problem?", Panels: []Panel{
				{
					Kind: Stat, Title: "Desktops", Width: 3, Unit: "short", Below: neutral,
					Description: "All desktops of the chosen projects, dedicated ones and those of pools.",
					Queries:     []Query{{Expr: sum(gauge("desktops"))}},
				},
				{
					Kind: Stat, Title: "In error", Width: 3, Unit: "short", Steps: amberRed(1, 50),
					Description: "Desktops in run state error: reboot or rebuild them.",
					Queries:     []Query{{Expr: sum(gauge("desktops_run_state", `state="error"`))}},
				},
				{
					Kind: Stat, Title: "Cannot be connected to", Width: 3, Unit: "short", Steps: amberRed(1, 100),
					Description: "Desktops whose login state says that no user can connect.",
					Queries:     []Query{{Expr: sum(gauge("desktops_login_state", `state="unable_to_connect"`))}},
				},
				{
					Kind: Stat, Title: "Running, not registered", Width: 3, Unit: "short", Steps: amberRed(1, 10),
					Description: "Desktops that run, are not in maintenance and have no task, yet have not registered within the grace time: users cannot connect to them.",
					Queries:     []Query{{Expr: orZero("desktops", sum(ofPool("desktops_registration_overdue")))}},
				},
				{
					Kind: Stat, Title: "Hanging tasks", Width: 3, Unit: "short", Steps: amberRed(1, 10),
					Description: "Desktops that have had the same task for longer than the grace time.",
					Queries:     []Query{{Expr: orZero("desktop_details", sum(gauge("desktops_task_overdue")))}},
				},
				{
					Kind: Stat, Title: "Isolated", Width: 3, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops that their pool has taken out of service because they are faulty.",
					Queries:     []Query{{Expr: sum(gauge("desktops_isolated"))}},
				},
				{
					Kind: Stat, Title: "Frozen", Width: 3, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops that are frozen, most often for an unpaid bill: their users cannot connect.",
					Queries:     []Query{{Expr: orZero("desktop_details", sum(gauge("desktops_frozen")))}},
				},
				{
					Kind: Stat, Title: "In maintenance", Width: 3, Unit: "short", Below: neutral,
					Description: "Desktops in maintenance mode: their users cannot connect, on purpose. Look after those that were forgotten.",
					Queries:     []Query{{Expr: sum(gauge("desktops_in_maintenance"))}},
				},
			}},
			{Title: "What state are they in?", Panels: []Panel{
				{
					Kind: Table, Title: "Run state and login state together", Width: 8, Unit: "short", SortBy: "Desktops",
					Description: "The proof of a fault: ACTIVE with UNREGISTER cannot be connected to, SHUTOFF with UNREGISTER is merely off. Desktops in maintenance are left out.",
					Queries:     []Query{{Expr: orNone("desktops", sumBy("run_state, login_state", ofPool("desktops_observed", `maintenance="false"`)), "run_state", "no desktops"), Legend: "Desktops"}},
					Columns:     []Column{{Label: "run_state", Title: "Run state"}, {Label: "login_state", Title: "Login state"}},
				},
				{
					Kind: Stacked, Title: "Desktops by run state", Width: 8, Unit: "short",
					Description: "All desktops by run state over time. A jump to stopped outside the schedule is somebody's mistake or an outage.",
					Queries:     []Query{{Expr: sumBy("state", gauge("desktops_run_state")), Legend: "{{state}}"}},
				},
				{
					Kind: Stacked, Title: "Desktops with a task", Width: 8, Unit: "short",
					Description: "Desktops that the service is doing something to, by task. A plateau means that tasks hang.",
					Queries:     []Query{{Expr: orZero("desktop_details", sumBy("task_status", gauge("desktops_task"))), Legend: "{{task_status}}"}},
				},
				{
					Kind: Table, Title: "Groups of desktops", Width: 12, Unit: "short", SortBy: "Unregistered",
					Description: "Desktops of each group by what users can do with them.",
					Queries: []Query{
						{Expr: sumBy("project, group", gauge("desktop_group_login_state", `state="in_use"`)), Legend: "In use"},
						{Expr: sumBy("project, group", gauge("desktop_group_login_state", `state="ready"`)), Legend: "Ready"},
						{Expr: sumBy("project, group", gauge("desktop_group_login_state", `state="disconnected"`)), Legend: "Disconnected"},
						{Expr: sumBy("project, group", gauge("desktop_group_login_state", `state="unregistered"`)), Legend: "Unregistered"},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "group", Title: "Group"}},
					Empty:   "no groups",
				},
				{
					Kind: Table, Title: "Agents by version", Width: 12, Unit: "short", SortBy: "Desktops",
					Description: "Desktops by monitoring agent and its version. Without an agent there is no monitoring data; old versions should be updated.",
					Queries:     []Query{{Expr: sumBy("agent, agent_version, installed", gauge("desktops_agent")), Legend: "Desktops"}},
					Columns:     []Column{{Label: "agent", Title: "Agent"}, {Label: "agent_version", Title: "Version"}, {Label: "installed", Title: "Installed"}},
					Empty:       "no agents",
				},
			}},
			{Title: "Which desktop is it?", Panels: []Panel{
				{
					Kind: Table, Title: "The busiest 500 desktops", Width: 24, Unit: "short", SortBy: "CPU",
					Description: "The chosen desktops; a click on the name shows that one alone below. Choose a pool or a desktop to see others. Where the CPU is not measured, any 500 are shown.",
					Queries: []Query{
						{Expr: chosenDesktops()},
						{Expr: among(maxBy(desktopKey+", run_state", `label_replace(`+ofDesktop("desktop_run_state")+`, "run_state", "$1", "state", "(.*)")`))},
						{Expr: among(maxBy(desktopKey+", login_state", `label_replace(`+ofDesktop("desktop_login_state")+`, "login_state", "$1", "state", "(.*)")`))},
						{Expr: among(maxBy(desktopKey, ofDesktop("desktop_cpu_usage_ratio"))), Legend: "CPU", Unit: "percentunit", Steps: amberRed(0.8, 0.95)},
						{Expr: among(maxBy(desktopKey, ofDesktop("desktop_memory_usage_ratio"))), Legend: "Memory", Unit: "percentunit", Steps: amberRed(0.8, 0.95)},
						{Expr: among(maxBy(desktopKey, ofDesktop("desktop_disk_usage_ratio"))), Legend: "Disk", Unit: "percentunit", Steps: amberRed(0.8, 0.95)},
					},
					Columns: []Column{
						{Label: "project", Title: "Project"},
						{Label: "name", Title: "Desktop", Link: to("hcws-desktops", "Only this desktop").with("desktop", "desktop_id")},
						{Label: "run_state", Title: "Run state"},
						{Label: "login_state", Title: "Login state"},
						{Label: "desktop_type", Title: "Type"},
						{Label: "user", Title: "User"},
						{Label: "os_type", Title: "System"},
						{Label: "availability_zone", Title: "Zone"},
						{Label: "desktop_id", Hidden: true},
					},
				},
			}},
			{Title: "What does the desktop do?", Panels: []Panel{
				{
					Kind: Lines, Title: "CPU", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "CPU usage of the chosen desktops, the busiest 20, beside the average of all that are monitored: is it this one alone? A busy one needs a larger package or has a program that runs wild.",
					Queries: []Query{
						{Expr: topk(20, desktopNamed("desktop_cpu_usage_ratio")), Legend: "{{name}}"},
						{Expr: "avg(" + gauge("desktop_cpu_usage_ratio") + ")", Legend: "average"},
					},
				},
				{
					Kind: Lines, Title: "Memory", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "Memory usage of the chosen desktops, the 20 with the most. Above 95% a desktop becomes slow: close programs or choose a larger package.",
					Queries:     []Query{{Expr: topk(20, desktopNamed("desktop_memory_usage_ratio")), Legend: "{{name}}"}},
				},
				{
					Kind: Lines, Title: "Disk", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "Disk usage of the chosen desktops, the 20 with the most. On a full disk profiles break: tidy up or enlarge it.",
					Queries:     []Query{{Expr: topk(20, desktopNamed("desktop_disk_usage_ratio")), Legend: "{{name}}"}},
				},
				{
					Kind: Lines, Title: "Disk throughput", Width: 8, Unit: "Bps",
					Description: "Bytes that the chosen desktops read and write in a second, the 10 with the most each.",
					Queries: []Query{
						{Expr: topk(10, desktopNamed("desktop_disk_read_bytes_per_second")), Legend: "{{name}} read"},
						{Expr: topk(10, desktopNamed("desktop_disk_write_bytes_per_second")), Legend: "{{name}} write"},
					},
				},
				{
					Kind: Lines, Title: "Disk requests", Width: 8, Unit: "iops",
					Description: "Requests of the chosen desktops to their disks, the 10 with the most each. A line that is cut off at the top is at the limit of its disk type.",
					Queries: []Query{
						{Expr: topk(10, desktopNamed("desktop_disk_read_requests_per_second")), Legend: "{{name}} read"},
						{Expr: topk(10, desktopNamed("desktop_disk_write_requests_per_second")), Legend: "{{name}} write"},
					},
				},
				{
					Kind: Lines, Title: "Network", Width: 8, Unit: "Bps",
					Description: "Bytes that the chosen desktops receive and send in a second, measured outside them, the 10 with the most each.",
					Queries: []Query{
						{Expr: topk(10, desktopNamed("desktop_network_receive_bytes_per_second", `source="aggregate"`)), Legend: "{{name}} receive"},
						{Expr: topk(10, desktopNamed("desktop_network_transmit_bytes_per_second", `source="aggregate"`)), Legend: "{{name}} send"},
					},
				},
				{
					Kind: StateTimeline, Title: "Run and login state", Width: 16, Unit: "short",
					Description: "When the chosen desktops were in which state, at most 20 states. Choose one desktop to read it.",
					Queries: []Query{
						{Expr: "topk(20, " + named(maxBy(desktopKey+", state", ofDesktop("desktop_run_state")), "desktop_id", "desktop_info", "name") + ")", Legend: "{{name}} {{state}}"},
						{Expr: "topk(20, " + named(maxBy(desktopKey+", state", ofDesktop("desktop_login_state")), "desktop_id", "desktop_info", "name") + ")", Legend: "{{name}} {{state}}"},
					},
					Values: []Value{{Value: 1, Text: "in this state", Color: neutral}},
				},
				{
					Kind: Bars, Title: "Age of the monitoring data", Width: 8, Unit: "s", Steps: amberRed(900, 1800),
					Description: "How old the newest monitoring data of the chosen desktops is, the 20 oldest. The service measures every 5 minutes; if all are old, monitor fewer desktops.",
					Queries:     []Query{{Expr: topk(20, "time() - "+desktopNamed("desktop_monitor_data_timestamp_seconds")), Legend: "{{name}}"}},
				},
			}},
		},
	}
}

const desktopKey = target + ", desktop_id"

// chosenDesktops are as many as a table can show: the busiest, and where that
// is not measured any.
func chosenDesktops() string {
	info := maxBy(desktopKey+", name, desktop_type, user, os_type, availability_zone",
		selector("desktop_info", chosenPools, `desktop_id=~"$desktop"`))
	cpu := maxBy(desktopKey, ofDesktop("desktop_cpu_usage_ratio"))
	return topk(500, info+" + on ("+desktopKey+") group_left () "+cpu+" or "+info)
}

// among leaves the series of the desktops that the table shows.
func among(expr string) string {
	return expr + " and on (" + desktopKey + ") " + chosenDesktops()
}

// desktopNamed is a family of the chosen desktops with their names.
func desktopNamed(family string, matchers ...string) string {
	return named(maxBy(desktopKey, ofDesktop(family, matchers...)), "desktop_id", "desktop_info", "name")
}
