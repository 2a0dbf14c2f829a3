package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

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
			c.comes[e.Operation+" "+place] = c.comes[e.Operation+" "+place]
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
