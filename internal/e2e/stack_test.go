package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// root of the repository.
const root = "../.."

// The keys that `simulate` knows, and the id of its project.
const (
	accessKey = "DEMOACCESSKEY"
	secretKey = "demo-secret-key"
	projectID = "0123456789abcdef0123456789abcdef"
)

// fleet is one project: a simulator of its own stands in for its API. Regions
// differ, so that each has budgets of its own.
type fleet struct {
	name, region string
	desktops     int
}

// plan says what is started.
type plan struct {
	// speed is how much shorter everything lasts, and how much faster the
	// simulated day passes.
	speed  int
	fleets []fleet
	// addresses to listen on, by program; free ones by default.
	addresses map[string]string
	// webhook is where all notifications go.
	webhook string
}

// stack is everything that is running.
type stack struct {
	testing.TB
	plan
	ctx      context.Context
	dir      string
	binary   string
	programs map[string]*testutil.Program
}

// Names of the programs, also of their log files.
const (
	exporterName     = "exporter"
	prometheusName   = "prometheus"
	alertmanagerName = "alertmanager"
)

// startStack starts simulators, exporter, Alertmanager and Prometheus.
func startStack(ctx context.Context, t testing.TB, p plan) *stack {
	t.Helper()
	prometheus, alertmanager := testutil.Tool(t, prometheusName), testutil.Tool(t, alertmanagerName)
	s := &stack{TB: t, plan: p, ctx: ctx, dir: t.TempDir(), programs: map[string]*testutil.Program{}}
	addresses := map[string]string{}
	for _, name := range append([]string{exporterName, prometheusName, alertmanagerName}, s.simulators()...) {
		if addresses[name] = p.addresses[name]; addresses[name] == "" {
			addresses[name] = testutil.FreeAddress(t)
		}
	}
	s.addresses = addresses

	var err error
	if s.binary, err = testutil.Build(ctx, root, s.dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range p.fleets {
		s.run(s.simulator(f), s.binary, "simulate", "--listen="+s.addresses[s.simulator(f)],
			fmt.Sprintf("--desktops=%d", f.desktops), fmt.Sprintf("--speed=%d", p.speed))
	}
	s.startExporter(p.fleets)

	s.run(alertmanagerName, alertmanager,
		"--config.file="+s.write("alertmanager.yml", s.routes()), "--storage.path="+filepath.Join(s.dir, "alertmanager"),
		"--web.listen-address="+s.addresses[alertmanagerName], "--cluster.listen-address=")
	// Prometheus comes last: that the others take their time is no incident.
	s.programs[exporterName].Ready(s.url(exporterName) + "/-/ready")
	s.programs[alertmanagerName].Ready(s.url(alertmanagerName) + "/-/ready")
	s.writeRules()
	s.run(prometheusName, prometheus,
		"--config.file="+s.write("prometheus.yml", s.scrapes()), "--storage.tsdb.path="+filepath.Join(s.dir, "prometheus"),
		"--web.listen-address="+s.addresses[prometheusName],
		"--query.lookback-delta="+s.scaled(5*time.Minute), "--rules.alert.resend-delay="+s.scaled(time.Minute))

	s.programs[prometheusName].Ready(s.url(prometheusName) + "/-/ready")
	return s
}

func (s *stack) run(name, path string, args ...string) {
	s.Helper()
	s.programs[name] = testutil.Start(s.ctx, s.TB, s.dir, name, path, args...)
}

// startExporter starts the exporter on some of the projects.
func (s *stack) startExporter(fleets []fleet) {
	s.Helper()
	s.run(exporterName, s.binary, "--config.file="+s.write("config.yml", s.config(fleets)), "--web.listen-address="+s.addresses[exporterName])
}

func (s *stack) url(name string) string { return "http://" + s.addresses[name] }

func (s *stack) simulator(f fleet) string { return "simulator-" + f.name }

func (s *stack) simulators() []string {
	var names []string
	for _, f := range s.fleets {
		names = append(names, s.simulator(f))
	}
	return names
}

func (s *stack) scaled(d time.Duration) string { return model.Duration(scaled(d, s.speed)).String() }

// write makes a file in the directory of the stack.
func (s *stack) write(name, content string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// leastInterval keeps an interval above what a scrape and an evaluation take,
// as it is in production.
const leastInterval = 3 * time.Second

// maxCalls is the option of collectors that call once for each object.
const maxCalls = "max_calls"

func isMaxCalls(o config.OptionSchema) bool { return o.Name == maxCalls }

// config of the exporter: every collector and every switch of one.
func (s *stack) config(fleets []fleet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "accounts:\n  - name: demo\n    credentials: {access_key: %s, secret_key: %s}\n    projects:\n", accessKey, secretKey)
	for _, f := range fleets {
		fmt.Fprintf(&b, "      - {name: %s, region: %s, project_id: %s, endpoint: %q}\n", f.name, f.region, projectID, s.url(s.simulator(f)))
	}
	fmt.Fprintf(&b, "alertmanagers: [{url: %q}]\nalerting: {resend_interval: %s}\n", s.url(alertmanagerName), s.scaled(time.Minute))
	fmt.Fprintf(&b, "state: {path: %q}\n", filepath.Join(s.dir, "state"))
	b.WriteString(daemon.Schema().CollectorsSection(s.collector))
	return b.String()
}

// collector enables a collector with intervals that fit the speed.
func (s *stack) collector(c config.CollectorSchema) (enabled bool, settings []string) {
	interval := max(scaled(c.Interval, s.speed), leastInterval)
	if slices.ContainsFunc(c.Options, isMaxCalls) {
		interval = max(interval, 4*time.Second)
	}
	settings = append(c.Switches(), fmt.Sprint("interval: ", model.Duration(interval)))
	for _, o := range c.Options {
		if value, isTime := o.Default.(time.Duration); isTime && strings.HasSuffix(o.Name, "grace") { // the others are about times on the wire, which are real
			settings = append(settings, fmt.Sprintf("%s: %s", o.Name, s.scaled(value)))
		}
		if isMaxCalls(o) && s.speed > 1 {
			settings = append(settings, maxCalls+": 6") // every 4 s: 90 of the 100 calls a minute that the budget has
		}
		if o.Name == "metric_names" {
			settings = append(settings, fmt.Sprintf("metric_names: [%s]", strings.Join(simulator.StatisticNames(), ", ")))
		}
	}
	return true, settings
}

// scrapes is the configuration of Prometheus.
func (s *stack) scrapes() string {
	return fmt.Sprintf(`
global: {scrape_interval: %[1]s, scrape_timeout: %[1]s, evaluation_interval: %[1]s}
rule_files: [rules/*.rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: [%[2]q]}]
scrape_configs:
  - job_name: workspace
    static_configs: [{targets: [%[3]q]}]
`, s.scaled(time.Minute), s.addresses[alertmanagerName], s.addresses[exporterName])
}

func (s *stack) writeRules() {
	s.Helper()
	if err := os.Mkdir(filepath.Join(s.dir, "rules"), 0o700); err != nil {
		s.Fatal(err)
	}
	for name, content := range testutil.ReadFiles(s, filepath.Join(root, "alerts/*.rules.yml")) {
		rules, err := scaleRules(content, s.speed)
		if err != nil {
			s.Fatalf("%s: %v", name, err)
		}
		s.write(filepath.Join("rules", name), string(rules))
	}
}

func (s *stack) routes() string {
	s.Helper()
	const name = "alertmanager.example.yml"
	routes, err := scaleRouting(testutil.ReadFiles(s, filepath.Join(root, "alerts/"+name))[name], s.speed, s.webhook)
	if err != nil {
		s.Fatalf("%s: %v", name, err)
	}
	return string(routes)
}
