package apiclient

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	workspace "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2"

	"github.com/workspace-exporter/workspace_exporter/internal/limits"
)

func TestCatalogueKeepsPublishedLimits(t *testing.T) {
	t.Parallel()
	rows, err := limits.Table()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range Catalogue() {
		i := slices.IndexFunc(rows, func(r limits.Row) bool { return r.Method == e.Method && r.Path == e.Path })
		switch {
		case i < 0 && !e.Assumed:
			t.Errorf("%s: %s %s is not in the published table: correct it or mark its limit as assumed", e.Operation, e.Method, e.Path)
		case i >= 0 && (e.Assumed || rows[i].PerMinute != e.Limit):
			t.Errorf("%s: limit %d (assumed %v), published %d", e.Operation, e.Limit, e.Assumed, rows[i].PerMinute)
		}
	}
}

// The SDK's own request definitions, by operation.
var sdkDefinitions = map[string]func() *def.HttpRequestDef{
	"ListLoginState":                     workspace.GenReqDefForListLoginState,
	"ListRunState":                       workspace.GenReqDefForListRunState,
	"ListDesktopsStatistics":             workspace.GenReqDefForListDesktopsStatistics,
	"ListInstancesStatus":                workspace.GenReqDefForListInstancesStatus,
	"ListDesktopPools":                   workspace.GenReqDefForListDesktopPools,
	"ListDesktops":                       workspace.GenReqDefForListDesktops,
	"ListDesktopsDetail":                 workspace.GenReqDefForListDesktopsDetail,
	"ListDesktopUsageMetric":             workspace.GenReqDefForListDesktopUsageMetric,
	"ListAlarms":                         workspace.GenReqDefForListAlarms,
	"ListAlarmStatistics":                workspace.GenReqDefForListAlarmStatistics,
	"ListHistoryOnlineInfoNew":           workspace.GenReqDefForListHistoryOnlineInfoNew,
	"ListLoginRecordsNew":                workspace.GenReqDefForListLoginRecordsNew,
	"ShowQuotas":                         workspace.GenReqDefForShowQuotas,
	"ShowQuotaDetails":                   workspace.GenReqDefForShowQuotaDetails,
	"ListMetrics":                        workspace.GenReqDefForListMetrics,
	"ListMetricsTrend":                   workspace.GenReqDefForListMetricsTrend,
	"ShowGrowthRate":                     workspace.GenReqDefForShowGrowthRate,
	"ListUserUsageMetric":                workspace.GenReqDefForListUserUsageMetric,
	"ListAppUserAccessData":              workspace.GenReqDefForListAppUserAccessData,
	"ShowUserAccessStages":               workspace.GenReqDefForShowUserAccessStages,
	"ListMetricNotifyRule":               workspace.GenReqDefForListMetricNotifyRule,
	"ListMetricNotifyRecord":             workspace.GenReqDefForListMetricNotifyRecord,
	"ListUnusedDesktops":                 workspace.GenReqDefForListUnusedDesktops,
	"ListUsedDesktopInfo":                workspace.GenReqDefForListUsedDesktopInfo,
	"ListUsers":                          workspace.GenReqDefForListUsers,
	"ListOtpDevicesByUserId":             workspace.GenReqDefForListOtpDevicesByUserId,
	"ListUserGroups":                     workspace.GenReqDefForListUserGroups,
	"ListUserEvents":                     workspace.GenReqDefForListUserEvents,
	"ListNotificationRecords":            workspace.GenReqDefForListNotificationRecords,
	"ShowDesktopMonitorData":             workspace.GenReqDefForShowDesktopMonitorData,
	"ListAgentsInstallCondition":         workspace.GenReqDefForListAgentsInstallCondition,
	"ShowDesktopPoolDetail":              workspace.GenReqDefForShowDesktopPoolDetail,
	"ListInconsistentStatics":            workspace.GenReqDefForListInconsistentStatics,
	"ListDesktopPoolAuthorizedObjects":   workspace.GenReqDefForListDesktopPoolAuthorizedObjects,
	"ListWorkspaces":                     workspace.GenReqDefForListWorkspaces,
	"ShowWorkspaceLock":                  workspace.GenReqDefForShowWorkspaceLock,
	"ListSiteConfigs":                    workspace.GenReqDefForListSiteConfigs,
	"ListWksEdgeSites":                   workspace.GenReqDefForListWksEdgeSites,
	"ListAccessAddressBackupConfig":      workspace.GenReqDefForListAccessAddressBackupConfig,
	"ListNatMappingConfigs":              workspace.GenReqDefForListNatMappingConfigs,
	"ListTenantConfigs":                  workspace.GenReqDefForListTenantConfigs,
	"ListTenantProfiles":                 workspace.GenReqDefForListTenantProfiles,
	"ListTerminalsBindingDesktopsConfig": workspace.GenReqDefForListTerminalsBindingDesktopsConfig,
	"ListTerminalsBindingDesktops":       workspace.GenReqDefForListTerminalsBindingDesktops,
	"ListDesktopNamePolicy":              workspace.GenReqDefForListDesktopNamePolicy,
	"ShowHibernateType":                  workspace.GenReqDefForShowHibernateType,
	"ListCerts":                          workspace.GenReqDefForListCerts,
	"ShowDomainsNew":                     workspace.GenReqDefForShowDomainsNew,
	"ListHostsDetail":                    workspace.GenReqDefForListHostsDetail,
	"ListAgencies":                       workspace.GenReqDefForListAgencies,
	"ListItaSubJobs":                     workspace.GenReqDefForListItaSubJobs,
	"ListScheduledTasks":                 workspace.GenReqDefForListScheduledTasks,
	"ListScheduledTasksRecords":          workspace.GenReqDefForListScheduledTasksRecords,
	"ListScripts":                        workspace.GenReqDefForListScripts,
	"ListScriptTasks":                    workspace.GenReqDefForListScriptTasks,
	"ListScriptRecords":                  workspace.GenReqDefForListScriptRecords,
	"ShowDesktopPoolsScriptExecTasks":    workspace.GenReqDefForShowDesktopPoolsScriptExecTasks,
	"ListDesktopSnapshot":                workspace.GenReqDefForListDesktopSnapshot,
	"ListApps":                           workspace.GenReqDefForListApps,
	"ListJobs":                           workspace.GenReqDefForListJobs,
	"ListAppRule":                        workspace.GenReqDefForListAppRule,
	"ListRestrictedRule":                 workspace.GenReqDefForListRestrictedRule,
	"ShowRuleRestriction":                workspace.GenReqDefForShowRuleRestriction,
	"ListImages":                         workspace.GenReqDefForListImages,
	"ListProducts":                       workspace.GenReqDefForListProducts,
	"ListVolumeProductInfo":              workspace.GenReqDefForListVolumeProductInfo,
	"ListAvailabilityZones":              workspace.GenReqDefForListAvailabilityZones,
	"ListNatGateways":                    workspace.GenReqDefForListNatGateways,
	"ListPorts":                          workspace.GenReqDefForListPorts,
	"ListDesktopsEips":                   workspace.GenReqDefForListDesktopsEips,
	"ListSubnetBandwidths":               workspace.GenReqDefForListSubnetBandwidths,
	"ShowSubnetBandwidthControlList":     workspace.GenReqDefForShowSubnetBandwidthControlList,
	"ListInternet":                       workspace.GenReqDefForListInternet,
	"ListSubnets":                        workspace.GenReqDefForListSubnets,
	"ShowUsingSubnets":                   workspace.GenReqDefForShowUsingSubnets,
	"ShowAvailableIp":                    workspace.GenReqDefForShowAvailableIp,
	"ListPolicyGroup":                    workspace.GenReqDefForListPolicyGroup,
	"ListAccessPolicies":                 workspace.GenReqDefForListAccessPolicies,
	"ListAccessPolicyObjects":            workspace.GenReqDefForListAccessPolicyObjects,
	"ListUserEventsLtsConfigurations":    workspace.GenReqDefForListUserEventsLtsConfigurations,
	"ListScreenRecords":                  workspace.GenReqDefForListScreenRecords,
	"ListExportTasks":                    workspace.GenReqDefForListExportTasks,
}

func TestCatalogueAgreesWithSDK(t *testing.T) {
	t.Parallel()
	for _, e := range Catalogue() {
		define := sdkDefinitions[e.Operation]
		if define == nil {
			t.Errorf("%s: add the SDK's definition to this test", e.Operation)
			continue
		}
		sdk := define()
		if sdk.Method != e.Method || sdk.Path != e.Path {
			t.Errorf("%s: %s %s, SDK %s %s", e.Operation, e.Method, e.Path, sdk.Method, sdk.Path)
		}
		var query []string
		for _, field := range sdk.RequestFields {
			if field.LocationType == def.Query {
				query = append(query, field.JsonTag)
			}
		}
		for name, used := range map[string]bool{
			"limit":  e.Page.Size > 0,
			"offset": e.Page.Size > 0 && e.Page.Marker == "",
			"marker": e.Page.Marker != "",
		} {
			// Both ways: a list the SDK can page must not be read as one answer.
			// A marker is not needed where an offset is the alternative.
			alternative := name == "marker" && slices.Contains(query, "offset")
			if declared := slices.Contains(query, name); declared != used && !alternative {
				t.Errorf("%s: query %s used: %v, in the SDK: %v", e.Operation, name, used, declared)
			}
		}
		checkPageMembers(t, e, sdk)
	}
}

// checkPageMembers holds the names of the array and the total against the
// SDK's model of the answer.
func checkPageMembers(t *testing.T, e Endpoint, sdk *def.HttpRequestDef) {
	t.Helper()
	members := map[string]reflect.Kind{}
	answer := reflect.TypeOf(sdk.Response).Elem()
	for i := range answer.NumField() {
		field := answer.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		kind := field.Type.Kind()
		if kind == reflect.Pointer {
			kind = field.Type.Elem().Kind()
		}
		members[name] = kind
	}
	if e.Page.Items != "" && members[e.Page.Items] != reflect.Slice {
		t.Errorf("%s: the SDK has no array %s", e.Operation, e.Page.Items)
	}
	if e.Page.Total != "" && members[e.Page.Total] != reflect.Int32 {
		t.Errorf("%s: the SDK has no number %s", e.Operation, e.Page.Total)
	}
}

func TestCatalogueRows(t *testing.T) {
	t.Parallel()
	operations, paths := map[string]bool{}, map[string]bool{}
	for _, e := range Catalogue() {
		if operations[e.Operation] || paths[e.Method+e.Path] {
			t.Errorf("%s is there twice", e.Operation)
		}
		operations[e.Operation], paths[e.Method+e.Path] = true, true
		if e.Limit <= 0 || e.Page.Size < 0 || e.Page.Items == "" && e.Page != (Paging{}) || e.Page.Total != "" && e.Page.Size == 0 {
			t.Errorf("%s: row is not consistent: %+v", e.Operation, e)
		}
	}
}

// Operations that are GET and yet change something, cost something or return
// secrets (API reference), and all that
// is neither GET nor the one POST that reads.
var forbiddenOperations = []struct{ why, method, path string }{
	{"resets a password", "", `/users/\{[^/]*\}/random-password$`},
	{"starts a synchronisation", "", `/domains/sync-external-user$`},
	{"creates an export task or downloads a file", "", `/export$`},
	{"issues console access", "", `/remote-consoles$`},
	{"returns a password", "", `/remote-assistance$`},
	{"returns secrets", "", `/(assist-)?auth-config/method-config$`},
	{"changes something", `^(PUT|PATCH|DELETE|POST)$`, ``},
}

func forbidden(method, path string) string {
	if method == http.MethodPost && path == "/v2/{project_id}/desktops/statistics/used" {
		return ""
	}
	for _, f := range forbiddenOperations {
		if regexp.MustCompile(f.method).MatchString(method) && regexp.MustCompile(f.path).MatchString(path) {
			return f.why
		}
	}
	return ""
}

func TestCatalogueHasNoForbiddenOperation(t *testing.T) {
	t.Parallel()
	for _, e := range Catalogue() {
		if why := forbidden(e.Method, e.Path); why != "" {
			t.Errorf("%s must not be called: it %s", e.Operation, why)
		}
	}
	// The patterns find what they are for in the published table.
	rows, err := limits.Table()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, r := range rows {
		if r.Method == http.MethodGet && forbidden(r.Method, r.Path) != "" {
			found = append(found, r.Path)
		}
	}
	slices.Sort(found)
	want := []string{
		"/v2/{project_id}/assist-auth-config/method-config",
		"/v2/{project_id}/auth-config/method-config",
		"/v2/{project_id}/connections/desktops/export",
		"/v2/{project_id}/desktops/{desktop_id}/remote-assistance",
		"/v2/{project_id}/desktops/{desktop_id}/remote-consoles",
		"/v2/{project_id}/users/{user_id}/random-password",
	}
	if !slices.Equal(found, want) {
		t.Errorf("forbidden GET operations %v, want %v", found, want)
	}
}
