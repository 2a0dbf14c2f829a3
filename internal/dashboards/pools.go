package dashboards

func pools() Dashboard {
	return Dashboard{
		UID:         "hcws-pools",
		Title:       "Workspace / Pools and capacity: what is full, and what runs out next?",
		Description: "Saturation of pools, their autoscaling, and forecasts of quotas, addresses and sessions.",
		Variables:   []Variable{poolVariable()},
		Rows: []Row{
			{Title: "What is full, and what runs out next?", Panels: []Panel{
				{
					Kind: Stat, Title: "Fullest pool", Width: 4, Unit: "percentunit", Steps: amberRed(0.85, 0.95),
					Description: "Share of the desktops of the fullest pool that are assigned. At 100% its next user gets none unless it grows.",
					Queries:     []Query{{Expr: orZero("statistics", "max("+poolFill(chosenPools)+")")}},
				},
				{
					Kind: Stat, Title: "Pools below minimum idle", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Pools with fewer ready desktops than their autoscaling is to keep. For some minutes in the morning that is normal; for longer, autoscaling does not keep up or is stuck.",
					Queries:     []Query{{Expr: orZero("pools", "count("+idleMargin()+" < 0)")}},
				},
				{
					Kind: Stat, Title: "Sold-out packages", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Packages that pools are made of and that are sold out: those pools cannot grow. Choose another package or zone for the pool.",
					Queries:     []Query{{Expr: orZero("products", sum(maxBy("project, product_id", gauge("product_sold_out"))))}},
				},
				{
					Kind: Stat, Title: "First quota is full in", Width: 4, Unit: "d", Below: bad, Steps: rising(14, 45),
					Description: "Days until the first quota is full if it is used up as in the last week; 365 stands for a year or more, or for less than two days of data. Ask for an increase, which takes days.",
					Queries:     []Query{{Expr: "min(" + quotaDays() + ")"}},
				},
				{
					Kind: Stat, Title: "First subnet is full in", Width: 4, Unit: "d", Below: bad, Steps: rising(7, 30),
					Description: "Days until the first subnet has no address left if they are taken as in the last week; 365 stands for a year or more, or for less than two days of data. Add a subnet to the service.",
					Queries:     []Query{{Expr: "min(" + subnetDays() + ")"}},
					Empty:       "no desktop has an address",
				},
				{
					Kind: Stat, Title: "Peak of sessions in 30 days", Width: 4, Unit: "percentunit", Steps: amberRed(0.9, 1),
					Description: "Forecast of the daily peak of sessions in 30 days, as a share of today's desktops. The present peak until there are two days of data.",
					Queries:     []Query{{Expr: peakForecast() + " / (" + sum(gauge("desktops")) + " > 0)"}},
					Empty:       "no desktops",
				},
			}},
			{Title: "Which pools?", Panels: []Panel{
				{
					Kind: Table, Title: "Pools", Width: 24, SortBy: "Assigned", Unit: "short",
					Description: "Each chosen pool. Ready below the minimum idle, overdue or isolated desktops, and a status other than STEADY need a look.",
					Queries: []Query{
						{Expr: maxBy(poolKey+", pool", selector("pool_info", chosenPools))},
						{Expr: maxBy(poolKey, ofPool("pool_desktops")), Legend: "Desktops"},
						{Expr: poolFill(chosenPools), Legend: "Assigned", Unit: "percentunit", Steps: amberRed(0.85, 0.95)},
						{Expr: maxBy(poolKey, ofPool("pool_desktops_login_state", `state="in_use"`)), Legend: "In use"},
						{Expr: maxBy(poolKey, ofPool("pool_desktops_login_state", `state="ready"`)), Legend: "Ready"},
						{Expr: maxBy(poolKey, ofPool("pool_autoscale_min_idle_desktops")), Legend: "Minimum idle"},
						{Expr: maxBy(poolKey, ofPool("pool_autoscale_max_desktops")), Legend: "Maximum"},
						{Expr: maxBy(poolKey, ofPool("desktops_registration_overdue", `pool_id!=""`)), Legend: "Overdue", Steps: amberRed(1, 10)},
						{Expr: maxBy(poolKey, ofPool("pool_isolated_desktops")), Legend: "Isolated", Steps: amberFrom(1)},
						{Expr: maxBy(poolKey, ofPool("pool_in_maintenance")), Legend: "Maintenance", Values: []Value{{Value: 0, Text: "no", Color: good}, {Value: 1, Text: "yes", Color: warning}}},
						{Expr: maxBy(poolKey+", status", ofPool("pool_status")+" == 1")},
					},
					Columns: []Column{
						{Label: "project", Title: "Project"},
						{Label: "pool", Title: "Pool", Link: to("hcws-pools", "Only this pool").with("pool", "pool_id")},
						{Label: "status", Title: "Pool status"},
						{Label: "pool_id", Hidden: true},
					},
					Empty: "no pools",
				},
			}},
			{Title: "How full are the pools?", Panels: []Panel{
				{
					Kind: Lines, Title: "Assigned share", Width: 12, Unit: "percentunit", Steps: amberRed(0.85, 0.95), Min: number(0), Max: number(1),
					Description: "Share of the desktops of each pool that are assigned to users. A line that touches 100% each morning needs a greater maximum.",
					Queries:     []Query{{Expr: withPool(poolFill(chosenPools)), Legend: "{{project}} {{pool}}"}},
					Empty:       "no pools",
				},
				{
					Kind: Lines, Title: "Ready desktops above the minimum", Width: 12, Unit: "short", Below: bad, Steps: []Step{{0, good}},
					Description: "Ready desktops of each pool that scales, less the number it is to keep. Below 0 users wait for a desktop to start.",
					Queries:     []Query{{Expr: withPool(idleMargin()), Legend: "{{project}} {{pool}}"}},
					Empty:       "no pool that scales",
				},
				{
					Kind: Lines, Title: "Unassigned desktops", Width: 12, Unit: "short",
					Description: "Desktops of each pool that are free for a user. Where the line falls to 0 the pool is exhausted.",
					Queries:     []Query{{Expr: withPool(maxBy(poolKey, ofPool("pool_desktops_attach_state", `state="unattached"`))), Legend: "{{project}} {{pool}}"}},
					Empty:       "no pools",
				},
				{
					Kind: Lines, Title: "Size, bounds and use", Width: 12, Unit: "short",
					Description: "All chosen pools together: desktops that exist, the most that autoscaling may make, and those in use. When the size reaches the maximum the pools grow no more.",
					Queries: []Query{
						{Expr: orZero("statistics", sum(maxBy(poolKey, ofPool("pool_desktops")))), Legend: "desktops"},
						{Expr: orZero("pools", sum(maxBy(poolKey, ofPool("pool_autoscale_max_desktops")))), Legend: "maximum of those that scale"},
						{Expr: orZero("statistics", sum(maxBy(poolKey, ofPool("pool_desktops_login_state", `state="in_use"`)))), Legend: "in use"},
						{Expr: orZero("statistics", sum(maxBy(poolKey, ofPool("pool_desktops_login_state", `state="ready"`)))), Legend: "ready"},
					},
				},
				{
					Kind: Stacked, Title: "Desktops by login state", Width: 12, Unit: "short",
					Description: "Desktops of the chosen pools by login state. Unregistered ones are mostly switched off.",
					Queries:     []Query{{Expr: orZero("statistics", sumBy("state", maxBy(poolKey+", state", ofPool("pool_desktops_login_state")))), Legend: "{{state}}"}},
				},
				{
					Kind: Stacked, Title: "Desktops by run state", Width: 12, Unit: "short",
					Description: "Desktops of the chosen pools by run state. Those in error are broken.",
					Queries:     []Query{{Expr: orZero("statistics", sumBy("state", maxBy(poolKey+", state", ofPool("pool_desktops_run_state")))), Legend: "{{state}}"}},
				},
			}},
			{Title: "Why does a pool not serve its users?", Panels: []Panel{
				{
					Kind: Lines, Title: "Registration overdue", Width: 8, Unit: "short",
					Description: "Desktops that run and have not registered in time. In one pool alone: a change of its image, agent or subnet. In all: the service's network.",
					Queries:     []Query{{Expr: orZero("desktops", withPool(maxBy(poolKey, ofPool("desktops_registration_overdue")))), Legend: "{{project}} {{pool}}"}},
				},
				{
					Kind: Lines, Title: "Isolated desktops", Width: 8, Unit: "short",
					Description: "Faulty desktops that each pool has taken out of service, and how many it may. At the limit users get faulty ones: repair or rebuild them.",
					Queries: []Query{
						{Expr: orZero("pool_details", withPool(maxBy(poolKey, ofPool("pool_isolated_desktops")))), Legend: "{{project}} {{pool}}"},
						{Expr: orZero("pools", withPool(maxBy(poolKey, ofPool("pool_isolation_limit_desktops")))), Legend: "{{project}} {{pool}}: limit"},
					},
				},
				{
					Kind: Stacked, Title: "Jobs that make desktops and fail", Width: 8, Unit: "short",
					Description: "Jobs that create or add desktops and failed, by the service's code, in the time of a point. Codes of quotas, addresses and sold-out packages lead to the rows below.",
					Queries:     []Query{{Expr: orZero("jobs", sumBy("job_type, error_code", increase("job_failures_total", interval, `job_type=~"(?i).*(create|expand|attach).*"`))+" > 0"), Legend: "{{job_type}} {{error_code}}"}},
					Link:        to("hcws-operations", "Jobs"),
				},
				{
					Kind: Bars, Title: "Drift from the settings of the pool", Width: 8, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops whose product, image or disks are not those that the pool is set to: rebuild or resize them.",
					Queries:     []Query{{Expr: orZero("pool_drift", sumBy("attribute", maxBy(poolKey+", attribute", ofPool("pool_drift_desktops")))), Legend: "{{attribute}}"}},
				},
				{
					Kind: Bars, Title: "Sold-out packages by zone", Width: 8, Unit: "short", Steps: amberFrom(1),
					Description: "Packages that are sold out in each availability zone. A pool cannot grow there with them.",
					Queries:     []Query{{Expr: maxBy("region, availability_zone", gauge("availability_zone_sold_out_products")), Legend: "{{availability_zone}}"}},
				},
				{
					Kind: Bars, Title: "Users and groups allowed", Width: 8, Unit: "short", Below: neutral,
					Description: "Users and user groups that may use each pool. A pool that nobody may use is paid for in vain.",
					Queries:     []Query{{Expr: orZero("pool_members", withPool(sumBy(poolKey, maxBy(poolKey+", object_type", ofPool("pool_authorized_objects"))))), Legend: "{{project}} {{pool}}"}},
				},
			}},
			{Title: "When are the quotas used up?", Panels: []Panel{
				{
					Kind: Table, Title: "Quotas", Width: 12, Unit: "short", SortBy: "Share",
					Description: "Each quota, how much of it is used, and the days until it is full if it is used up as in the last week; 365 stands for a year or more.",
					Queries: []Query{
						{Expr: sumBy(quotaKey, gauge("quota_used")), Legend: "Used"},
						{Expr: sumBy(quotaKey, gauge("quota_limit")), Legend: "Limit"},
						{Expr: quotaFill(), Legend: "Share", Unit: "percentunit", Steps: amberRed(0.8, 0.95)},
						{Expr: quotaDays(), Legend: "Full in", Unit: "d", Below: bad, Steps: rising(14, 45)},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "site_id", Title: "Site"}, {Label: "resource", Title: "Resource"}},
				},
				{
					Kind: Lines, Title: "Share of quotas used", Width: 12, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "The ten fullest quotas over time. At 100% nothing new can be created.",
					Queries:     []Query{{Expr: topk(10, quotaFill()), Legend: "{{project}} {{site_id}} {{resource}}"}},
				},
				{
					Kind: Lines, Title: "Memory and disks", Width: 12, Unit: "bytes",
					Description: "Memory and disk space used and the quotas for them, all sites together.",
					Queries: []Query{
						{Expr: sumBy("resource", gauge("quota_used_bytes")), Legend: "{{resource}} used"},
						{Expr: sumBy("resource", gauge("quota_limit_bytes")), Legend: "{{resource}} limit"},
					},
				},
				{
					Kind: Lines, Title: "Daily peak of sessions", Width: 12, Unit: "short",
					Description: "Greatest number of sessions within a day, its forecast for 30 days later from four weeks, and the desktops there are. Until there are two days of data the forecast is the present.",
					Queries: []Query{
						{Expr: sum(dailyPeak()), Legend: "peak of the last 24 h"},
						{Expr: peakForecast(), Legend: "forecast"},
						{Expr: sum(gauge("desktops")), Legend: "desktops"},
					},
				},
			}},
			{Title: "When do addresses run out?", Panels: []Panel{
				{
					Kind: Table, Title: "Subnets", Width: 12, Unit: "short", SortBy: "Taken",
					Description: "Subnets that desktops are in, and the days until no address is left if they are taken as in the last week; 365 stands for a year or more.",
					Queries: []Query{
						{Expr: maxBy(subnetKey+", subnet, cidr", selector("subnet_info")) + " and on (" + subnetKey + ") " + gauge("subnet_available_ips")},
						{Expr: maxBy(subnetKey, gauge("subnet_available_ips")), Legend: "Free"},
						{Expr: "1 - " + maxBy(subnetKey, gauge("subnet_available_ips")) + " / " + maxBy(subnetKey, gauge("subnet_ips")), Legend: "Taken", Unit: "percentunit", Steps: amberRed(0.8, 0.95)},
						{Expr: subnetDays(), Legend: "Empty in", Unit: "d", Below: bad, Steps: rising(7, 30)},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "subnet", Title: "Subnet"}, {Label: "cidr", Title: "Range"}, {Label: "subnet_id", Hidden: true}},
					Empty:   "no desktop has an address",
				},
				{
					Kind: Lines, Title: "Free addresses", Width: 12, Unit: "short",
					Description: "Free addresses of each subnet that desktops are in. Other services may take some too.",
					Queries:     []Query{{Expr: named(maxBy(subnetKey, gauge("subnet_available_ips")), "subnet_id", "subnet_info", "subnet"), Legend: "{{project}} {{subnet}}"}},
					Empty:       "no desktop has an address",
				},
			}},
			{Title: "How full is the hardware?", Panels: []Panel{
				{
					Kind: Bars, Title: "vCPUs of dedicated hosts", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "Share of the vCPUs of each dedicated host that desktops take up. On a full host no desktop can be added or moved to when another fails.",
					Queries:     []Query{{Expr: orZero("hosts", named(maxBy(hostKey, gauge("host_vcpus_used"))+" / ("+maxBy(hostKey, gauge("host_vcpus"))+" > 0)", "host_id", "host_info", "host")), Legend: "{{project}} {{host}}"}},
				},
				{
					Kind: Bars, Title: "Memory of dedicated hosts", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "Share of the memory of each dedicated host that desktops take up.",
					Queries:     []Query{{Expr: orZero("hosts", named("1 - "+maxBy(hostKey, gauge("host_memory_available_bytes"))+" / ("+maxBy(hostKey, gauge("host_memory_bytes"))+" > 0)", "host_id", "host_info", "host")), Legend: "{{project}} {{host}}"}},
				},
				{
					Kind: Bars, Title: "Edge sites", Width: 8, Unit: "percentunit", Steps: amberRed(0.8, 0.95), Min: number(0), Max: number(1),
					Description: "Share of the hardware of each edge site that is used. At the limit desktops cannot be created or started there.",
					Queries:     []Query{{Expr: orZero("edge_sites", named(maxBy(target+", site_id, resource", gauge("edge_site_usage_ratio")), "site_id", "edge_site_info", "site_name")), Legend: "{{project}} {{site_name}} {{resource}}"}},
				},
				{
					Kind: StateTimeline, Title: "State of dedicated hosts", Width: 24, Unit: "short",
					Description: "The state of each dedicated host. In fault its desktops are down: they are restored on another host if there is room.",
					Queries:     []Query{{Expr: orZero("hosts", named(maxBy(hostKey+", state", gauge("host_state")+" == 1"), "host_id", "host_info", "host")), Legend: "{{project}} {{host}} {{state}}"}},
					Values:      []Value{{Value: 1, Text: "in this state", Color: neutral}, {Value: 0, Text: "no hosts", Color: quiet}},
				},
			}},
		},
	}
}

const (
	chosenPools = `pool_id=~"$pool"`
	poolKey     = target + ", pool_id"
	quotaKey    = target + ", site_id, resource"
	subnetKey   = target + ", subnet_id"
	hostKey     = target + ", host_id"
)

// idleMargin is how many more desktops than it must a pool that scales has
// ready.
func idleMargin() string {
	return maxBy(poolKey, ofPool("pool_desktops_login_state", `state="ready"`)) + " - " +
		maxBy(poolKey, ofPool("pool_autoscale_min_idle_desktops"))
}

func quotaDays() string {
	return daysLeft(
		sumBy(quotaKey, gauge("quota_limit"))+" - "+sumBy(quotaKey, gauge("quota_used")),
		sumBy(quotaKey, growth("max_over_time", "quota_used")))
}

func subnetDays() string {
	return daysLeft(maxBy(subnetKey, gauge("subnet_available_ips")), "-1 * "+maxBy(subnetKey, growth("min_over_time", "subnet_available_ips")))
}

// dailyPeak is the greatest number of sessions in 24 hours, by project.
func dailyPeak() string {
	return dedup("max_over_time(" + selector("desktops_login_state", `state="in_use"`) + "[1d])")
}

// peakForecast is the daily peak of sessions 30 days from now. It is made of
// the peak of each day: a line through the hours of a day would foretell the
// evening.
func peakForecast() string {
	return "(" + orNow(sum("predict_linear(("+dailyPeak()+")[4w:1d], 30 * 86400)"), sum(dailyPeak())) + ")"
}
