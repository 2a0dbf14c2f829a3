package daemon

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

const apiHost = "workspace.ap-southeast-3.myhuaweicloud.com"

// misplaced lets good answers of the API come in the wrong place: as the body of
// an error, behind a byte order mark, in the text of a proxy.
type misplaced struct {
	sim *simulator.Simulator
	how atomic.Pointer[func(http.ResponseWriter, *httptest.ResponseRecorder)]

	mu   sync.Mutex
	seen map[string]map[string]bool // private members of good answers, and their values
}

// privateMember are those that name a person or what one sits at.
var privateMember = regexp.MustCompile(`"(user_name|user_email|user_phone|terminal_ip|terminal_mac|terminal_name|mac|attach_user|OS-EXT-IPS-MAC:mac_addr|computer_name)":"([^"]{4,})"`)

func (m *misplaced) note(body string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, found := range privateMember.FindAllStringSubmatch(body, -1) {
		if m.seen[found[1]] == nil {
			m.seen[found[1]] = map[string]bool{}
		}
		m.seen[found[1]][found[2]] = true
	}
}

// private lists everything of everybody, names of desktops apart, which
// per_desktop shows; first is one of each kind.
func (m *misplaced) private(t *testing.T) (first, all, desktops []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, member := range slices.Sorted(maps.Keys(m.seen)) {
		values := slices.Sorted(maps.Keys(m.seen[member]))
		first = append(first, values[0])
		if member == "computer_name" {
			desktops = values
			continue
		}
		all = append(all, values...)
	}
	if users := len(m.seen["user_name"]); users < 20 || len(all) < 3*users || len(first) < 6 {
		t.Fatalf("only %d things of %d users to look for: %v", len(all), users, first)
	}
	return first, all, desktops
}

func (m *misplaced) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	m.sim.ServeHTTP(answer, r)
	if how := m.how.Load(); how != nil && answer.Code == http.StatusOK {
		(*how)(w, answer)
		return
	}
	m.note(answer.Body.String())
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// manifest is everything() with a setting that a reload can change: all
// collectors poll at once then.
func manifest(maxSeries int) string {
	return testConfig + Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		settings = append(c.Switches(), fmt.Sprint("max_series: ", maxSeries))
		if c.Name == "statistics_metrics" {
			settings = append(settings, "metric_names: [user_login_count]")
		}
		return true, settings
	})
}

// page gets the metrics in a format.
func (h *harness) metricsAs(accept string) string {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.daemon.Handler().ServeHTTP(w, r)
	return w.Body.String()
}

// TestNobodyIsNamed runs every collector through every fault on a fleet whose
// people and machines are known, and looks for them in all that comes out: the
// metrics in each format, the log at level debug, the status in both forms, the
// alerts and the saved state.
func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hashed", "omitted"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			with := func(maxSeries int) string {
				return oneProject(manifest(maxSeries)) + "state: {path: " + dir + "}\nprivacy: {user_names: " + mode + "}\nalertmanagers: [{url: \"http://am1:9093\"}]\n"
			}
			synctest.Test(t, func(t *testing.T) { nobodyIsNamed(t, with, dir) })
		})
	}
}

func nobodyIsNamed(t *testing.T, with func(int) string, dir string) {
	sim := newSimulator(40, func(c *simulator.Config) { c.Projects = c.Projects[:1] })
	api, am := &misplaced{sim: sim, seen: map[string]map[string]bool{}}, newAlertmanager(t)
	h := startBeside(t, with(100_000), sim, map[string]http.Handler{apiHost: api, "am1:9093": am})
	advance(6*time.Minute, synctest.Wait)
	some, private, desktops := api.private(t)
	said := "for " + strings.Join(some, ", ") + ": zoe.quill@example.com +86 138 0013 8000 from 192.168.7.77, FA:16:3E:0A:0B:0C, fe80::abcd:1"
	private = append(private, "zoe.quill", "138 0013 8000", "192.168.7.77", "3E:0A:0B", "fe80::abcd")
	answering := func(status int, code string) simulator.Fault {
		return simulator.Fault{Status: status, Code: code, Message: said}
	}
	faults := map[string]simulator.Fault{
		"500": answering(500, "WKS.1"), "400": answering(400, "WKS.2"), "404": answering(404, "APIGW.0101"),
		"409": answering(409, said), "403": answering(403, "WKS.00000403"), "unsubscribed": answering(403, "WKS.00010099"),
		"200 with an error": answering(200, "WKS.3"), "401": answering(401, "APIGW.0301"),
		"429":       {Status: 429, Code: "APIGW.0308", Message: said, RetryAfter: "2"},
		"truncated": {Damage: simulator.Truncated}, "wrong shape": {Damage: simulator.WrongShape},
		"html": {Damage: simulator.HTML}, "html 502": {Damage: simulator.HTML, Status: 502},
		"slow": {Latency: 3 * time.Second}, "hang": {Hang: true}, "disconnect": {Disconnect: true},
	}
	write := func(status int, before, after string) func(http.ResponseWriter, *httptest.ResponseRecorder) {
		return func(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
			w.WriteHeader(status)
			fmt.Fprint(w, before, answer.Body.String(), after)
		}
	}
	wrong := map[string]func(http.ResponseWriter, *httptest.ResponseRecorder){
		"body as an error": write(500, "", ""), "byte order mark": write(200, "\uFEFF", ""),
		"body in text": write(502, "upstream said ", ""), "text behind": write(200, "", " "+said),
		"text": func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { fmt.Fprint(w, said) },
		"html": func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			fmt.Fprintf(w, "<html><title>%s</title>", said)
		},
	}
	n, logged := 100_000, 0
	during := func(name string) {
		n++
		h.reloads(with(n))
		advance(70*time.Second, synctest.Wait)
		for from, shown := range map[string]string{
			"text": h.metricsAs("text/plain"), "OpenMetrics": h.metricsAs("application/openmetrics-text; version=1.0.0"),
			"protobuf":    h.metricsAs("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"),
			"status page": pageOf(h, "/"), "status": pageOf(h, "/api/v1/status"), "log": h.log.Take(),
		} {
			if from == "log" {
				logged += len(shown) // a kind of failure is logged once
			} else if len(shown) < 100 {
				t.Errorf("%s: %s has only %d bytes", name, from, len(shown))
			}
			hidden := private
			if from == "log" || strings.HasPrefix(from, "status") {
				hidden = append(slices.Clone(private), desktops...)
			}
			lookFor(t, name+", "+from, shown, hidden)
		}
	}
	for name, fault := range faults {
		sim.SetFault("", fault)
		during(name)
		sim.Repair("")
		if name == "401" {
			advance(time.Minute, synctest.Wait) // the key is tried again
		}
	}
	for name, how := range wrong {
		api.how.Store(&how)
		during(name)
		api.how.Store(nil)
	}
	h.reloads(with(n + 1))
	advance(5*time.Minute, synctest.Wait)
	h.stop()
	lookFor(t, "log at the end", h.log.Take(), private)
	lookFor(t, "alerts", am.bodies.String(), private)
	lookFor(t, "state", savedResults(t, dir), private)
	if am.bodies.Len() < 1000 || logged < 100_000 {
		t.Errorf("%d bytes of alerts, %d of log lines", am.bodies.Len(), logged)
	}
}

func pageOf(h *harness, path string) string {
	_, page := h.page(path)
	return page
}

func lookFor(t *testing.T, where, shown string, private []string) {
	t.Helper()
	for _, thing := range private {
		if at := strings.Index(shown, thing); at >= 0 {
			t.Errorf("%s: %q is shown: ...%s...", where, thing, shown[max(0, at-300):min(len(shown), at+len(thing)+50)])
			return
		}
	}
}
