// Package alerts_test holds the shipped rules, their tests, the routing example
// and docs/alerts.md together.
package alerts_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
	"github.com/workspace-exporter/workspace_exporter/notifier"
)

var update = flag.Bool("update", false, "write the table in docs/alerts.md")

const runbooks = "https://github.com/workspace-exporter/workspace_exporter/blob/main/docs/runbooks/"

// rules returns all rules in the order of the files.
func rules(t *testing.T) []promqltest.Rule {
	t.Helper()
	all := promqltest.Rules(t, ".")
	files := map[string]string{}
	for _, r := range all {
		if other := files[r.Group]; other != "" && other != r.File {
			t.Errorf("group %s is in %s and in %s", r.Group, other, r.File)
		}
		files[r.Group] = r.File
	}
	return all
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal(testutil.ReadFile(t, name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestAlertsSayWhatIsWrong: whoever is woken needs to know how bad it is, of
// what, with which value, and where to read on.
func TestAlertsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	severities := []string{"critical", "warning", "info", "none"}
	components := []string{"alarms", "backup", "billing", "capacity", "cost", "desktops", "exporter", "inhibitor", "jobs", "logon", "pools", "security", "service"}
	seen := map[string]bool{}
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if !strings.HasPrefix(r.Alert, "HuaweiWorkspace") {
			t.Errorf("%s: the name does not begin with HuaweiWorkspace", r.Alert)
		}
		if !slices.Contains(severities, r.Labels["severity"]) || !slices.Contains(components, r.Labels["component"]) {
			t.Errorf("%s: labels %v", r.Alert, r.Labels)
		}
		if key := fmt.Sprint(r.Alert, r.Labels); seen[key] {
			t.Errorf("%s: two rules have the same labels", r.Alert)
		} else {
			seen[key] = true
		}
		if got, want := r.Annotations["runbook_url"], runbooks+r.Alert+".md"; got != want {
			t.Errorf("%s: runbook_url is %q, not %q", r.Alert, got, want)
		}
		if s := r.Annotations["summary"]; s == "" || strings.Contains(s, "{{") || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: the summary %q is not one sentence that groups can share", r.Alert, s)
		}
		d := r.Annotations["description"]
		for _, part := range []string{"{{ $value ", "$labels."} {
			if !strings.Contains(d, part) {
				t.Errorf("%s: the description has no %s: %s", r.Alert, part, d)
			}
		}
		if r.For == "" && r.KeepFiringFor == "" {
			t.Errorf("%s: nothing keeps it from flapping", r.Alert)
		}
	}
}

// TestExpressions: every metric is declared and every label is one that its
// metrics can have. Values are held against the demo in internal/command.
func TestExpressions(t *testing.T) {
	t.Parallel()
	known := declared()
	all := rules(t)
	for _, r := range all {
		if r.Record != "" {
			known[r.Record] = nil // its labels are those of its metrics
		}
	}
	labels := map[string]bool{"instance": true, "pod": true, "job": true, "account": true, "region": true, "project": true}
	for _, own := range known {
		for l := range own {
			labels[l] = true
		}
	}
	for _, r := range all {
		name := r.Record + r.Alert
		use, err := promqltest.Parse(r.Expr)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range use.Selectors {
			own, exists := known[s.Metric]
			if !exists {
				t.Errorf("%s: there is no metric %s", name, s.Metric)
			}
			for _, m := range s.Matchers {
				if own != nil && !own[m.Label] || !labels[m.Label] {
					t.Errorf("%s: %s has no label %s", name, s.Metric, m.Label)
				}
			}
		}
		for _, l := range use.Labels {
			if !labels[l] {
				t.Errorf("%s: no metric has a label %s", name, l)
			}
		}
	}
}

// declared returns the labels of all metrics by name.
func declared() map[string]map[string]bool {
	known := map[string]map[string]bool{
		// Of Prometheus and of client_golang.
		"up": {}, "process_start_time_seconds": {}, area.Prefix + "exporter_build_info": {},
	}
	families := daemon.OwnFamilies()
	for _, c := range collector.All() {
		families = append(families, c.Spec().Families...)
	}
	for _, f := range families {
		labels := map[string]bool{"account": true, "region": true, "project": true}
		for _, l := range f.Labels {
			labels[l] = true
		}
		known[f.Name] = labels
		if f.Type == area.HistogramType {
			withLE := maps.Clone(labels)
			withLE["le"] = true
			known[f.Name+"_bucket"] = withLE
		}
	}
	return known
}

// TestReplicas: what is read from the exporter must come together over
// replicas. Only sums and names for single exporters keep the instance.
func TestReplicas(t *testing.T) {
	t.Parallel()
	single := []string{
		"HuaweiWorkspaceExporterDown", "HuaweiWorkspaceExporterRestarting", // about single exporters
	}
	for _, r := range rules(t) {
		if slices.Contains(single, r.Alert) || strings.HasPrefix(r.Record, "instance") {
			continue
		}
		raw := strings.Count(r.Expr, area.Prefix) - strings.Count(r.Expr, ":"+area.Prefix)
		perInstance := strings.Count(r.Expr, "instance:") + strings.Count(r.Expr, "instance_job_type:")
		together := len(regexp.MustCompile(`(max|min) without \(instance, pod\b`).FindAllString(r.Expr, -1))
		if strings.HasSuffix(r.Record, ":one") {
			raw-- // the join is within an instance
		}
		if strings.HasPrefix(r.Expr, "absent(") {
			continue
		}
		if raw > 0 && together == 0 || perInstance > 0 && together == 0 || together < raw-1 {
			t.Errorf("%s%s: %d metrics, brought together %d times:\n%s", r.Record, r.Alert, raw+perInstance, together, r.Expr)
		}
	}
}

// TestEveryAlertIsTested: a case in which each fires with each of its
// severities, and one in which it does not.
func TestEveryAlertIsTested(t *testing.T) {
	t.Parallel()
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, name := range testutil.Glob(t, filepath.Join("tests", "*.yml")) {
		var file struct {
			Tests []struct {
				Cases []struct {
					Name   string `yaml:"alertname"`
					Alerts []struct {
						Labels map[string]string `yaml:"exp_labels"`
					} `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			}
		}
		read(t, name, &file)
		for _, test := range file.Tests {
			for _, c := range test.Cases {
				if len(c.Alerts) == 0 {
					silent[c.Name] = true
				}
				for _, a := range c.Alerts {
					fires[c.Name+" "+a.Labels["severity"]+" "+a.Labels["long"]] = true
				}
			}
		}
	}
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if key := r.Alert + " " + r.Labels["severity"] + " " + r.Labels["long"]; !fires[key] {
			t.Errorf("no test sees %s fire", key)
		}
		if !silent[r.Alert] {
			t.Errorf("no test sees %s not fire", r.Alert)
		}
	}
}

// TestPromtool lets Prometheus' own checker read the rules and run their tests.
func TestPromtool(t *testing.T) {
	t.Parallel()
	run(t, "promtool", append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, testutil.Glob(t, "*.rules.yml")...)...)
	for _, name := range testutil.Glob(t, filepath.Join("tests", "*.yml")) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			run(t, "promtool", "test", "rules", name)
		})
	}
}

// TestRouting: Alertmanager accepts the example, and every alert that it names
// exists.
func TestRouting(t *testing.T) {
	t.Parallel()
	const example = "alertmanager.example.yml"
	known := map[string]bool{notifier.AlertName: true}
	for _, r := range rules(t) {
		known[r.Alert] = true
	}
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`HuaweiWorkspace\w+`).FindAllString(string(data), -1) {
		if !known[name] {
			t.Errorf("%s names %s, which is no alert", example, name)
		}
	}
	run(t, "amtool", "check-config", example)
}

// run runs a program that may not be there.
func run(t *testing.T, program string, args ...string) {
	t.Helper()
	path := testutil.Tool(t, program)
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// TestTable: the table of docs/alerts.md is made from the rules.
func TestTable(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- The table is generated from alerts/*.rules.yml by `make alerts`; do not edit it. -->\n", "<!-- End of the table. -->\n"
	path := filepath.Join("..", "docs", "alerts.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for the table", path)
	}
	want := before + begin + table(rules(t)) + end + after
	testutil.UpToDate(t, path, want, *update, "make alerts")
}

func table(all []promqltest.Rule) string {
	var b strings.Builder
	file := ""
	for _, r := range all {
		if r.Alert == "" {
			continue
		}
		if r.File != file {
			file = r.File
			fmt.Fprintf(&b, "\n### %s\n\n| alert | severity | for | tells |\n|---|---|---|---|\n", file)
		}
		wait := r.For
		if wait == "" {
			wait = "0"
		}
		if long := r.Labels["long"]; long != "" {
			wait += ", over " + long + " and " + r.Labels["short"]
		}
		fmt.Fprintf(&b, "| [%s](runbooks/%s.md) | %s | %s | %s |\n", r.Alert, r.Alert, r.Labels["severity"], wait, r.Annotations["summary"])
	}
	return b.String() + "\n"
}
