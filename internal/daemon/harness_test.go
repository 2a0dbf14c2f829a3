package daemon

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// The simulated accounts: two projects on one key, and a second account.
const (
	projectHQ     = "0123456789abcdef0123456789abcde0"
	projectLab    = "0123456789abcdef0123456789abcde1"
	projectBranch = "0123456789abcdef0123456789abcde2"

	secretCanary = "canary-secret-key-must-never-show"
)

const testConfig = `
accounts:
  - name: prod
    credentials: {access_key: AKPROD, secret_key: ` + secretCanary + `}
    projects:
      - {name: hq, region: ap-southeast-3, project_id: ` + projectHQ + `, labels: {site: sg1}}
      - {name: lab, region: ap-southeast-3, project_id: ` + projectLab + `}
  - name: other
    credentials: {access_key: AKOTHER, secret_key: ` + secretCanary + `}
    projects:
      - {name: branch, region: ap-southeast-3, project_id: ` + projectBranch + `}
`

// hqConfig is one project alone.
const hqConfig = `
accounts:
  - name: prod
    credentials: {access_key: AKPROD, secret_key: ` + secretCanary + `}
    projects: [{name: hq, region: ap-southeast-3, project_id: ` + projectHQ + `}]
`

// oneProject leaves the first project of a configuration: it is enough where
// there are many collectors.
func oneProject(cfg string) string {
	cfg = strings.Replace(cfg, "      - {name: lab, region: ap-southeast-3, project_id: "+projectLab+"}\n", "", 1)
	before, others, _ := strings.Cut(cfg, "  - name: other")
	_, collectors, _ := strings.Cut(others, "collectors:")
	return before + "collectors:" + collectors
}

func newSimulator(desktops int, change ...func(*simulator.Config)) *simulator.Simulator {
	region := "ap-southeast-3"
	c := simulator.Config{
		Desktops: desktops, Seed: 7,
		AccessKeys: map[string]string{"AKPROD": secretCanary, "AKOTHER": secretCanary},
		Projects: []simulator.Project{
			{ID: projectHQ, Region: region, AccessKeys: []string{"AKPROD"}},
			{ID: projectLab, Region: region, AccessKeys: []string{"AKPROD"}},
			{ID: projectBranch, Region: region, AccessKeys: []string{"AKOTHER"}},
		},
	}
	for _, f := range change {
		f(&c)
	}
	return simulator.New(c)
}

// harness is a daemon on a simulator.
type harness struct {
	*testing.T
	sim    *simulator.Simulator
	daemon *Daemon
	log    *testutil.Buffer
	all    *bytes.Buffer // every page and log line, to look for secrets
	stop   func()
	// config is what a reload reads.
	config string
}

// start runs a daemon within a synctest bubble.
func start(t *testing.T, cfg string, sim *simulator.Simulator) *harness {
	t.Helper()
	return startBeside(t, cfg, sim, nil)
}

// network is the API and hosts of their own beside it.
type network struct {
	api   http.Handler
	hosts map[string]http.Handler
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, ok := n.hosts[r.URL.Host]; ok {
		h.ServeHTTP(w, r)
		return
	}
	n.api.ServeHTTP(w, r)
}

// startBeside runs a daemon that also reaches some other hosts.
func startBeside(t *testing.T, cfg string, sim *simulator.Simulator, hosts map[string]http.Handler) *harness {
	t.Helper()
	return startVia(t, cfg, sim, &network{sim, hosts})
}

// startVia runs a daemon for which a handler stands for the network.
func startVia(t *testing.T, cfg string, sim *simulator.Simulator, handler http.Handler) *harness {
	t.Helper()
	h := &harness{T: t, sim: sim, log: &testutil.Buffer{}, all: &bytes.Buffer{}, config: cfg}
	load := func() (*config.Config, error) {
		return config.Parse("config.yml", []byte(h.config), Schema(), func(string) string { return "" })
	}
	checked, err := load()
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.daemon, err = New(Options{Config: checked, Logger: logger, TelemetryPath: "/metrics", Load: load, Transport: testutil.Transport{Handler: handler}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	h.daemon.Start(ctx)
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := h.daemon.Stop(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.stop)
	return h
}

// page gets a page of the daemon.
func (h *harness) page(path string) (int, string) {
	w := httptest.NewRecorder()
	h.daemon.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	h.all.WriteString(w.Body.String())
	return w.Code, w.Body.String()
}

// warnings returns the log lines of level warn and above since the last call.
func (h *harness) warnings() []string {
	var kept []string
	for line := range strings.Lines(h.log.Take()) {
		h.all.WriteString(line)
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	return kept
}

// scraped is one scrape.
type scraped struct {
	*testing.T
	families map[string]*dto.MetricFamily
}

// scrape is what a scrape shows after one that has shown new counters at 0.
func (h *harness) scrape() scraped {
	h.Helper()
	h.page("/metrics")
	code, page := h.page("/metrics")
	if code != http.StatusOK {
		h.Fatalf("scrape: %d %s", code, page)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		h.Fatal(err)
	}
	return scraped{h.T, families}
}

// labels is a list of name=value.
type labels []string

func (l labels) match(m *dto.Metric) bool {
	have := map[string]string{}
	for _, p := range m.Label {
		have[p.GetName()] = p.GetValue()
	}
	for _, pair := range l {
		name, value, _ := strings.Cut(pair, "=")
		if have[name] != value {
			return false
		}
	}
	return true
}

// sum adds the series of a family that have the labels and tells how many
// there are. Of histograms it adds the counts.
func (s scraped) sum(name string, want ...string) (sum float64, n int) {
	for _, m := range s.families["huaweicloud_workspace_"+name].GetMetric() {
		if !labels(want).match(m) {
			continue
		}
		n++
		sum += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return sum, n
}

func (s scraped) expect(want float64, name string, with ...string) {
	s.Helper()
	got, n := s.sum(name, with...)
	if n == 0 {
		s.Errorf("%s%v is missing, want %v", name, with, want)
	} else if got != want {
		s.Errorf("%s%v = %v, want %v", name, with, got, want)
	}
}

func (s scraped) expectAbsent(name string, with ...string) {
	s.Helper()
	if _, n := s.sum(name, with...); n > 0 {
		s.Errorf("%s%v is still there", name, with)
	}
}

// withinBudget fails if any 60 s ever held more calls than allowed.
func (h *harness) withinBudget(share float64) {
	h.Helper()
	for _, c := range h.sim.Calls() {
		if c.Limit == 0 {
			continue
		}
		if most := share*float64(c.Limit) + 1; float64(c.Busiest) > most {
			h.Errorf("%s: %d calls in the busiest 60 s for key %s, allowed are %v", c.Operation, c.Busiest, c.AccessKey, most)
		}
	}
}

// advance lets fake time go by and waits until everything has settled.
func advance(d time.Duration, wait func()) {
	time.Sleep(d)
	wait()
}

func project(name string) string { return fmt.Sprintf("project=%s", name) }
