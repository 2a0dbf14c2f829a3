package daemon

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

var updateMatrix = flag.Bool("update-matrix", false, "write the fault matrix into docs/reliability.md")

// reliability is the document that TestFaultMatrix keeps.
var reliability = filepath.Join("..", "..", "docs", "reliability.md")

const (
	matrixBegin = "<!-- Made by `make reliability`; do not edit from here. -->\n"
	matrixEnd   = "<!-- Edit from here. -->\n"
)

// spoiled is an API whose answers can be spoiled in ways that no single body
// shows.
type spoiled struct {
	sim *simulator.Simulator
	how atomic.Pointer[func(http.ResponseWriter, *http.Request)]
}

func (s *spoiled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if how := s.how.Load(); how != nil {
		(*how)(w, r)
		return
	}
	s.sim.ServeHTTP(w, r)
}

// rows changes the list of every answer that has one.
func (s *spoiled) rows(change func([]any) []any) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		s.sim.ServeHTTP(answer, r)
		var body map[string]any
		if answer.Code == http.StatusOK && json.Unmarshal(answer.Body.Bytes(), &body) == nil {
			for member, value := range body {
				if list, ok := value.([]any); ok {
					body[member] = change(list)
				}
			}
			_ = json.NewEncoder(w).Encode(body)
			return
		}
		w.WriteHeader(answer.Code)
		_, _ = io.Copy(w, answer.Body)
	}
}

// firstPages answers every page with the first one, as a server that knows no
// offset does.
func (s *spoiled) firstPages() func(http.ResponseWriter, *http.Request) {
	var (
		mu    sync.Mutex
		first = map[string]*httptest.ResponseRecorder{}
	)
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		offset := query.Get("offset")
		query.Del("offset")
		key := r.URL.Path + "?" + query.Encode()
		mu.Lock()
		defer mu.Unlock()
		answer, again := first[key], offset != "" && offset != "0"
		if !again || answer == nil {
			answer = httptest.NewRecorder()
			s.sim.ServeHTTP(answer, r)
		}
		if !again {
			first[key] = answer
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
}

// matrixFault is a way in which the API lets us down.
type matrixFault struct {
	name  string
	begin func(*spoiled)
	// pages tells that it shows only where lists have several.
	pages bool
}

const fewDesktops, manyDesktops = 120, 2500

func (f matrixFault) desktops() int {
	if f.pages {
		return manyDesktops
	}
	return fewDesktops
}

func matrixFaults() []matrixFault {
	of := func(f simulator.Fault) func(*spoiled) { return func(s *spoiled) { s.sim.SetFault("", f) } }
	by := func(how func(*spoiled) func(http.ResponseWriter, *http.Request)) func(*spoiled) {
		return func(s *spoiled) { f := how(s); s.how.Store(&f) }
	}
	return []matrixFault{
		{"the key is refused (401)", of(simulator.TokenExpired()), false},
		{"a permission is missing (403)", of(simulator.Forbidden()), false},
		{"the project is not subscribed", of(simulator.Unsubscribed()), false},
		{"throttled (429)", of(simulator.Throttling("")), false},
		{"throttled (429) with Retry-After", of(simulator.Throttling("3")), false},
		{"server error (500)", of(simulator.Failing(500, "WKS.9999")), false},
		{"an error in a good answer (200)", of(simulator.Fault{Status: 200, Code: "WKS.9999", Message: "internal error"}), false},
		{"no answer", of(simulator.Fault{Hang: true}), false},
		{"connections break", of(simulator.Fault{Disconnect: true}), false},
		{"answers are cut off", of(simulator.Fault{Damage: simulator.Truncated}), false},
		{"answers are HTML", of(simulator.Fault{Damage: simulator.HTML}), false},
		{"answers have another shape", of(simulator.Fault{Damage: simulator.WrongShape}), false},
		{"lists have a total and no rows", by(func(s *spoiled) func(http.ResponseWriter, *http.Request) {
			return s.rows(func([]any) []any { return []any{} })
		}), false},
		{"lists lack their last row", by(func(s *spoiled) func(http.ResponseWriter, *http.Request) {
			return s.rows(func(list []any) []any { return list[:max(len(list)-1, 0)] })
		}), false},
		{"each page is the first", by((*spoiled).firstPages), true},
	}
}

// TestFaultMatrix lets each fault of the API begin in each phase, on a world
// that stands still: whatever is served is what was true before, the log says
// it in few lines, and all is well soon after. docs/reliability.md is the
// outcome.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| fault | begins | served after 1 min | after 10 min | counted as | log lines | all is well after |\n|---|---|---|---|---|---|---|\n")
	truth := map[int]map[string]float64{}
	for _, desktops := range []int{fewDesktops, manyDesktops} {
		synctest.Test(t, func(t *testing.T) {
			h, _ := startFrozen(t, desktops)
			advance(6*time.Minute, synctest.Wait)
			truth[desktops] = h.values()
			if len(truth[desktops]) < 100 || h.failing() > 0 {
				t.Fatalf("%d series, %d collectors fail", len(truth[desktops]), h.failing())
			}
		})
	}
	for _, fault := range matrixFaults() {
		for _, phase := range []string{"at the start", "while it runs", "with a reload"} {
			synctest.Test(t, func(t *testing.T) { table.WriteString(endureFault(t, fault, phase, truth[fault.desktops()])) })
		}
	}
	content, err := os.ReadFile(reliability)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), matrixBegin)
	written, after, ok2 := strings.Cut(rest, matrixEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table: %q and %q", reliability, matrixBegin, matrixEnd)
	}
	if *updateMatrix {
		if err := os.WriteFile(reliability, []byte(before+matrixBegin+"\n"+table.String()+"\n"+matrixEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := "\n" + table.String() + "\n"; written != want {
		t.Errorf("docs/reliability.md is not what a run gives, which `make reliability` writes:\n%s", want)
	}
}

// endureFault returns the row of a fault in a phase; want is what is true.
func endureFault(t *testing.T, fault matrixFault, phase string, want map[string]float64) string {
	h, api := startFrozen(t, fault.desktops())
	if phase != "at the start" {
		advance(6*time.Minute, synctest.Wait)
	}
	h.warnings()
	fault.begin(api)
	if phase == "with a reload" {
		h.reloads(strings.Replace(h.config, "max_series: 1000", "max_series: 1001", 1))
	}
	served := func() string {
		values := h.values()
		for name, v := range values {
			if w, ok := want[name]; !ok || w != v {
				t.Errorf("%s, %s: %s is %v, true is %v", fault.name, phase, name, v, w)
			}
		}
		switch len(values) {
		case len(want):
			return "all"
		case 0:
			return "nothing"
		default:
			return "some"
		}
	}
	advance(time.Minute, synctest.Wait)
	first := served()
	advance(9*time.Minute, synctest.Wait)
	row := fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", fault.name, phase, first, served(),
		strings.Join(h.codes(), ", "), atMost(len(h.warnings()), 1, 3, 20, 60))

	h.sim.Repair("")
	api.how.Store(nil)
	for repaired := time.Now(); ; advance(5*time.Second, synctest.Wait) {
		took := time.Since(repaired)
		if failing := h.failing(); failing == 0 && maps.Equal(h.values(), want) {
			return row + fmt.Sprintf(" %s s |\n", atMost(int(took.Seconds()), 30, 60, 120, 300, 600))
		}
		if took > 10*time.Minute {
			t.Errorf("%s, %s: %d collectors still fail, %d series of %d", fault.name, phase, h.failing(), len(h.values()), len(want))
			return row
		}
	}
}

// startFrozen runs the core collectors on a world that stands still.
func startFrozen(t *testing.T, desktops int) (*harness, *spoiled) {
	sim := newSimulator(desktops, func(c *simulator.Config) { c.Projects = c.Projects[:1] })
	sim.Freeze()
	api := &spoiled{sim: sim}
	cfg := strings.Replace(oneProject(core()), "  statistics: {", "  statistics: {max_series: 1000, ", 1)
	return startBeside(t, cfg, sim, map[string]http.Handler{apiHost: api}), api
}

// values are all series that come from the API, but for how long something has
// lasted: that goes on while the world stands still.
func (h *harness) values() map[string]float64 {
	values := map[string]float64{}
	for name, family := range h.scrape().families {
		if !strings.HasPrefix(name, "huaweicloud_workspace_") || strings.HasPrefix(name, "huaweicloud_workspace_exporter_") ||
			name == "huaweicloud_workspace_desktops_registration_overdue" || name == "huaweicloud_workspace_project_info" {
			continue
		}
		for _, m := range family.Metric {
			series := name + fmt.Sprint(m.Label)
			values[series] = m.GetGauge().GetValue() + m.GetCounter().GetValue() + m.GetHistogram().GetSampleSum()
		}
	}
	return values
}

// codes are how the calls so far were counted, but for good ones.
func (h *harness) codes() []string {
	codes := map[string]bool{}
	for _, m := range h.scrape().families["huaweicloud_workspace_exporter_api_requests_total"].GetMetric() {
		for _, p := range m.Label {
			if p.GetName() == "code" && p.GetValue() != "200" && m.GetCounter().GetValue() > 0 {
				codes[p.GetValue()] = true
			}
		}
	}
	if len(codes) == 0 {
		return []string{"200"}
	}
	return slices.Sorted(maps.Keys(codes))
}

// failing is how many collectors do not work.
func (h *harness) failing() (n int) {
	for _, t := range h.daemon.scraper.Status() {
		for _, c := range t.Collectors {
			if !c.Success {
				n++
			}
		}
	}
	return n
}

// atMost is the least of the steps that n is within, so that a table says the
// same after each run.
func atMost(n int, steps ...int) string {
	for _, step := range steps {
		if n <= step {
			return fmt.Sprint("≤ ", step)
		}
	}
	return fmt.Sprint("> ", steps[len(steps)-1])
}
