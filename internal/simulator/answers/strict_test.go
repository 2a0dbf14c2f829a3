package answers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

// Calls that the reference does not allow, or that it does.
func TestStrictness(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{Desktops: 20})
	const (
		records = "/connections/desktops"
		usage   = "/statistics/metrics/desktops?start_time=2026-03-01T00:00:00Z&end_time=2026-03-04T00:00:00Z"
	)
	const notFound, bad = "APIGW.0101", "WKS.0001"
	tests := []struct {
		path string
		code string // "" for a good answer
	}{
		{"/desktop", notFound},
		{"/desktops/", notFound},
		{"/desktops/detail/more", notFound},
		{"/users/u-1/random-password", notFound},

		{"/desktops/statistics/run-state?limit=1", bad},
		{"/desktops/statistics/login-state?x=", bad},
		{"/statistics/alarms?level=1", bad},
		{"/quotas?site_id=s-center", bad},

		{"/statistics", ""},
		{"/statistics?desktop_type=POOLED&desktop_type=DEDICATED&statistics_type=run-state", ""},
		{"/statistics?desktop_type=POOL", bad},
		{"/statistics?desktop_type=POOLED,DEDICATED", bad},
		{"/statistics?statistics_type=run_state", bad},

		{"/desktops", ""},
		{"/desktops?limit=1000&offset=0", ""},
		{"/desktops?limit=1001", bad},
		{"/desktops?limit=0", bad},
		{"/desktops?limit=-1", bad},
		{"/desktops?limit=ten", bad},
		{"/desktops?limit=", bad},
		{"/desktops?limit=1&limit=2", bad},
		{"/desktops?offset=-1", bad},
		{"/desktops?offset=99999999999", bad},
		{"/desktops?desktop_type=DEDICATED,SHARED", ""},
		{"/desktops?desktop_type=POOLED", bad},
		{"/desktops?status=RUNNING", bad},
		{"/desktops?is_share_desktop=yes", bad},
		{"/desktops?Limit=1", bad},
		{"/desktops/detail?limit=500&sort_field=created&sort_type=ASC&desktop_type=POOLED", ""},
		{"/desktops/detail?limit=501", bad},
		{"/desktops/detail?sort_field=name", bad},
		{"/desktops/detail?desktop_type=SHARED", bad},
		{"/desktop-pools?limit=1000&type=DYNAMIC", ""},
		{"/desktop-pools?limit=1001", bad},
		{"/desktop-pools?type=dynamic", bad},

		{"/alarms?level=4&limit=100&offset=0", ""},
		{"/alarms?level=0", bad},
		{"/alarms?level=5", bad},
		{"/alarms?limit=101", bad},
		{"/alarms?status=alarm", bad},

		{records + "?limit=1000", ""},
		{records + "?start_time=2026-03-04T08:00Z&end_time=2026-03-04T09:00Z", ""},
		{records + "?start_time=2026-03-04T08:00Z", bad},
		{records + "?end_time=2026-03-04T08:00Z", bad},
		{records + "?start_time=2026-03-04T08:00:00Z&end_time=2026-03-04T09:00:00Z", bad},
		{records + "?start_time=2026-03-04T09:00Z&end_time=2026-03-04T08:00Z", bad},
		{records + "?limit=1001", bad},
		{records + "?limit=0", bad},
		{"/connections/online-users", bad},
		{"/connections/online-users?query_type=DAY", ""},
		{"/connections/online-users?query_type=HOUR", bad},
		{"/connections/online-users?query_type=WEEK&start_time=2026-03-04T08:00Z&end_time=2026-03-04T09:00Z", ""},
		{"/connections/online-users?start_time=2026-03-04T08:00Z", bad},
		{"/connections/online-users?start_time=2026-03-01T08:00Z&end_time=2026-03-04T09:00Z", ""},
		{"/connections/online-users?start_time=2025-03-01T08:00Z&end_time=2026-03-04T09:00Z", bad},

		{usage, ""},
		{usage + "&limit=100&min_idle_days=7&sort_field=desktop_usage&sort_type=DESC", ""},
		{usage + "&limit=101", bad},
		{usage + "&sort_type=DESC", bad},
		{usage + "&min_idle_days=7&max_idle_days=6", bad},
		{usage + "&usage_min_hours=7&usage_max_hours=6", bad},
		{"/statistics/metrics/desktops", bad},
		{"/statistics/metrics/desktops?start_time=2026-03-01T00:00:00Z", bad},
		{"/statistics/metrics/desktops?start_time=2026-03-01T00:00Z&end_time=2026-03-04T00:00Z", bad},

		{"/quotas/detail", ""},
		{"/quotas/detail?site_id=s-edge1&az_code=" + simtest.Region + "-ies1", ""},
		{"/quotas/detail?site_id=nowhere", bad},
		{"/quotas/detail?az_code=nowhere", bad},
		{"/desktops?limit=%zz", "APIGW.0201"},
	}
	for _, test := range tests {
		w := simtest.Call(s, test.path)
		var body struct {
			Code      string `json:"error_code"`
			Message   string `json:"error_msg"`
			RequestID string `json:"request_id"`
		}
		_ = json.Unmarshal(w.Body.Bytes(), &body)
		want := map[string]int{"": 200, notFound: 404, bad: 400, "APIGW.0201": 400}[test.code]
		if w.Code != want || body.Code != test.code {
			t.Errorf("GET %s: %d %s, want %d %s", test.path, w.Code, w.Body, want, test.code)
		}
		if id := w.Header().Get("X-Request-Id"); len(id) != 32 || strings.HasPrefix(test.code, "APIGW.") && id != body.RequestID {
			t.Errorf("GET %s: X-Request-Id is %q, the body's %q", test.path, id, body.RequestID)
		}
		if test.code != "" && body.Message == "" {
			t.Errorf("GET %s: no error text", test.path)
		}
	}
}
