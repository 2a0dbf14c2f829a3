package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func TestMethodIsPartOfTheAPI(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{})
	for _, method := range []string{http.MethodPost, http.MethodHead, http.MethodDelete} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, "/v2/"+simtest.Project+simtest.RunStatePath, nil))
		simtest.Equal(t, method, w.Code, http.StatusNotFound)
	}
}

func TestProjectsBelongToAccounts(t *testing.T) {
	t.Parallel()
	clock := simtest.NewClock()
	s := simulator.New(simulator.Config{
		AccessKeys: map[string]string{"a": "sk", "b": "sk"},
		Projects: []world.Project{
			{ID: "p1", Region: "r1", AccessKeys: []string{"a"}},
			{ID: "p2", Region: "r1", AccessKeys: []string{"a"}},
			{ID: "p3", Region: "r1", AccessKeys: []string{"b"}},
		},
		Now: clock.Now,
	})
	do := func(key, path, header string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		sign(r, key, "sk", clock.Now())
		if header != "" {
			r.Header.Set("X-Project-Id", header)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	simtest.Equal(t, "own project", do("a", "/v2/p1/quotas", "").Code, 200)
	for _, project := range []string{"p3", "nowhere"} {
		w := do("a", "/v2/"+project+"/quotas", "")
		if w.Code != 403 || !strings.Contains(w.Body.String(), `"APIGW.0310"`) {
			t.Errorf("project %s: %d %s", project, w.Code, w.Body)
		}
	}
	simtest.Equal(t, "unsigned project header", do("a", "/v2/p1/quotas", "p1").Code, 401)

	names := func(key, query string) string {
		var list struct{ Projects []struct{ ID, Name string } }
		if err := json.Unmarshal(do(key, "/v3/projects"+query, "").Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range list.Projects {
			out = append(out, p.ID+"="+p.Name)
		}
		return strings.Join(out, " ")
	}
	simtest.Equal(t, "projects of a", names("a", ""), "p1=r1 p2=r1_2")
	simtest.Equal(t, "projects of b", names("b", ""), "p3=r1")
	simtest.Equal(t, "projects of a by name", names("a", "?name=r1"), "p1=r1")
	simtest.Equal(t, "projects of a by another name", names("a", "?name=r2"), "")
	simtest.Equal(t, "second page", names("a", "?page=2&per_page=1"), "p2=r1_2")
	simtest.Equal(t, "unknown parameter", do("a", "/v3/projects?nome=r1", "").Code, 400)
}

func TestDateIsTheSimulatorsTime(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{})
	clock.Advance(42 * time.Minute)
	simtest.Equal(t, "Date", simtest.Call(s, simtest.RunStatePath).Header().Get("Date"), "Wed, 04 Mar 2026 09:42:30 GMT")
}

// More than five failures in a row lock the key for five minutes, also for
// good signatures.
func TestLock(t *testing.T) {
	t.Parallel()
	clock := simtest.NewClock()
	s := simulator.New(simulator.Config{AccessKeys: map[string]string{"ak": "sk", "other": "sk"}, Now: clock.Now})
	status := func(key, secret string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, "/v2/"+simtest.Project+"/desktops/statistics/run-state", nil)
		sign(r, key, secret, clock.Now())
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	expect := func(want int, text, key, secret string) {
		t.Helper()
		if code, body := status(key, secret); code != want || !strings.Contains(body, text) {
			t.Errorf("answer = %d %s, want %d with %q", code, body, want, text)
		}
	}
	for range 5 {
		expect(401, "verify aksk signature fail", "ak", "wrong")
	}
	expect(200, "active_num", "ak", "sk") // a success forgives
	for range 6 {
		expect(401, "verify aksk signature fail", "ak", "wrong")
	}
	expect(401, "AK access failed to reach the limit,forbidden", "ak", "sk")
	expect(200, "active_num", "other", "sk")
	clock.Advance(5*time.Minute - time.Second)
	expect(401, "AK access failed to reach the limit,forbidden", "ak", "sk")
	clock.Advance(time.Second)
	expect(200, "active_num", "ak", "sk")

	expect(401, "Get secretKey failed", "nobody", "sk")
	s.SetKeys(map[string]string{"ak": "new"}, "")
	expect(401, "Get secretKey failed", "other", "sk")
	expect(200, "active_num", "ak", "new")
	s.SetKeys(map[string]string{"ak": "new"}, "token")
	expect(401, "security token", "ak", "new")
}
