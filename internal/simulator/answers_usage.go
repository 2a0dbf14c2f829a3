package simulator

import "math"

func usageAnswers() map[string]answer {
	dimensions := text("dim", "dim.0", "dim.1", "dim.2")
	return map[string]answer{
		// Statistics by name.
		"ListMetrics": {
			params: params(dimensions, required(moment(secondFormat, "start_time", "end_time")), required(many(text("metric_names"))), one("period", "DAY", "HOUR")),
			reply:  statisticValues,
		},
		"ListMetricsTrend": {
			params: params(dimensions, required(moment(secondFormat, "start_time", "end_time")), required(many(text("metric_names"))), one("period", "MIN", "5MIN", "HOUR", "DAY")),
			reply:  statisticTrend,
		},
		"ShowGrowthRate": {
			params: params(dimensions, required(text("metric_name")), one("grow_period", "DAY", "MONTH")),
			reply:  statisticGrowth,
		},

		// Use of desktops and applications.
		"ListUserUsageMetric": {
			params: params(
				required(moment(secondFormat, "start_time", "end_time")),
				text("username", "enterprise_project_id", "domain"),
				number(0, math.MaxInt32, "usage_min_hours", "usage_max_hours"),
				one("sort_field", "user_usage"), one("sort_type", "ASC", "DESC"),
				paging(100, anyOffset)),
			reply: userUsage,
		},
		"ListAppUserAccessData": {
			params: params(
				required(moment(secondFormat, "start_time", "end_time")), text("username"),
				one("sort_field", "access_failed_count", "last_access_failed_time"), one("sort_type", "ASC", "DESC"),
				paging(100, anyOffset)),
			reply: appAccess,
		},
		"ListUnusedDesktops": {
			params: params(moment(milliFormat, "start_time", "end_time"), paging(2000, 2000)),
			reply:  unusedDesktops,
		},
		"ListUsedDesktopInfo": {reply: usedDesktops},

		// Stages of logons.
		"ShowUserAccessStages": {params: required(text("transaction_id")), reply: accessStages},

		// Notification rules.
		"ListMetricNotifyRule":   {params: params(text("metric_name", "rule_id"), paging(100, anyOffset)), reply: notifyRules},
		"ListMetricNotifyRecord": {params: params(text("metric_name", "rule_id"), paging(100, anyOffset)), reply: notifyRecords},

		// Users.
		"ListUsers": {
			params: params(
				text("user_name", "description", "group_name", "enterprise_project_id", "domain"), many(text("user_names")),
				one("active_type", "USER_ACTIVATE", "ADMIN_ACTIVATE"), one("platform_type", "AD", "LOCAL", "UOS"),
				flag("share_space_subscription", "share_space_desktops", "is_query_total_desktops", "disabled"),
				paging(100, anyOffset)),
			reply: userList,
		},
		"ListOtpDevicesByUserId": {reply: otpDevices},
		"ListUserGroups": {
			params: params(text("keyword", "domain"), many(one("platform_type", "AD", "LOCAL", "UOS")), paging(100, anyOffset)),
			reply:  groupList,
		},
		"ListUserEvents": {
			params: params(
				required(moment(secondFormat, "start_time", "end_time")),
				text("username", "event_type", "resource_id", "resource_name", "domain"), paging(1000, anyOffset)),
			reply: userEvents,
		},
		"ListNotificationRecords": {
			params: params(
				required(one("query_type", "DESKTOP", "DESKTOP_POOL")),
				text("desktop_name", "desktop_pool_name", "user_name"),
				one("type", "EMAIL", "SMS"), one("sort_field", "operate_time"), one("sort_type", "ASC", "DESC"),
				paging(1000, anyOffset)),
			reply: notificationRecords,
		},
	}
}
