package drift

import "strings"

// addition is what others saw of an answer, or what follows from its meaning,
// beyond what the SDK says of it: a known oddity is no drift.
type addition struct {
	operation string
	// places are written as in a Difference, separated by blanks; members that
	// the model lacks are added to it.
	places string
	// kind is that of added members, and a further one of others.
	kind string
	// values are further ones of an enumeration, or those of one that the SDK
	// has only with a parameter or another answer.
	values string
	// like is a place of ListDesktopsDetail whose enumeration is the same.
	like string
	// anyCase takes values of an enumeration in any case.
	anyCase bool
	// optional says that the member may be absent for good.
	optional bool
	// source names who saw it.
	source string
}

func additions() []addition {
	const (
		terraform = "terraform-provider-huaweicloud a0345b8dcc, "
		detail    = terraform + "pull request 3654: a body of cn-north-4"
		states    = "terraform-provider-huaweicloud, pull requests 3654 and 3997"
		meaning   = "there is nothing to tell where the thing it tells of is not in use"
		disks     = "SATA GPSSD"
		types     = "SDK v0.1.207, comments on parameters"
		tasks     = "SDK v0.1.207, model ScheduledTaskReq"
	)
	return []addition{
		{operation: "ShowWorkspaceLock", places: "is_locked", kind: Integer, optional: true, source: "golangsdk services/results.go:200 and " + terraform + "data_source_huaweicloud_workspace_service.go:434"},
		{operation: "ShowWorkspaceLock", places: "is_lock lock_time", optional: true, source: "the other spelling; " + meaning},

		{operation: "ListDesktops", places: "desktops[].task_status", like: "desktops[].task_status", anyCase: true, optional: true, source: states},
		{operation: "ListDesktopsDetail", places: "desktops[].task_status", anyCase: true, optional: true, source: states},
		{operation: "ListDesktops", places: "desktops[].status", values: "ACTIVE SHUTOFF ERROR HIBERNATED DELETED", source: "SDK v0.1.207, parameter of ListDesktops; DELETED: " + detail},
		{operation: "ListDesktopsDetail", places: "desktops[].status", values: "ACTIVE SHUTOFF ERROR HIBERNATED DELETED", source: "SDK v0.1.207, parameter of ListDesktops; DELETED: " + detail},
		{operation: "ListDesktops", places: "desktops[].connect_status", like: "desktops[].login_status", source: "SDK v0.1.207, login_status of ListDesktopsDetail"},
		{operation: "ListDesktops", places: "desktops[].desktop_type", like: "desktops[].desktop_type", source: "SDK v0.1.207, ListDesktopsDetail"},
		{operation: "ListDesktopsDetail", places: "desktops[].creation_type desktops[].desktop_isv desktops[].join_domain", kind: Whatever, optional: true, source: detail},
		{operation: "ListDesktopsDetail", places: "desktops[].root_volume.cluster_id desktops[].data_volumes[].cluster_id", kind: Whatever, optional: true, source: detail},
		{operation: "ListDesktops", places: "desktops[].pool_id desktops[].user_name desktops[].tags[].value desktops[].in_maintenance_mode", optional: true, source: meaning},
		{operation: "ListDesktopsDetail", places: "desktops[].user_name desktops[].product_id desktops[].hour_package_info.package_duration desktops[].hour_package_info.use_duration desktops[].hour_package_info.use_up_policy desktops[].isolated desktops[].is_freeze desktops[].in_maintenance_mode", optional: true, source: meaning},
		{operation: "ListDesktopPools", places: "desktop_pools[].in_maintenance_mode desktop_pools[].availability_zone desktop_pools[].disconnected_retention_period", optional: true, source: meaning},

		{operation: "ListLoginState", places: "stop_num", kind: Integer, optional: true, source: "older SDKs (Go, Java, Node, .NET) have the member"},
		{operation: "ListDesktopsStatistics", places: "login_state_statistics.stop_num", kind: Integer, optional: true, source: "older SDKs (Go, Java, Node, .NET) have the member"},

		{operation: "ListScheduledTasks", places: "scheduled_tasks[].scheduled_type", values: "LIFE_CYCLE", source: tasks},
		{operation: "ListScheduledTasksRecords", places: "tasks_records[].scheduled_type", values: "LIFE_CYCLE", source: tasks},
		{operation: "ListScheduledTasksRecords", places: "tasks_records[].task_type", values: "EXECUTE_SCRIPT CREATE_SNAPSHOT DELETE_BLACK_ECS", source: tasks},
		{operation: "ListScheduledTasks", places: "scheduled_tasks[].life_cycle_type scheduled_tasks[].last_status scheduled_tasks[].next_execution_time scheduled_tasks[].time_zone", optional: true, source: meaning},
		{operation: "ListScheduledTasksRecords", places: "tasks_records[].time_zone", optional: true, source: meaning},
		{operation: "ListItaSubJobs", places: "jobs[].status", values: "WAITING RUNNING SUCCESS FAILED FAIL", source: "SDK v0.1.207, states of other jobs; API reference, ListItaSubJobs; nobody has seen the spelling of the failed state"},
		{operation: "ListItaSubJobs", places: "jobs[].error_code jobs[].begin_time jobs[].end_time", optional: true, source: meaning},

		{operation: "ListLoginRecordsNew", places: "records[].connection_end_time records[].connection_failure_reason records[].connection_setup_time records[].e2e_rtt records[].network_rtt records[].terminal_mac records[].terminal_name records[].terminal_type records[].transaction_id records[].sid records[].is_reconnect", optional: true, source: meaning + "; python-otcclient, records of failed logons with null times"},
		{operation: "ListLoginState", places: "unable_to_connect_num", optional: true, source: "SDK v0.1.207, model DesktopLoginStatisticsRsp: the one count that is not mandatory"},
		{operation: "ListNatGateways", places: "nat_gateways[].status", values: "ACTIVE PENDING_CREATE PENDING_UPDATE PENDING_DELETE INACTIVE", source: "SDK v0.1.207, comment on the member"},
		{operation: "ListHostsDetail", places: "dedicated_hosts[].state", values: "available fault released", source: "SDK v0.1.207, comment on the member"},
		{operation: "ListAlarms", places: "alarm_histories[].status", values: "ok alarm invalid", source: "SDK v0.1.207, comment on the member"},
		{operation: "ListProducts", places: "products[].status", values: "normal onSell sellout abandon", source: "SDK v0.1.207, comment on the member"},
		{operation: "ListDesktopPools", places: "desktop_pools[].root_volume.type desktop_pools[].data_volumes[].type", values: disks, source: types},
		{operation: "ShowDesktopPoolDetail", places: "root_volume.type data_volumes[].type", values: disks, source: types},
		{operation: "ListDesktopsDetail", places: "desktops[].root_volume.type desktops[].data_volumes[].type", values: disks, source: types},
		{operation: "ListVolumeProductInfo", places: "volumes[].volume_type", values: disks, source: types},
		{operation: "ListUserEvents", places: "items[].error_code items[].event_trace_id", optional: true, source: meaning},
		{operation: "ListUserUsageMetric", places: "items[].enterprise_project_id", optional: true, source: meaning},
		{operation: "ListCerts", places: "cert_list[].common_name cert_list[].not_after", optional: true, source: meaning},
		{operation: "ListAccessPolicies", places: "policies[].is_enable", optional: true, source: "golangsdk accesspolicies does not know it"},
		{operation: "ListPolicyGroup", places: "policy_groups[].update_time", optional: true, source: meaning},
		{operation: "ListUserGroups", places: "user_groups[].platform_type", optional: true, source: meaning},
		{operation: "ListUsers", places: "users[].total_desktops", optional: true, source: terraform + "data_source_huaweicloud_workspace_users.go: only if asked for"},
		{operation: "ListAlarms", places: "alarm_histories[].additional_info alarm_histories[].condition alarm_histories[].data_points alarm_histories[].metric", optional: true, source: meaning},
		{operation: "ListTerminalsBindingDesktopsConfig", places: "tc_auto_bind_max tc_auto_bind_switch", optional: true, source: "golangsdk terminals"},
		{operation: "ListUserEventsLtsConfigurations", places: "enable", optional: true, source: terraform + "resource_huaweicloud_workspace_user_event_log_configuration.go:104"},
		{operation: "ListWorkspaces", places: "id enterprise_id vpc_id access_mode access_status config_status fail_code", optional: true, source: terraform + "resource_huaweicloud_workspace_service.go:355: CLOSED comes alone"},
		{operation: "ShowHibernateType", places: "shutdown_days", optional: true, source: meaning},
		{operation: "ShowUserAccessStages", places: "biz_type", optional: true, source: meaning},
		{operation: "ShowGrowthRate", places: "growth_rate", optional: true, source: meaning},
		{operation: "ListNatMappingConfigs", places: "site_id", optional: true, source: meaning},
		{operation: "ShowQuotaDetails", places: "site_id", optional: true, source: meaning},
	}
}

// at is the shape at a place of ListDesktopsDetail.
func (m *Model) at(place string) *Shape {
	at := m.Answers["ListDesktopsDetail"]
	for name := range strings.SplitSeq(place, ".") {
		member, isList := strings.CutSuffix(name, "[]")
		if at = at.Members[member]; isList {
			at = at.Entry
		}
	}
	return at
}

// apply adds to the model.
func (a addition) apply(m *Model) {
	for place := range strings.FieldsSeq(a.places) {
		at := m.Answers[a.operation]
		for name := range strings.SplitSeq(place, ".") {
			member, isList := strings.CutSuffix(name, "[]")
			if at.Members[member] == nil {
				at.Members[member] = &Shape{Type: a.kind}
			}
			at = at.Members[member]
			if isList {
				at = at.Entry
			}
		}
		at.Values = append(at.Values, strings.Fields(a.values)...)
		if a.like != "" {
			at.Values = append(at.Values, m.at(a.like).Values...)
		}
		if a.kind != "" {
			at.kinds = append(at.kinds, a.kind)
		}
		at.anyCase = at.anyCase || a.anyCase
		at.optional = at.optional || a.optional
	}
}
