package command

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planConfig has keys in it and one in a file that is not there.
const planConfig = `accounts:
  - name: prod
    credentials: {access_key: AKPROD, secret_key: canary-secret}  # secret_key: canary-old
    projects:
      - {name: hq, region: ap-southeast-3}
      - {name: lab, region: ap-southeast-3, collectors: {desktops: {interval: 10s}}}
  - name: other
    credentials: {access_key_file: /nowhere/ak, secret_key_file: /nowhere/sk}
    proxy_url: http://user:canary-proxy@proxy:3128
    budget: {share: 0.1}
    projects: [{name: branch, region: ap-southeast-1}]
collectors:
  desktop_details: {interval: 1m}
`

func planned(t *testing.T, cfg string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(path, []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := Run(t.Context(), append([]string{"plan", "--config.file=" + path}, args...), &out, io.Discard)
	return out.String(), err
}

// TestPlan: what fits ends well; what does not ends with status 1 and names
// the collectors to slow down, and what is suggested fits.
func TestPlan(t *testing.T) {
	t.Parallel()
	if out, err := planned(t, planConfig, "--desktops=300"); err != nil || !strings.Contains(out, "Every interval is kept.") {
		t.Errorf("300 desktops: %v\n%s", err, out)
	}
	out, err := planned(t, planConfig, "--desktops=100000")
	if ExitStatus(err) != exitFailed {
		t.Errorf("100,000 desktops: exit status %d", ExitStatus(err))
	}
	for _, want := range []string{"prod/lab desktops: 10s -> ", "(ListDesktops)", "other/branch desktop_details: 1m -> "} {
		if !strings.Contains(out, want) {
			t.Errorf("the plan lacks %q:\n%s", want, out)
		}
	}
	for _, line := range strings.Split(out, "\n") {
		if len(line) > 120 {
			t.Errorf("a line has %d columns: %s", len(line), line)
		}
	}
	suggestion, err := planned(t, planConfig, "--desktops=100000", "--suggest")
	if err != nil || strings.Contains(suggestion, "canary") {
		t.Fatalf("suggestion: %v\n%s", err, suggestion)
	}
	if out, err := planned(t, suggestion, "--desktops=100000"); err != nil {
		t.Errorf("the suggestion does not fit: %v\n%s", err, out)
	}
}

func TestPlanAsJSON(t *testing.T) {
	t.Parallel()
	out, err := planned(t, planConfig, "--desktops=100000", "--json", "--project=prod/lab:desktops=10,pools=1")
	if ExitStatus(err) != exitFailed {
		t.Errorf("exit status %d", ExitStatus(err))
	}
	var p struct {
		Fits     bool
		Projects []struct {
			Project string
			Fleet   map[string]float64
		}
		Slow []struct{ Collector string } `json:"slow_down"`
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	if p.Fits || len(p.Slow) == 0 || len(p.Projects) != 3 {
		t.Errorf("plan %+v", p)
	}
	for _, project := range p.Projects {
		want := 100000.0
		if project.Project == "lab" {
			want = 10
		}
		if project.Fleet["desktops"] != want {
			t.Errorf("%s has %v desktops", project.Project, project.Fleet["desktops"])
		}
	}
}

// TestPlanObserved takes what an exporter tells for what it costs.
func TestPlanObserved(t *testing.T) {
	t.Parallel()
	const status = `{"projects": [{"account": "prod", "region": "ap-southeast-3", "project": "hq", "collectors": [
		{"collector": "desktops", "last_success": "2026-01-02T03:04:05Z", "calls_by_operation": {"ListDesktops": 700}, "series": 123456},
		{"collector": "alarms", "calls_by_operation": {}, "series": 0}]}]}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/status" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, status)
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "status.json")
	if err := os.WriteFile(file, []byte(status), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{server.URL, server.URL + "/api/v1/status", file} {
		out, err := planned(t, planConfig, "--desktops=10", "--observed="+from)
		if ExitStatus(err) != exitFailed || !strings.Contains(out, "prod/hq desktops: 1m -> 8m (ListDesktops)") || !strings.Contains(out, "observed") {
			t.Errorf("%s: %v\n%s", from, err, out)
		}
	}
	for from, want := range map[string]string{
		server.URL + "/elsewhere": "404", "/nowhere/status.json": "no such file", "http://127.0.0.1:1": "cannot read the status", "http://": "not of the form",
	} {
		if _, err := planned(t, planConfig, "--observed="+from); ExitStatus(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", from, err, want)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--desktops=many":                   "whole number",
		"--desktops=-1":                     "whole number",
		"--project=prod/nowhere:desktops=1": "no project",
		"--project=prod/hq:bottles=1":       "no number called",
		"--format=xml":                      "table,json",
	} {
		if _, err := planned(t, planConfig, args); ExitStatus(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if _, err := planned(t, "accounts: []\n"); ExitStatus(err) != exitUsage {
		t.Errorf("a wrong file: %v", err)
	}
	var out bytes.Buffer
	if err := Run(t.Context(), []string{"plan"}, &out, io.Discard); err != nil || !strings.Contains(out.String(), "10,000 desktops") {
		t.Errorf("without a file: %v\n%s", err, out.String())
	}
}
