package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlidingLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{
			AccessKeys: map[string]string{"a": "sk", "b": "sk"},
			Projects: []Project{
				{ID: testProject, Region: "r1"},
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
			is(t, "status", status("a", testProject, run), 200)
			time.Sleep(time.Second)
		}
		for range 5 {
			is(t, "status", status("a", testProject, run), 200)
			time.Sleep(time.Second)
		}
		is(t, "status of the 21st call within 60 s", status("a", testProject, run), 429)
		is(t, "status in the same region's other project", status("a", "second", run), 429)
		is(t, "status in another region", status("a", "elsewhere", run), 200)
		is(t, "status with another key", status("b", testProject, run), 200)
		is(t, "status of another API", status("a", testProject, login), 200)

		// Refused calls count too: the first call has left the window, yet
		// with the two refused ones and this one it holds 22.
		time.Sleep(40 * time.Second)
		is(t, "status after 60 s", status("a", testProject, run), 429)
		time.Sleep(3 * time.Second)
		is(t, "status when calls have left the window", status("a", testProject, run), 200)

		time.Sleep(time.Hour)
		is(t, "status an hour later", status("a", testProject, run), 200)
		for _, c := range s.Calls() {
			if c.AccessKey == "a" && c.Region == "r1" && c.Operation == "ListRunState" {
				is(t, "busiest", c.Busiest, 22)
				is(t, "last 60 s", c.Last60s, 1)
				is(t, "total", c.Total, 25)
				is(t, "limit", c.Limit, 20)
				return
			}
		}
		t.Error("no calls of ListRunState")
	})
}
