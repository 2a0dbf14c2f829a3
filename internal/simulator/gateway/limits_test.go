package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func TestSlidingLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New(simulator.Config{
			AccessKeys: map[string]string{"a": "sk", "b": "sk"},
			Projects: []world.Project{
				{ID: simtest.Project, Region: "r1"},
				{ID: "second", Region: "r1"},
				{ID: "elsewhere", Region: "r2"},
			},
			LimitScale: 0.1, // 20 a minute
		})
		status := func(key, project, path string) int {
			r := httptest.NewRequest(http.MethodGet, "/v2/"+project+path, nil)
			sign(r, key, "sk", time.Now())
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code == http.StatusTooManyRequests &&
				(!strings.Contains(w.Body.String(), `"APIGW.0308"`) || !strings.Contains(w.Body.String(), "policy user over ratelimit,limit:20,time:1 minute")) {
				t.Errorf("429 with %s", w.Body)
			}
			return w.Code
		}
		const run, login = "/desktops/statistics/run-state", "/desktops/statistics/login-state"

		// 15 calls late in one wall clock minute, 5 early in the next.
		time.Sleep(45 * time.Second)
		for range 15 {
			simtest.Equal(t, "status", status("a", simtest.Project, run), 200)
			time.Sleep(time.Second)
		}
		for range 5 {
			simtest.Equal(t, "status", status("a", simtest.Project, run), 200)
			time.Sleep(time.Second)
		}
		simtest.Equal(t, "status of the 21st call within 60 s", status("a", simtest.Project, run), 429)
		simtest.Equal(t, "status in the same region's other project", status("a", "second", run), 429)
		simtest.Equal(t, "status in another region", status("a", "elsewhere", run), 200)
		simtest.Equal(t, "status with another key", status("b", simtest.Project, run), 200)
		simtest.Equal(t, "status of another API", status("a", simtest.Project, login), 200)

		// Refused calls count too: the first call has left the window, yet
		// with the two refused ones and this one it holds 22.
		time.Sleep(40 * time.Second)
		simtest.Equal(t, "status after 60 s", status("a", simtest.Project, run), 429)
		time.Sleep(3 * time.Second)
		simtest.Equal(t, "status when calls have left the window", status("a", simtest.Project, run), 200)

		time.Sleep(time.Hour)
		simtest.Equal(t, "status an hour later", status("a", simtest.Project, run), 200)
		for _, c := range s.Calls() {
			if c.AccessKey == "a" && c.Region == "r1" && c.Operation == "ListRunState" {
				simtest.Equal(t, "busiest", c.Busiest, 22)
				simtest.Equal(t, "last 60 s", c.Last60s, 1)
				simtest.Equal(t, "total", c.Total, 25)
				simtest.Equal(t, "limit", c.Limit, 20)
				return
			}
		}
		t.Error("no calls of ListRunState")
	})
}
