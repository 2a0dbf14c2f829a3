package simulator

import (
	"math"
	"time"
)

// jobTypes are the documented types of jobs.
var jobTypes = []string{
	"createDesktops", "applyWorkspace", "cancelWorkspace", "expandVolumes", "addVolumes", "rebuildDesktops", "createSnapshot",
	"deleteSnapshot", "deleteDesktops", "desktopRejoinDomain", "operateDesktops", "restoreDesktopBySnapshot", "desktopToImage",
	"attachDesktops", "deleteVolumes", "createWksSnapshot", "deleteWksSnapshot", "createDesktopPool", "expandDesktopPool",
	"deleteDesktopPoolVolumes", "rebuildDesktopPool", "addDesktopPoolVolumes", "detachDesktops", "attachDesktopPool",
	"batchDetachDesktops", "executeDesktopsAction", "changeDesktopNetwork", "batchChangeDesktopNetwork",
}

// wholeMinute is the format of times of script executions.
const wholeMinute = "2006-01-02T15:04:00Z"

func operationsAnswers() map[string]answer {
	appPaging := paging(100, anyOffset)
	return map[string]answer{
		"ListItaSubJobs": {
			params: params(one("status", "SUCCESS", "RUNNING", "FAILED", "WAITING"), one("job_type", jobTypes...),
				text("job_id", "desktop_pool_id"), paging(1000, anyOffset)),
			reply: jobList,
		},

		// Scheduled tasks and scripts.
		"ListScheduledTasks": {
			params: params(text("task_name"), required(paging(50, anyOffset)),
				one("task_type", "START", "STOP", "REBOOT", "HIBERNATE", "REBUILD", "EXECUTE_SCRIPT", "CREATE_SNAPSHOT"),
				one("scheduled_type", "FIXED_TIME", "DAY", "WEEK", "MONTH", lifeCycle),
				one("life_cycle_type", "POST_CREATE_DESKTOP_SUCCESS", "POST_REBUILD_DESKTOP_SUCCESS", "POST_REATTACH_DESKTOP_SUCCESS", "POST_DESKTOP_DISCONNECTED"),
				one("last_status", "SUCCESS", "SKIP", "FAIL")),
			reply: scheduledTaskList,
		},
		"ListScheduledTasksRecords": {params: paging(100, anyOffset), reply: scheduledTaskRecords},
		"ListScripts":               {params: params(text("id", "name"), one("type", "POWERSHELL", "BAT", "SHELL"), paging(100, anyOffset)), reply: scriptList},
		"ListScriptTasks": {
			params: params(many(text("resource_group_id", "task_id")), text("script_id", "script_name", "resource_group_type"),
				one("status", "FINISH", "FAILED", "RUNNING", "INIT"), one("task_type", "SCRIPT", "COMMAND"),
				moment(wholeMinute, "execute_time_start", "execute_time_end"), paging(100, anyOffset)),
			reply: scriptTaskList,
		},
		"ListScriptRecords": {
			params: params(many(text("resource_id", "script_id", "script_name")), text("resource_group_id", "script_task_id"),
				one("task_type", "SCRIPT", "COMMAND"), flag("is_first_order", "show_history"),
				moment(wholeMinute, "execute_time_start", "execute_time_end"), paging(100, anyOffset)),
			reply: scriptRecordList,
		},
		"ShowDesktopPoolsScriptExecTasks": {
			params: params(many(text("task_id")), text("desktop_pool_id", "script_id", "script_name"),
				one("status", "SUCCESS", "FAILED", "RUNNING", "WAITING"), one("task_type", "SCRIPT", "COMMAND"),
				moment(wholeMinute, "execute_time_start", "execute_time_end"), paging(100, anyOffset)),
			reply: poolScriptTaskList,
		},

		"ListDesktopSnapshot": {
			params: params(many(text("desktop_ids", "desktop_names", "snapshot_names")), text("desktop_id", "desktop_name", "snapshot_name"),
				one("disk_type", "SYSTEM_DISK", "DATA_DISKS", "ALL"), one("create_type", "AUTO", "MANUALLY"),
				one("status", "creating", "restoring", "create_success", "create_failed", "restore_success", "restore_failed"),
				one("sort_field", "create_time", "snapshot_name"), one("sort_type", "ASC", "DESC"), paging(1000, anyOffset)),
			reply: snapshotList,
		},

		// Application centre.
		"ListApps":            {params: params(text("name"), appPaging), reply: appList},
		"ListJobs":            {params: params(text("instance_id", "app_id", "target"), one("job_status", "INIT", "WAITING", "SUCCESS", "FAIL"), appPaging), reply: appJobList},
		"ListAppRule":         {params: params(text("name"), appPaging), reply: appRuleList(5)},
		"ListRestrictedRule":  {params: params(text("name"), appPaging), reply: appRuleList(2)},
		"ShowRuleRestriction": {reply: ruleRestriction},

		// What desktops are made of.
		"ListImages": {
			params: params(text("os_type", "platform", "architecture", "package_type", "image_id"), one("image_type", "gold", "private"),
				one("sort_field", "name", "created_at"), one("sort_type", "asc", "desc"), paging(100, anyOffset)),
			reply: imageList,
		},
		"ListProducts": {
			params: params(text("product_id", "availability_zone", "package_type"), one("os_type", "Windows", "Linux"), one("charge_mode", "0", "1"),
				one("architecture", "arm", "x86"), paging(100, anyOffset)),
			reply: productList,
		},
		"ListVolumeProductInfo": {params: params(text("availability_zone"), anyOf("volume_type", "SATA", "SAS", "SSD")), reply: volumeProductList},
		"ListAvailabilityZones": {reply: zoneList},

		// Network.
		"ListNatGateways": {
			params: params(text("id", "enterprise_project_id", "description", "created_at", "name", "router_id"),
				many(one("status", "ACTIVE", "PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE", "INACTIVE")), many(one("spec", "1", "2", "3", "4")),
				paging(2000, anyOffset)),
			reply: natGatewayList,
		},
		"ListPorts": {params: params(text("marker", "ip_address", "subnet_id"), flag("is_used"), number(1, 2000, "limit")), reply: portList},
		"ListDesktopsEips": {
			params: params(text("enterprise_project_id", "desktop_id", "desktop_name", "user_name", "address"), one("state", "bind", "unbind"),
				paging(100, anyOffset)),
			reply: eipList,
		},
		"ListSubnetBandwidths": {
			params: params(text("enterprise_project_id", "vpc_id", "subnet_id", "bandwidth_id", "bandwidth_name"), paging(100, anyOffset)),
			reply:  bandwidthList,
		},
		"ShowSubnetBandwidthControlList": {
			params: params(text("desktop_id", "desktop_name", "user_name"), one("control_mode", "BLACK", "WHITE"), paging(100, anyOffset)),
			reply:  bandwidthControlList,
		},
		"ListInternet":     {params: text("enterprise_project_id", "nat_name", "eip"), reply: internetList},
		"ListSubnets":      {params: text("vpc_id", "availability_zone_id"), reply: subnetList},
		"ShowUsingSubnets": {params: text("subnet_ids"), reply: usingSubnets},
		"ShowAvailableIp":  {reply: availableIP},

		// Policies, and what is recorded of users.
		"ListPolicyGroup": {
			params: params(text("policy_group_id", "policy_group_name", "update_time", "description"), number(0, math.MaxInt32, "priority"),
				flag("is_group_name_accurate"), paging(100, 1000)),
			reply: policyGroupList,
		},
		"ListAccessPolicies":              {params: params(one("access_control_type", "ACCESS_TYPE", "IP_WHITE_LIST"), paging(100, 99)), reply: accessPolicyList},
		"ListAccessPolicyObjects":         {params: paging(2000, 1999), reply: accessPolicyObjects},
		"ListUserEventsLtsConfigurations": {reply: userEventsLog},
		"ListScreenRecords": {
			params: params(text("desktop_id", "username"), one("status", "RECORDING", "REC_COMPLETED", "UPLOADING", "UPLOAD_COMPLETED"),
				one("type", "FULL", "INTERVAL", "OPERATION", "SESSION"), moment(time.DateTime, "start_time", "end_time"),
				one("sort_field", "start_time"), one("sort_type", "asc", "desc"), paging(100, anyOffset)),
			reply: screenRecordList,
		},
		"ListExportTasks": {
			params: params(text("file_name", "task_id"), one("status", "CREATING", "SUCCESS", "FAIL", "EXPIRED"), flag("is_download"),
				one("sort_field", "create_time"), one("sort_type", "ASC", "DESC"), paging(100, anyOffset)),
			reply: exportTaskList,
		},
	}
}
