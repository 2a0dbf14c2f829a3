package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/apiclient/drift"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// comparing is the network with somebody who compares every answer.
type comparing struct {
	http.Handler
	model *drift.Model

	mu    sync.Mutex
	found map[string]bool // differences
	seen  map[string]bool // operations
	comes map[string]bool // members that are read: whether any answer had them
}

func (c *comparing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	c.Handler.ServeHTTP(answer, r)
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
	if answer.Code != http.StatusOK {
		return
	}
	for _, e := range apiclient.Catalogue() {
		if r.Method != e.Method || !matches(e.Path, r.URL.Path) {
			continue
		}
		compared := c.model.Compare(drift.Answer{Endpoint: e, Query: r.URL.Query(), Body: answer.Body.Bytes()})
		c.mu.Lock()
		c.seen[e.Operation] = true
		for _, d := range compared.Differences {
			c.found[e.Operation+" "+d.String()] = true
		}
		for _, place := range compared.Present {
			c.comes[e.Operation+" "+place] = true
		}
		for _, place := range compared.Absent {
			if _, known := c.comes[e.Operation+" "+place]; !known {
				c.comes[e.Operation+" "+place] = false
			}
		}
		c.mu.Unlock()
		return
	}
}

// matches tells whether a path is of a template; the catalogue has no other
// that would match it better in front of it.
func matches(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != have[i] {
			return false
		}
	}
	return true
}

// newComparing stands between a daemon and a simulator.
func newComparing(t *testing.T, sim *simulator.Simulator) *comparing {
	t.Helper()
	model, err := drift.NewModel()
	if err != nil {
		t.Fatal(err)
	}
	return &comparing{Handler: sim, model: model, found: map[string]bool{}, seen: map[string]bool{}, comes: map[string]bool{}}
}

// verdict fails the test if any answer differs: the simulator is faithful to
// the SDK. Members that never come count too.
func (c *comparing) verdict(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for found := range c.found {
		t.Error(found)
	}
	for place, comes := range c.comes {
		if !comes {
			t.Errorf("%s never comes", place)
		}
	}
	for _, e := range apiclient.Catalogue() {
		if !c.seen[e.Operation] {
			t.Errorf("no answer of %s was compared", e.Operation)
		}
	}
}

// rewriting is a server that writes something else into answers.
type rewriting struct {
	http.Handler
	path, old, new string
}

func (d *rewriting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	d.Handler.ServeHTTP(answer, r)
	body := answer.Body.String()
	if strings.HasSuffix(r.URL.Path, d.path) {
		body = strings.ReplaceAll(body, d.old, d.new)
	}
	answer.Header().Del("Content-Length")
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write([]byte(body))
}

// TestDriftIsTold: the metric, the status page and its JSON name what differs
// within a minute, nothing else, and no value.
func TestDriftIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(30)
		h := startVia(t, hqConfig, sim, &rewriting{sim, "/desktops/statistics/run-state", `"active_num":`, `"owner":"zhang.san","active_num":`})
		advance(time.Minute, synctest.Wait)
		s := h.scrape()
		s.expect(1, "exporter_api_drift", "account=prod", "project=hq", "api=ListRunState", "kind=unknown_member")
		if sum, n := s.sum("exporter_api_drift"); n != 1 || sum != 1 {
			t.Errorf("%d series of drift, %v in sum", n, sum)
		}
		_, page := h.page("/")
		_, document := h.page("/api/v1/status")
		for _, want := range []string{"Where the API differs", "<td>owner</td>", "unknown member"} {
			if !strings.Contains(page, want) {
				t.Errorf("the status page lacks %q", want)
			}
		}
		for _, want := range []string{`"api": "ListRunState"`, `"kind": "unknown_member"`, `"place": "owner"`} {
			if !strings.Contains(document, want) {
				t.Errorf("/api/v1/status lacks %s", want)
			}
		}
		h.warnings()
		if strings.Contains(h.all.String(), "zhang") {
			t.Error("a value is shown")
		}
	})
}
