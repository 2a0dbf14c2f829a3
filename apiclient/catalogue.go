package apiclient

import (
	"net/http"
	"slices"
)

// The endpoints in use, by the SDK's name of the operation. Limits are those
// of the published table "Max. User Requests" (internal/limits), page
// sizes the documented maxima, IAM actions those confirmed on the operation's
// page. The operations that are GET yet change something or return secrets
// are left out on purpose, and a test keeps them out.
var (
	// ListLoginState counts desktops by login state.
	ListLoginState = Endpoint{
		Operation: "ListLoginState", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktops/statistics/login-state",
		Action: "workspace:statistics:getLoginState",
	}
	// ListRunState counts desktops by run state.
	ListRunState = Endpoint{
		Operation: "ListRunState", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktops/statistics/run-state",
		Action: "workspace:statistics:getRunState",
	}
	// ListDesktopsStatistics counts desktops, also by pool.
	ListDesktopsStatistics = Endpoint{
		Operation: "ListDesktopsStatistics", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics",
		Action: "workspace:statistics:listDesktopStatus",
	}
	// ListInstancesStatus counts desktops by desktop group.
	ListInstancesStatus = Endpoint{
		Operation: "ListInstancesStatus", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/connections/status",
		Action: "workspace:desktops:getConnectStatus",
		Page:   Paging{Items: "statics"}, // so spelled on the wire
	}
	// ListDesktopPools lists the desktop pools.
	ListDesktopPools = Endpoint{
		Operation: "ListDesktopPools", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktop-pools",
		Action: "workspace:desktopPools:list",
		Needs:  "ims:images:list workspace:sites:get",
		Page:   Paging{Items: "desktop_pools", Total: "total_count", Size: 1000},
	}
	// ListDesktops lists the desktops with their states and pool ids.
	ListDesktops = Endpoint{
		Operation: "ListDesktops", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktops",
		Action: "workspace:desktops:list",
		Page:   Paging{Items: "desktops", Total: "total_count", Size: 1000},
	}
	// ListDesktopsDetail lists the desktops with everything about them.
	ListDesktopsDetail = Endpoint{
		Operation: "ListDesktopsDetail", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/desktops/detail",
		Page: Paging{Items: "desktops", Total: "total_count", Size: 500},
	}
	// ListDesktopUsageMetric lists use and idleness of each desktop.
	ListDesktopUsageMetric = Endpoint{
		Operation: "ListDesktopUsageMetric", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/metrics/desktops",
		Action: "workspace:statistics:listDesktopMetrics",
		Page:   Paging{Items: "items", Total: "count", Size: 100},
	}
	// ListAlarms lists alarm records. The maximum page is undocumented; 100
	// is the documented default.
	ListAlarms = Endpoint{
		Operation: "ListAlarms", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/alarms",
		Action: "workspace:statistics:listAlarm",
		Needs:  "ces:alarmHistory:list",
		Page:   Paging{Items: "alarm_histories", Total: "count", Size: 100},
	}
	// ListAlarmStatistics counts alarm records by level.
	ListAlarmStatistics = Endpoint{
		Operation: "ListAlarmStatistics", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/statistics/alarms",
		Action: "workspace:statistics:getAlarm",
		Needs:  "ces:alarmHistory:list",
	}
	// ListHistoryOnlineInfoNew counts login users by hour or day.
	ListHistoryOnlineInfoNew = Endpoint{
		Operation: "ListHistoryOnlineInfoNew", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/connections/online-users",
		Page: Paging{Items: "time_counts"},
	}
	// ListLoginRecordsNew lists login records.
	ListLoginRecordsNew = Endpoint{
		Operation: "ListLoginRecordsNew", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/connections/desktops",
		Action: "workspace:connections:securityList",
		Page:   Paging{Items: "records", Total: "total_count", Size: 1000},
	}
	// ShowQuotas returns the quotas of the main site and the edge sites.
	ShowQuotas = Endpoint{
		Operation: "ShowQuotas", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/quotas",
		Action: "workspace:quotas:get",
	}
	// ShowQuotaDetails returns the quotas of one site.
	ShowQuotaDetails = Endpoint{
		Operation: "ShowQuotaDetails", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/quotas/detail",
	}
)

// Catalogue returns every endpoint of the Workspace API in use.
func Catalogue() []Endpoint {
	return slices.Concat(catalogueCore(), catalogueUsage(), catalogueInventory(), catalogueOperations())
}

func catalogueCore() []Endpoint {
	return []Endpoint{
		ListLoginState,
		ListRunState,
		ListDesktopsStatistics,
		ListInstancesStatus,
		ListDesktopPools,
		ListDesktops,
		ListDesktopsDetail,
		ListDesktopUsageMetric,
		ListAlarms,
		ListAlarmStatistics,
		ListHistoryOnlineInfoNew,
		ListLoginRecordsNew,
		ShowQuotas,
		ShowQuotaDetails,
	}
}
