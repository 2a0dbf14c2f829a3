package apiclient

import "net/http"

// Jobs, scheduled tasks, scripts, snapshots, applications, images, products,
// network, policies and records.
var (
	// ListItaSubJobs lists the single jobs of all tasks, without a filter of
	// time.
	ListItaSubJobs = Endpoint{
		Operation: "ListItaSubJobs", Method: http.MethodGet, Limit: 500,
		Path:   "/v2/{project_id}/workspace-sub-jobs",
		Action: "workspace:jobs:listSubJobs",
		Page:   Paging{Items: "jobs", Total: "total_count", Size: 1000},
	}

	// ListScheduledTasks lists scheduled tasks; those started by an event only
	// when asked for.
	ListScheduledTasks = Endpoint{
		Operation: "ListScheduledTasks", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/scheduled-tasks",
		Page: Paging{Items: "scheduled_tasks", Total: "total_count", Size: 50},
	}
	// ListScheduledTasksRecords lists the runs of a scheduled task.
	ListScheduledTasksRecords = Endpoint{
		Operation: "ListScheduledTasksRecords", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/scheduled-tasks/{task_id}/records",
		Action: "workspace:scheduledTasks:listRecords",
		Page:   Paging{Items: "tasks_records", Total: "total_count", Size: 100},
	}

	// ListScripts lists the scripts of the tenant.
	ListScripts = Endpoint{
		Operation: "ListScripts", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/scripts",
		Page: Paging{Items: "scripts", Total: "count", Size: 100},
	}
	// ListScriptTasks lists executions of scripts on desktops.
	ListScriptTasks = Endpoint{
		Operation: "ListScriptTasks", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/script-execution-tasks",
		Page: Paging{Items: "script_tasks", Total: "count", Size: 100},
	}
	// ListScriptRecords lists executions of scripts, each on one desktop.
	ListScriptRecords = Endpoint{
		Operation: "ListScriptRecords", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/script-execution-records",
		Page: Paging{Items: "script_records", Total: "count", Size: 100},
	}
	// ShowDesktopPoolsScriptExecTasks lists executions of scripts on pools.
	ShowDesktopPoolsScriptExecTasks = Endpoint{
		Operation: "ShowDesktopPoolsScriptExecTasks", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/desktop-pools/script-execution-tasks/detail",
		Page: Paging{Items: "script_execution_tasks", Total: "total_count", Size: 100},
	}

	// ListDesktopSnapshot lists snapshots of desktops.
	ListDesktopSnapshot = Endpoint{
		Operation: "ListDesktopSnapshot", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/snapshots",
		Action: "workspace:desktops:listSnapshots",
		Page:   Paging{Items: "desktop_snapshots", Total: "total_count", Size: 1000},
	}

	// ListApps lists the applications of the application centre.
	ListApps = Endpoint{
		Operation: "ListApps", Method: http.MethodGet, Limit: 200,
		Path: "/v1/{project_id}/app-center/apps",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListJobs lists installations of applications.
	ListJobs = Endpoint{
		Operation: "ListJobs", Method: http.MethodGet, Limit: 200,
		Path: "/v1/{project_id}/app-center/jobs",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListAppRule lists the rules that name applications.
	ListAppRule = Endpoint{
		Operation: "ListAppRule", Method: http.MethodGet, Limit: 200,
		Path: "/v1/{project_id}/app-center/app-rules",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListRestrictedRule lists the rules whose applications are forbidden.
	ListRestrictedRule = Endpoint{
		Operation: "ListRestrictedRule", Method: http.MethodGet, Limit: 200,
		Path: "/v1/{project_id}/app-center/app-restricted-rules",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ShowRuleRestriction tells whether rules are enforced.
	ShowRuleRestriction = Endpoint{
		Operation: "ShowRuleRestriction", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v1/{project_id}/app-center/app-rules/actions/get-rule-restriction",
	}

	// ListImages lists the images desktops can be made of.
	ListImages = Endpoint{
		Operation: "ListImages", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/images",
		Page: Paging{Items: "images", Total: "total_count", Size: 100},
	}
	// ListProducts lists the desktop packages and whether they are sold out.
	ListProducts = Endpoint{
		Operation: "ListProducts", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/products",
		Page: Paging{Items: "products", Total: "total_count", Size: 100},
	}
	// ListVolumeProductInfo lists the disk products.
	ListVolumeProductInfo = Endpoint{
		Operation: "ListVolumeProductInfo", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/volume/products",
		Page: Paging{Items: "volumes"},
	}
	// ListAvailabilityZones lists the zones and what is sold out in them.
	ListAvailabilityZones = Endpoint{
		Operation: "ListAvailabilityZones", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/availability-zones",
		Page: Paging{Items: "availability_zones"},
	}

	// ListNatGateways lists NAT gateways.
	ListNatGateways = Endpoint{
		Operation: "ListNatGateways", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/nat-gateways",
		Page: Paging{Items: "nat_gateways", Size: 2000},
	}
	// ListPorts lists network ports.
	ListPorts = Endpoint{
		Operation: "ListPorts", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/ports",
		Page: Paging{Items: "ports", Size: 2000, Marker: "id"},
	}
	// ListDesktopsEips lists elastic IP addresses. The maximum page of this
	// and the next two is undocumented; 100 is that of most lists.
	ListDesktopsEips = Endpoint{
		Operation: "ListDesktopsEips", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/eips",
		Page: Paging{Items: "eips", Total: "total_count", Size: 100},
	}
	// ListSubnetBandwidths lists the bandwidths of Workspace.
	ListSubnetBandwidths = Endpoint{
		Operation: "ListSubnetBandwidths", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/bandwidths",
		Action: "workspace:bandwidth:list",
		Page:   Paging{Items: "bandwidths", Total: "total_count", Size: 100},
	}
	// ShowSubnetBandwidthControlList lists the desktops that a bandwidth is
	// kept from, or reserved for.
	ShowSubnetBandwidthControlList = Endpoint{
		Operation: "ShowSubnetBandwidthControlList", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/bandwidths/{bandwidth_id}/control-list",
		Page: Paging{Items: "control_list", Total: "total_count", Size: 100},
	}
	// ListInternet lists the ways of subnets to the Internet.
	ListInternet = Endpoint{
		Operation: "ListInternet", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/internet",
		Action: "workspace:networks:listNats",
		Needs:  "vpc:subnets:get vpc:vpcs:get nat:snatRules:list nat:natGateways:list",
		Page:   Paging{Items: "internet_infos"},
	}
	// ListSubnets lists the subnets the service can use.
	ListSubnets = Endpoint{
		Operation: "ListSubnets", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/subnets",
		Page: Paging{Items: "subnets"},
	}
	// ShowUsingSubnets lists the ids of the subnets that desktops are in.
	ShowUsingSubnets = Endpoint{
		Operation: "ShowUsingSubnets", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/subnets/using-subnets",
		Page: Paging{Items: "subnet_ids"},
	}
	// ShowAvailableIP counts the free addresses of one subnet.
	ShowAvailableIP = Endpoint{
		Operation: "ShowAvailableIp", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/subnets/{subnet_id}/available-ip",
	}

	// ListPolicyGroup lists policy groups with all their policies. The
	// published table has its row with the path of a single group.
	ListPolicyGroup = Endpoint{
		Operation: "ListPolicyGroup", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/policy-groups",
		Page: Paging{Items: "policy_groups", Total: "total_count", Size: 100, MaxOffset: 1000},
	}
	// ListAccessPolicies lists access policies.
	ListAccessPolicies = Endpoint{
		Operation: "ListAccessPolicies", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/access-policy",
		Page: Paging{Items: "policies", Total: "total", Size: 100, MaxOffset: 99},
	}
	// ListAccessPolicyObjects lists users and groups of an access policy.
	ListAccessPolicyObjects = Endpoint{
		Operation: "ListAccessPolicyObjects", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/access-policy/{access_policy_id}/objects",
		Page: Paging{Items: "policy_objects_list", Total: "total", Size: 2000, MaxOffset: 1999},
	}

	// ListUserEventsLtsConfigurations tells whether user events are logged.
	ListUserEventsLtsConfigurations = Endpoint{
		Operation: "ListUserEventsLtsConfigurations", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/user-events/lts-configurations",
	}
	// ListScreenRecords lists screen recordings. One source has 1000 as the
	// largest page, an older one 100.
	ListScreenRecords = Endpoint{
		Operation: "ListScreenRecords", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/screen-records",
		Page: Paging{Items: "screen_records", Total: "total_count", Size: 100},
	}
	// ListExportTasks lists exports to files.
	ListExportTasks = Endpoint{
		Operation: "ListExportTasks", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/export-tasks",
		Page: Paging{Items: "export_tasks", Total: "count", Size: 100},
	}
)

func catalogueOperations() []Endpoint {
	return []Endpoint{
		ListItaSubJobs,
		ListScheduledTasks,
		ListScheduledTasksRecords,
		ListScripts,
		ListScriptTasks,
		ListScriptRecords,
		ShowDesktopPoolsScriptExecTasks,
		ListDesktopSnapshot,
		ListApps,
		ListJobs,
		ListAppRule,
		ListRestrictedRule,
		ShowRuleRestriction,
		ListImages,
		ListProducts,
		ListVolumeProductInfo,
		ListAvailabilityZones,
		ListNatGateways,
		ListPorts,
		ListDesktopsEips,
		ListSubnetBandwidths,
		ShowSubnetBandwidthControlList,
		ListInternet,
		ListSubnets,
		ShowUsingSubnets,
		ShowAvailableIP,
		ListPolicyGroup,
		ListAccessPolicies,
		ListAccessPolicyObjects,
		ListUserEventsLtsConfigurations,
		ListScreenRecords,
		ListExportTasks,
	}
}
