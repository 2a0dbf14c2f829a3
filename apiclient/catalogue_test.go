package apiclient

import (
	"encoding/csv"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	workspace "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2"
)

// limitRow is one row of the published table "Max. User Requests".
type limitRow struct {
	name, method, path string
	limit              int
}

// corrections of rows that carry the method and path of a sibling, by name:
// the table lists each of these paths twice, and the operation pages have the
// ones given here.
var corrections = map[string]limitRow{
	"Listing Policy Groups":                               {method: http.MethodGet, path: "/v2/{project_id}/policy-groups"},
	"Listing Scheduled Tasks":                             {method: http.MethodGet, path: "/v2/{project_id}/scheduled-tasks"},
	"Querying the Auxiliary Authentication Configuration": {method: http.MethodGet, path: "/v2/{project_id}/assist-auth-config/method-config"},
}

// publishedLimits reads the table, corrected, and the names of the rows that
// were.
func publishedLimits(t *testing.T) (rows []limitRow, corrected []string) {
	t.Helper()
	f, err := os.Open("testdata/rate-limits.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"category", "name", "method", "path", "limit_per_minute"}; !slices.Equal(records[0], want) {
		t.Fatalf("columns %v, want %v", records[0], want)
	}
	for _, r := range records[1:] {
		limit, err := strconv.Atoi(r[4])
		if err != nil {
			t.Fatal(err)
		}
		row := limitRow{name: r[1], method: r[2], path: r[3], limit: limit}
		if fix, ok := corrections[row.name]; ok && (fix.method != row.method || fix.path != row.path) {
			row.method, row.path = fix.method, fix.path
			corrected = append(corrected, row.name)
		}
		rows = append(rows, row)
	}
	return rows, corrected
}

func TestPublishedLimits(t *testing.T) {
	t.Parallel()
	rows, corrected := publishedLimits(t)
	slices.Sort(corrected)
	if want := slices.Sorted(maps.Keys(corrections)); !slices.Equal(corrected, want) {
		t.Errorf("corrected rows %q, want %q", corrected, want)
	}
	seen := map[string]string{}
	gets := 0
	for _, r := range rows {
		if r.method == http.MethodGet {
			gets++
		}
		if other, ok := seen[r.method+r.path]; ok {
			t.Errorf("%q and %q are both %s %s", other, r.name, r.method, r.path)
		}
		seen[r.method+r.path] = r.name
	}
	// As published 105 rows are GET; a correction makes one more of a PUT.
	if len(rows) != 266 || gets != 105+1 {
		t.Errorf("%d rows, %d of them GET; want 266 and 106", len(rows), gets)
	}
}

func TestCatalogueKeepsPublishedLimits(t *testing.T) {
	t.Parallel()
	rows, _ := publishedLimits(t)
	for _, e := range Catalogue() {
		i := slices.IndexFunc(rows, func(r limitRow) bool { return r.method == e.Method && r.path == e.Path })
		switch {
		case i < 0 && !e.Assumed:
			t.Errorf("%s: %s %s is not in the published table: correct it or mark its limit as assumed", e.Operation, e.Method, e.Path)
		case i >= 0 && (e.Assumed || rows[i].limit != e.Limit):
			t.Errorf("%s: limit %d (assumed %v), published %d", e.Operation, e.Limit, e.Assumed, rows[i].limit)
		}
	}
}

// The SDK's own request definitions, by operation.
var sdkDefinitions = map[string]func() *def.HttpRequestDef{
	"ListLoginState":           workspace.GenReqDefForListLoginState,
	"ListRunState":             workspace.GenReqDefForListRunState,
	"ListDesktopsStatistics":   workspace.GenReqDefForListDesktopsStatistics,
	"ListInstancesStatus":      workspace.GenReqDefForListInstancesStatus,
	"ListDesktopPools":         workspace.GenReqDefForListDesktopPools,
	"ListDesktops":             workspace.GenReqDefForListDesktops,
	"ListDesktopsDetail":       workspace.GenReqDefForListDesktopsDetail,
	"ListDesktopUsageMetric":   workspace.GenReqDefForListDesktopUsageMetric,
	"ListAlarms":               workspace.GenReqDefForListAlarms,
	"ListAlarmStatistics":      workspace.GenReqDefForListAlarmStatistics,
	"ListHistoryOnlineInfoNew": workspace.GenReqDefForListHistoryOnlineInfoNew,
	"ListLoginRecordsNew":      workspace.GenReqDefForListLoginRecordsNew,
	"ShowQuotas":               workspace.GenReqDefForShowQuotas,
	"ShowQuotaDetails":         workspace.GenReqDefForShowQuotaDetails,
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
			if has := slices.Contains(query, name); has != used {
				t.Errorf("%s: query %s used: %v, in the SDK: %v", e.Operation, name, used, has)
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
// secrets (API sheet, "Calls a read-only tool must not make"), and all that
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
	rows, _ := publishedLimits(t)
	var found []string
	for _, r := range rows {
		if r.method == http.MethodGet && forbidden(r.method, r.path) != "" {
			found = append(found, r.path)
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
