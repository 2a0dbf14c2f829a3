package dashboards

func operations() Dashboard {
	return Dashboard{
		UID:         "hcws-operations",
		Title:       "Workspace / Operations: what did jobs and tasks leave behind?",
		Description: "Jobs, scheduled tasks, snapshots, scripts and certificates, and the state of sites and networks.",
		Rows: []Row{
			{Title: "What did jobs and tasks leave behind?", Panels: []Panel{
				{
					Kind: Stat, Title: "Jobs that failed", Width: 4, Unit: "short", Steps: amberRed(1, 50),
					Description: "Jobs that failed in the time shown. The codes below say why; what they were to change is as it was.",
					Queries:     []Query{{Expr: orZero("jobs", "ceil("+sum(increase("job_failures_total", shown))+")")}},
				},
				{
					Kind: Stat, Title: "Oldest running job", Width: 4, Unit: "s", Steps: amberRed(3600, 4*3600),
					Description: "For how long the oldest job that still runs has been running. One that hangs blocks its desktops: open a ticket.",
					Queries:     []Query{{Expr: orZero("jobs", "max(time() - "+gauge("job_oldest_running_start_timestamp_seconds")+")")}},
				},
				{
					Kind: Stat, Title: "Scheduled tasks that failed", Width: 4, Unit: "short", Steps: badFromOne(),
					Description: "Scheduled tasks whose last run did not end well. See which one below and run it by hand.",
					Queries:     []Query{{Expr: orZero("scheduled_tasks", sum(gauge("scheduled_task_last_status", `status="FAIL"`)))}},
				},
				{
					Kind: Stat, Title: "Scripts that failed", Width: 4, Unit: "short", Steps: amberFrom(1),
					Description: "Desktops for which a script or command failed within the last day.",
					Queries:     []Query{{Expr: "(" + orZero("script_tasks", sum(gauge("script_task_desktops", `result="failed"`))) + ") + (" + orZero("pool_script_tasks", sum(gauge("pool_script_task_desktops", `result="failed"`))) + ")"}},
				},
				{
					Kind: Stat, Title: "Last snapshot", Width: 4, Unit: "s", Steps: amberRed(26*3600, 49*3600),
					Description: "How old the newest good snapshot is. If it is older than the schedule, desktops cannot be restored to yesterday.",
					Queries:     []Query{{Expr: "time() - max(" + gauge("snapshot_last_success_timestamp_seconds") + ")"}},
					Empty:       "no snapshots",
				},
				{
					Kind: Stat, Title: "Next certificate expires in", Width: 4, Unit: "s", Below: bad, Steps: rising(7*86400, 30*86400),
					Description: "Time until the first certificate expires. From then on logons that need it fail.",
					Queries:     []Query{{Expr: "min(" + gauge("certificate_expiry_timestamp_seconds") + ") - time()"}},
					Empty:       "no certificates",
				},
			}},
			{Title: "Jobs", Panels: []Panel{
				{
					Kind: Stacked, Title: "Jobs that ended", Width: 8, Unit: "short",
					Description: "Jobs that ended, by type, in the time of a point.",
					Queries:     []Query{{Expr: topk(10, sumBy("job_type", increase("jobs_total", interval))), Legend: "{{job_type}}"}},
				},
				{
					Kind: Lines, Title: "Share of jobs that fail", Width: 8, Unit: "percentunit", Steps: amberRed(0.05, 0.2), Min: number(0),
					Description: "Share of the jobs of the last 30 minutes that failed, by type; the ten greatest.",
					Queries: []Query{{Expr: topk(10, "("+ratio(
						sumBy("job_type", increase("job_failures_total", "30m")), sumBy("job_type", increase("jobs_total", "30m")))+")"), Legend: "{{job_type}}"}},
				},
				{
					Kind: Stacked, Title: "Jobs that wait and run", Width: 8, Unit: "short",
					Description: "Jobs that have not ended, by type. Many that wait mean that the service does not keep up, or that a scheduled task started them all at once.",
					Queries: []Query{
						{Expr: sum(gauge("jobs_waiting")), Legend: "waiting"},
						{Expr: sum(gauge("jobs_running")), Legend: "running"},
					},
				},
				{
					Kind: Table, Title: "Failures in the time shown", Width: 8, Unit: "short", SortBy: "Failures",
					Description: "Jobs that failed by type and the service's code for the error.",
					Queries:     []Query{{Expr: orNone("jobs", topk(20, sumBy("project, job_type, error_code", increase("job_failures_total", shown))), "job_type", "no failures"), Legend: "Failures"}},
					Columns:     []Column{{Label: "project", Title: "Project"}, {Label: "job_type", Title: "Job"}, {Label: "error_code", Title: "Code"}},
				},
				{
					Kind: Bars, Title: "Age of running jobs", Width: 8, Unit: "s", Steps: amberRed(3600, 4*3600),
					Description: "For how long the oldest job of each type has been running.",
					Queries:     []Query{{Expr: orNone("jobs", "sort_desc(time() - "+maxBy("project, job_type", gauge("job_oldest_running_start_timestamp_seconds"))+")", "job_type", "none running"), Legend: "{{project}} {{job_type}}"}},
				},
				{
					Kind: Lines, Title: "Duration of jobs (p95)", Width: 8, Unit: "s",
					Description: "95 of 100 jobs of the last hour took at most this long, waiting included. Gaps are times without such jobs.",
					Queries:     []Query{{Expr: quantile(0.95, "job_duration_seconds", "1h", "job_type"), Legend: "{{job_type}}"}},
					Empty:       "no jobs",
				},
			}},
			{Title: "Scheduled tasks", Panels: []Panel{
				{
					Kind: Table, Title: "Tasks", Width: 16, Unit: "short",
					Description: "Each scheduled task, how its last run ended and for how many desktops it did not work: a run can be a success and still have failed for some. A task that is overdue was missed.",
					Queries: []Query{
						{Expr: maxBy(taskKey+", task, task_type, scheduled_type", selector("scheduled_task_info"))},
						{Expr: maxBy(taskKey+", status", gauge("scheduled_task_last_status")+" == 1")},
						{Expr: maxBy(taskKey, gauge("scheduled_task_enabled")), Legend: "Enabled", Values: []Value{{Value: 1, Text: "yes", Color: good}, {Value: 0, Text: "no", Color: warning}}},
						{Expr: "time() - " + maxBy(taskKey, gauge("scheduled_task_last_run_timestamp_seconds")), Legend: "Last run ago", Unit: "s"},
						{Expr: maxBy(taskKey, gauge("scheduled_task_last_run_desktops", `result="success"`)), Legend: "Worked"},
						{Expr: maxBy(taskKey, gauge("scheduled_task_last_run_desktops", `result="failed"`)), Legend: "Failed", Steps: amberRed(1, 20)},
						{Expr: maxBy(taskKey, gauge("scheduled_task_next_execution_timestamp_seconds")) + " - time()", Legend: "Due in", Unit: "s", Below: bad, Steps: []Step{{-300, good}}},
					},
					Columns: []Column{
						{Label: "project", Title: "Project"},
						{Label: "task", Title: "Task"},
						{Label: "task_type", Title: "Does"},
						{Label: "scheduled_type", Title: "Schedule"},
						{Label: "status", Title: "Last run"},
						{Label: "task_id", Hidden: true},
					},
					Empty: "no scheduled tasks",
				},
				{
					Kind: Bars, Title: "Desktops of the last runs", Width: 8, Unit: "short", Below: neutral,
					Description: "Desktops of the newest run of all enabled tasks by result. Failed ones are not in the state that their users expect.",
					Queries:     []Query{{Expr: orZero("scheduled_task_records", sumBy("result", gauge("scheduled_task_last_run_desktops"))), Legend: "{{result}}"}},
				},
			}},
			{Title: "Snapshots and scripts", Panels: []Panel{
				{
					Kind: Lines, Title: "Snapshots by status", Width: 8, Unit: "short",
					Description: "Snapshots of desktops by status. Those whose making failed protect nothing.",
					Queries:     []Query{{Expr: sumBy("status", gauge("snapshots")), Legend: "{{status}}"}},
				},
				{
					Kind: Stacked, Title: "Snapshots that failed", Width: 8, Unit: "short",
					Description: "Snapshots that could not be made or restored, in the time of a point.",
					Queries:     []Query{{Expr: orZero("snapshots", sumBy("operation, create_type", increase("snapshot_failures_total", interval))), Legend: "{{operation}} {{create_type}}"}},
				},
				{
					Kind: Stat, Title: "Age of snapshots", Width: 8, Unit: "s", Below: neutral,
					Description: "How old the newest good snapshot of each kind is, and the oldest that takes up space.",
					Queries: []Query{
						{Expr: "time() - " + maxBy("create_type", gauge("snapshot_last_success_timestamp_seconds")), Legend: "newest {{create_type}}"},
						{Expr: "time() - min(" + gauge("snapshot_oldest_timestamp_seconds") + ")", Legend: "oldest"},
					},
					Empty: "no snapshots",
				},
				{
					Kind: Bars, Title: "Scripts of the last day", Width: 8, Unit: "short", Below: neutral,
					Description: "Executions of scripts and commands within the last day by status, on desktops and on pools.",
					Queries: []Query{
						{Expr: sumBy("status", gauge("script_tasks")), Legend: "desktops: {{status}}"},
						{Expr: sumBy("status", gauge("pool_script_tasks")), Legend: "pools: {{status}}"},
					},
				},
				{
					Kind: Bars, Title: "Desktops that scripts ran on", Width: 8, Unit: "short", Below: neutral,
					Description: "Desktops that scripts were executed for within the last day by result. Look at the output of failed ones in the console.",
					Queries: []Query{
						{Expr: sumBy("result", gauge("script_task_desktops")), Legend: "desktops: {{result}}"},
						{Expr: sumBy("result", gauge("pool_script_task_desktops")), Legend: "pools: {{result}}"},
					},
				},
				{
					Kind: Bars, Title: "Installations of applications", Width: 8, Unit: "short", Below: neutral,
					Description: "Installations of applications from the application centre by status.",
					Queries:     []Query{{Expr: orNone("app_jobs", sumBy("status", gauge("app_jobs")), "status", "none"), Legend: "{{status}}"}},
				},
			}},
			{Title: "Certificates and permissions", Panels: []Panel{
				{
					Kind: Table, Title: "Certificates", Width: 12, Unit: "short", SortBy: "",
					Description: "Certificates of the service and when they expire. From then on logons that need them fail: renew them in the console.",
					Queries: []Query{
						{Expr: "sort(" + maxBy("project, certificate, source", gauge("certificate_expiry_timestamp_seconds")) + " - time())", Legend: "Expires in", Unit: "s", Below: bad, Steps: rising(7*86400, 30*86400)},
					},
					Columns: []Column{{Label: "project", Title: "Project"}, {Label: "source", Title: "Kind"}, {Label: "certificate", Title: "Certificate"}},
					Empty:   "no certificates",
				},
				{
					Kind: Bars, Title: "Permissions that agencies lack", Width: 6, Unit: "short", Steps: badFromOne(),
					Description: "Permissions that the service's agencies should have and have not: scheduled tasks, pools and recordings fail without them. Grant them in IAM.",
					Queries:     []Query{{Expr: maxBy("project, agency, scene", gauge("agency_missing_permissions")), Legend: "{{project}} {{agency}} {{scene}}"}},
					Empty:       "no agencies",
				},
				{
					Kind: Bars, Title: "Screen recordings of the last day", Width: 6, Unit: "short", Below: neutral,
					Description: "Recordings of screens within the last day by state; other is those that failed. Where recording is a duty, they are gaps.",
					Queries:     []Query{{Expr: sumBy("status", gauge("screen_records")), Legend: "{{status}}"}},
				},
			}},
			{Title: "Sites, directory and network", Panels: []Panel{
				{
					Kind: StateTimeline, Title: "Service and access by site", Width: 12, Unit: "short",
					Description: "The status of the service and of the access to it at each site. Anything but SUBSCRIBED, or a status that ends in Failed, needs the console.",
					Queries: []Query{
						{Expr: maxBy("project, site_id, status", gauge("service_status")) + " == 1", Legend: "{{project}} {{site_id}} {{status}}"},
						{Expr: maxBy("project, site_id, status", gauge("access_status")) + " == 1", Legend: "{{project}} {{site_id}} access {{status}}"},
					},
					Values: []Value{{Value: 1, Text: "in this state", Color: neutral}},
				},
				{
					Kind: StateTimeline, Title: "Directory and edge sites", Width: 12, Unit: "short",
					Description: "The state of the connection to the directory and of edge sites. With ad_failed or ad_failed_other users may be unable to log on; an unavailable site cannot be reached.",
					Queries: []Query{
						{Expr: maxBy("project, status", gauge("directory_status")) + " == 1", Legend: "{{project}} directory {{status}}"},
						{Expr: maxBy("project, site_id, status", gauge("edge_site_status")) + " == 1", Legend: "{{project}} {{site_id}} {{status}}"},
					},
					Values: []Value{{Value: 1, Text: "in this state", Color: neutral}},
				},
				{
					Kind: Bars, Title: "NAT gateways not active", Width: 6, Unit: "short", Steps: badFromOne(),
					Description: "Gateways whose state is not ACTIVE: desktops behind them have no Internet.",
					Queries:     []Query{{Expr: orZero("nat_gateways", named("1 - "+maxBy(target+", nat_gateway_id", gauge("nat_gateway_status", `status="ACTIVE"`)), "nat_gateway_id", "nat_gateway_info", "nat_gateway")), Legend: "{{project}} {{nat_gateway}}"}},
				},
				{
					Kind: Bars, Title: "Bandwidths", Width: 6, Unit: "Bps", Below: neutral,
					Description: "Size of the bandwidths that desktops share on their way to the Internet.",
					Queries:     []Query{{Expr: orZero("bandwidths", named(maxBy(target+", bandwidth_id", gauge("bandwidth_limit_bytes_per_second")), "bandwidth_id", "bandwidth_info", "bandwidth")), Legend: "{{project}} {{bandwidth}}"}},
				},
				{
					Kind: Bars, Title: "Network ports", Width: 6, Unit: "short", Below: neutral,
					Description: "Network ports of desktops by state. Ports that are DOWN belong to desktops that are off; far more of them than desktops off is a network fault.",
					Queries:     []Query{{Expr: sumBy("status", gauge("ports")), Legend: "{{status}}"}},
				},
				{
					Kind: Bars, Title: "Backup access addresses", Width: 6, Unit: "short", Below: warning, Steps: []Step{{1, good}},
					Description: "Backup addresses of each site. Without one, clients have nowhere to go when its access address fails.",
					Queries:     []Query{{Expr: orZero("access_addresses", maxBy("project, site_id", gauge("access_address_backups"))), Legend: "{{project}} {{site_id}}"}},
				},
			}},
		},
	}
}

const taskKey = target + ", task_id"
