package apiclient

import "net/http"

// Endpoints of usage statistics, users and their events.
var (
	// ListMetrics returns statistics by name, one number each for a range of
	// time. The answer is a bare array.
	ListMetrics = Endpoint{
		Operation: "ListMetrics", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics",
		Action: "workspace:statistics:getMetric",
	}
	// ListMetricsTrend returns the same numbers in buckets of time. The answer
	// is a bare array.
	ListMetricsTrend = Endpoint{
		Operation: "ListMetricsTrend", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics/trend",
		Action: "workspace:statistics:getMetricTrend",
	}
	// ShowGrowthRate returns the change of one statistic since the period before.
	ShowGrowthRate = Endpoint{
		Operation: "ShowGrowthRate", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/growth-rate",
		Action: "workspace:statistics:getGrowthRate",
	}
	// ListUserUsageMetric lists use and logins of each user.
	ListUserUsageMetric = Endpoint{
		Operation: "ListUserUsageMetric", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics/users",
		Action: "workspace:statistics:listUserMetrics",
		Page:   Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListAppUserAccessData lists failed accesses to applications by user.
	ListAppUserAccessData = Endpoint{
		Operation: "ListAppUserAccessData", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics/app-user-access",
		Action: "workspace:statistics:listAppUserAccessData",
		Page:   Paging{Items: "items", Total: "count", Size: 100},
	}
	// ShowUserAccessStages returns the stages of one logon.
	ShowUserAccessStages = Endpoint{
		Operation: "ShowUserAccessStages", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics/access-stages",
		Action: "workspace:statistics:getUserAccessStages",
	}
	// ListMetricNotifyRule lists the rules that watch idle desktops.
	ListMetricNotifyRule = Endpoint{
		Operation: "ListMetricNotifyRule", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/statistics/notify-rules",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListMetricNotifyRecord counts the desktops that a rule matches.
	ListMetricNotifyRecord = Endpoint{
		Operation: "ListMetricNotifyRecord", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/statistics/notification-records",
		Page: Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListUnusedDesktops lists desktops without use in a range of time.
	ListUnusedDesktops = Endpoint{
		Operation: "ListUnusedDesktops", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/desktops/statistics/unused",
		Page: Paging{Items: "unused_desktops", Total: "total_count", Size: 2000, MaxOffset: 2000},
	}
	// ListUsedDesktopInfo lists the hours of use of each desktop. It reads,
	// though it is a POST, and takes its page in the body.
	ListUsedDesktopInfo = Endpoint{
		Operation: "ListUsedDesktopInfo", Method: http.MethodPost, Limit: 100,
		Path: "/v2/{project_id}/desktops/statistics/used",
	}
	// ListUsers lists users. The maximum page is undocumented; 100 is what
	// other clients of the service use.
	ListUsers = Endpoint{
		Operation: "ListUsers", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/users",
		Action: "workspace:users:list",
		Page:   Paging{Items: "users", Total: "total_count", Size: 100},
	}
	// ListOtpDevicesByUserId lists the one-time password devices of one user.
	ListOtpDevicesByUserId = Endpoint{ //nolint:revive // the SDK's name
		Operation: "ListOtpDevicesByUserId", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/users/{user_id}/otp-devices",
		Action: "workspace:users:listOtps",
		Page:   Paging{Items: "otp_devices"},
	}
	// ListUserGroups lists user groups with the number of their users.
	ListUserGroups = Endpoint{
		Operation: "ListUserGroups", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/groups",
		Page: Paging{Items: "user_groups", Total: "total_count", Size: 100},
	}
	// ListUserEvents lists what users did and what became of it.
	ListUserEvents = Endpoint{
		Operation: "ListUserEvents", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/user-events",
		Page: Paging{Items: "items", Total: "count", Size: 1000},
	}
	// ListNotificationRecords lists messages to users that were held back or
	// could not be delivered.
	ListNotificationRecords = Endpoint{
		Operation: "ListNotificationRecords", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/users/notification-records",
		Page: Paging{Items: "notification_records", Total: "total_count", Size: 1000},
	}
)

func catalogueUsage() []Endpoint {
	return []Endpoint{
		ListMetrics,
		ListMetricsTrend,
		ShowGrowthRate,
		ListUserUsageMetric,
		ListAppUserAccessData,
		ShowUserAccessStages,
		ListMetricNotifyRule,
		ListMetricNotifyRecord,
		ListUnusedDesktops,
		ListUsedDesktopInfo,
		ListUsers,
		ListOtpDevicesByUserId,
		ListUserGroups,
		ListUserEvents,
		ListNotificationRecords,
	}
}
