package dashboards

func usage() Dashboard {
	return Dashboard{
		UID:         "hcws-usage",
		Title:       "Workspace / Usage and cost: what is paid for and not used?",
		Description: "Idle and unused desktops, hours of use and hour packages. There are no amounts of money: the Workspace API knows none.",
		Variables:   []Variable{poolVariable()},
		Rows: []Row{
			{Title: "What is paid for and not used?", Panels: []Panel{
				{
					Kind: Stat, Title: "Unused for 30 days", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops that nobody has used for 30 days or more. Ask their users, then delete them or make them part of a pool.",
					Queries:     []Query{{Expr: sum(gauge("desktops_idle", `bucket="30d"`))}},
				},
				{
					Kind: Stat, Title: "Share unused for 30 days", Width: 4, Unit: "percentunit", Steps: amberRed(0.1, 0.25),
					Description: "Share of all desktops that nobody has used for 30 days or more.",
					Queries:     []Query{{Expr: ratio(sum(gauge("desktops_idle", `bucket="30d"`)), sum(gauge("desktops")))}},
				},
				{
					Kind: Stat, Title: "Running for nobody now", Width: 4, Unit: "short", Below: neutral,
					Description: "Desktops that run and wait for a user. By day that is the supply; at night they cost for nothing: let a scheduled task stop them.",
					Queries:     []Query{{Expr: runningForNobody()}},
				},
				{
					Kind: Stat, Title: "Disconnected over a day", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops whose user disconnected more than a day ago: they run on. A policy can log them off.",
					Queries:     []Query{{Expr: sum(gauge("desktops_disconnected_age", `band=~"24h-72h|72h-inf"`))}},
				},
				{
					Kind: Stat, Title: "Unassigned", Width: 4, Unit: "short", Below: neutral,
					Description: "Desktops that are assigned to nobody. Those of pools are the supply; dedicated ones without a user are left over.",
					Queries:     []Query{{Expr: sum(gauge("desktops_attach_state", `state="unattached"`))}},
				},
				{
					Kind: Stat, Title: "Statistics of", Width: 4, Unit: "dateTimeAsLocal", Below: neutral,
					Description: "End of the day that the daily statistics are about. The API adds a day each night; if it is older than two days the numbers of idle desktops are too.",
					Queries:     []Query{{Expr: "1000 * max(" + gauge("usage_statistics_timestamp_seconds", `collector="desktop_idle"`) + ")"}},
				},
			}},
			{Title: "Which desktops stand idle?", Panels: []Panel{
				{
					Kind: Lines, Title: "Idle for at least", Width: 12, Unit: "short",
					Description: "Desktops that nobody has used for at least so many days; each line contains those above it in days. Lines that rise week after week are waste that grows.",
					Queries:     []Query{{Expr: sumBy("bucket", gauge("desktops_idle")), Legend: "{{bucket}}"}},
				},
				{
					Kind: Stacked, Title: "Running for nobody", Width: 12, Unit: "short",
					Description: "Desktops that run and wait for a user, over time. What stays at night could be stopped.",
					Queries: []Query{
						{Expr: runningForNobody(), Legend: "waiting"},
						{Expr: orZero("desktop_details", sum(gauge("desktops_disconnected_age"))), Legend: "disconnected"},
					},
				},
				{
					Kind: Lines, Title: "Share of the fleet in use", Width: 12, Unit: "percentunit", Min: number(0), Max: number(1),
					Description: "Desktops in use as a share of all. If the peak of a month stays below 70%, dedicated desktops could become a smaller pool.",
					Queries:     []Query{{Expr: ratio(sum(gauge("desktops_login_state", `state="in_use"`)), sum(gauge("desktops"))), Legend: "in use"}},
				},
				{
					Kind: Stacked, Title: "Disconnected desktops by age", Width: 12, Unit: "short",
					Description: "Desktops in state disconnected by how long they have been so. They cost as much as used ones.",
					Queries:     []Query{{Expr: sumBy("band", gauge("desktops_disconnected_age")), Legend: "{{band}}"}},
				},
				{
					Kind: Stat, Title: "Left over", Width: 12, Unit: "short", Below: neutral,
					Description: "What costs and is easily forgotten: desktops of users who are disabled or expired, addresses that no desktop uses, frozen and isolated desktops.",
					Queries: []Query{
						{Expr: sum(gauge("users_disabled_with_desktop")), Legend: "disabled users with a desktop"},
						{Expr: sum(gauge("eips", `state="unbound"`)), Legend: "unbound addresses"},
						{Expr: orZero("desktop_details", sum(gauge("desktops_frozen"))), Legend: "frozen"},
						{Expr: sum(gauge("desktops_isolated")), Legend: "isolated"},
					},
				},
				{
					Kind: Stat, Title: "Without use in the window", Width: 6, Unit: "short", Below: neutral,
					Description: "Desktops that nobody used within the window that the collector is configured with.",
					Queries:     []Query{{Expr: sum(gauge("desktops_unused"))}},
				},
				{
					Kind: Stat, Title: "Users without a desktop", Width: 6, Unit: "short", Below: neutral,
					Description: "Users who have no desktop of their own; users of pools are among them.",
					Queries:     []Query{{Expr: sum(gauge("users_without_desktop"))}},
				},
			}},
			{Title: "How much are desktops used?", Panels: []Panel{
				{
					Kind: Stat, Title: "Desktops used", Width: 4, Unit: "short", Below: neutral,
					Description: "Desktops that somebody used on the last day of the statistics.",
					Queries:     []Query{{Expr: sum(gauge("desktops_used"))}},
				},
				{
					Kind: Stat, Title: "Hours of use", Width: 4, Unit: "s", Below: neutral,
					Description: "Time for which all desktops together were in use on the last day of the statistics.",
					Queries:     []Query{{Expr: sum(gauge("desktops_use_seconds"))}},
				},
				{
					Kind: Stat, Title: "Use of a used desktop", Width: 4, Unit: "s", Below: neutral,
					Description: "Time for which a desktop that was used was in use on the last day of the statistics, on average. Where it is below three hours an hourly charge is often cheaper.",
					Queries:     []Query{{Expr: ratio(sum(gauge("desktops_use_seconds")), sum(gauge("desktops_used")))}},
				},
				{
					Kind: Table, Title: "Most used desktops", Width: 12, Unit: "s", SortBy: "Used",
					Description: "Time for which each desktop was in use on the last day of the statistics, and since when it has not been used. Those with the longest use need no hourly charge.",
					Queries: []Query{
						{Expr: topk(50, maxBy(target+", desktop_id", gauge("desktop_usage_seconds"))), Legend: "Used"},
						{Expr: maxBy(target+", desktop_id", gauge("desktop_idle_seconds")) + " and on (" + target + ", desktop_id) " + topk(50, maxBy(target+", desktop_id", gauge("desktop_usage_seconds"))), Legend: "Idle since"},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "desktop_id", Title: "Desktop", Link: to("hcws-desktops", "The desktop").with("desktop", "Desktop")}},
				},
				{
					Kind: Table, Title: "Users with the longest sessions", Width: 12, Unit: "short", SortBy: "Session time",
					Description: "Session time and logins of users on the last day of the statistics; parallel sessions are added up. Names are shown as privacy.user_names allows.",
					Queries: []Query{
						{Expr: maxBy("project, user", gauge("user_usage_seconds")), Legend: "Session time", Unit: "s"},
						{Expr: maxBy("project, user", gauge("user_logins")), Legend: "Logins"},
						{Expr: maxBy("project, user", gauge("user_login_failures")), Legend: "Failed", Steps: amberRed(3, 10)},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "user", Title: "User"}},
				},
			}},
			{Title: "What is charged how?", Panels: []Panel{
				{
					Kind: Table, Title: "Desktops by package and charging mode", Width: 12, Unit: "short", SortBy: "Desktops",
					Description: "Desktops by package, operating system and charging mode, and how many of them run now: pay-per-use ones that hardly ever stop are cheaper by the month.",
					Queries: []Query{
						{Expr: orNone("desktop_details", sumBy("charging_mode, product_id, os_type", gauge("desktops_inventory")), "product_id", "no desktops"), Legend: "Desktops"},
						{Expr: sumBy("charging_mode, product_id, os_type", gauge("desktops_inventory", `run_state="ACTIVE"`)), Legend: "Running"},
					},
					Columns: []Column{{Label: "product_id", Title: "Package"}, {Label: "os_type", Title: "System"}, {Label: "charging_mode", Title: "Charging"}},
				},
				{
					Kind: Table, Title: "Hour packages", Width: 12, Unit: "short", SortBy: "Desktops",
					Description: "Desktops with an hour package by how many percent of it are used and what happens when it is used up. With SHUTDOWN_OR_HIBERNATE users lose their desktop: buy hours in time.",
					Queries:     []Query{{Expr: orNone("desktop_details", sumBy("use_up_policy, used_band", gauge("hour_package_desktops")), "used_band", "no hour packages"), Legend: "Desktops"}},
					Columns:     []Column{{Label: "use_up_policy", Title: "When used up"}, {Label: "used_band", Title: "Percent used"}},
				},
				{
					Kind: Bars, Title: "Hour packages nearly used up", Width: 12, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0),
					Description: "The desktops whose hour package is used up most; above 100% it is used up.",
					Queries:     []Query{{Expr: topk(15, maxBy(target+", desktop_id", gauge("desktop_hour_package_used_ratio"))), Legend: "{{desktop_id}}"}},
				},
				{
					Kind: Bars, Title: "Images by type", Width: 6, Unit: "short", Below: neutral,
					Description: "Images that desktops can be made of, by type: private ones cost storage.",
					Queries:     []Query{{Expr: sumBy("image_type", gauge("images")), Legend: "{{image_type}}"}},
				},
				{
					Kind: Bars, Title: "Packages on sale", Width: 6, Unit: "short", Below: neutral,
					Description: "Desktop packages by sale status. New desktops and pools can be made of normal ones only.",
					Queries:     []Query{{Expr: sumBy("status", gauge("products")), Legend: "{{status}}"}},
				},
			}},
			{Title: "What do the service's own statistics say?", Panels: []Panel{
				{
					Kind: Lines, Title: "Statistics", Width: 12, Unit: "short",
					Description: "The statistics whose names the configuration gives, over the last complete period.",
					Queries:     []Query{{Expr: maxBy("project, name, period", gauge("statistic")), Legend: "{{project}} {{name}} {{period}}"}},
				},
				{
					Kind: Bars, Title: "Failed openings of applications", Width: 12, Unit: "short", Steps: amberFrom(5),
					Description: "Users who failed to open an application most often on the last complete day.",
					Queries:     []Query{{Expr: orNone("app_access", topk(10, maxBy("project, user", gauge("app_access_failures"))), "user", "nobody"), Legend: "{{project}} {{user}}"}},
				},
			}},
		},
	}
}

// runningForNobody is how many desktops run and wait for a user.
func runningForNobody() string {
	return orZero("desktops", sum(ofPool("desktops_observed", `run_state="ACTIVE"`, `login_state="REGISTERED"`, `maintenance="false"`)))
}
