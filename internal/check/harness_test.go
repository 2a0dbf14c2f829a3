package check

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// The simulated accounts: two projects on one key, and a second account.
const (
	projectHQ     = "0123456789abcdef0123456789abcde0"
	projectLab    = "0123456789abcdef0123456789abcde1"
	projectBranch = "0123456789abcdef0123456789abcde2"

	keyProd  = "AKPRODCANARY"
	keyOther = "AKOTHERCANARY"
	secret   = "canary-secret-key-must-never-show"
)

const prodAccount = `
  - name: prod
    credentials: {access_key: ` + keyProd + `, secret_key: ` + secret + `}
    projects:
      - {name: hq, region: ap-southeast-3}
`

// twoAccounts have three projects, with three collectors.
const twoAccounts = `accounts:` + prodAccount + `      - {name: lab, region: ap-southeast-3, project_id: ` + projectLab + `}
  - name: other
    credentials: {access_key: ` + keyOther + `, secret_key: ` + secret + `}
    projects:
      - {name: branch, region: ap-southeast-3, project_id: ` + projectBranch + `}
`

const oneAccount = `accounts:` + prodAccount

// only is the section that enables the named collectors alone; "*" are all.
func only(names ...string) string {
	return daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		if names[0] != "*" {
			return slices.Contains(names, c.Name), nil
		}
		settings = c.Switches()
		if c.Name == "statistics_metrics" {
			settings = append(settings, "metric_names: [user_login_count]")
		}
		return true, settings
	})
}

func newSimulator(change ...func(*simulator.Config)) *simulator.Simulator {
	region := "ap-southeast-3"
	c := simulator.Config{
		Desktops: 60, Seed: 7,
		AccessKeys: map[string]string{keyProd: secret, keyOther: secret},
		Projects: []simulator.Project{
			{ID: projectHQ, Region: region, AccessKeys: []string{keyProd}},
			{ID: projectLab, Region: region, AccessKeys: []string{keyProd}},
			{ID: projectBranch, Region: region, AccessKeys: []string{keyOther}},
		},
	}
	for _, f := range change {
		f(&c)
	}
	return simulator.New(c)
}

func parse(t *testing.T, cfg string) *config.Config {
	t.Helper()
	parsed, err := config.Parse("test.yml", []byte(cfg), daemon.Schema(), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// recorder is a transport that remembers which URLs were called.
type recorder struct {
	testutil.Transport

	mu   sync.Mutex
	urls []*url.URL
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.urls = append(r.urls, req.URL)
	r.mu.Unlock()
	return r.Transport.RoundTrip(req)
}

// outcome is a report and how it came about.
type outcome struct {
	Report
	asked []*url.URL
	took  time.Duration
	lines []string
}

// checked runs the checks in fake time.
func checked(t *testing.T, cfg string, sim *simulator.Simulator) outcome {
	t.Helper()
	return checkedConfig(t, parse(t, cfg), sim)
}

func checkedConfig(t *testing.T, cfg *config.Config, sim *simulator.Simulator) outcome {
	t.Helper()
	transport := &recorder{Transport: testutil.Transport{Handler: sim}}
	var o outcome
	begin := time.Now()
	report, err := Run(context.Background(), Options{Config: cfg, Transport: transport, Progress: func(done, total int, c Check) {
		if len(o.lines)+1 != done || done > total {
			t.Errorf("progress says %d of %d after %d checks", done, total, len(o.lines))
		}
		o.lines = append(o.lines, c.Line())
	}})
	if err != nil {
		t.Fatal(err)
	}
	o.Report, o.asked, o.took = report, transport.urls, time.Since(begin)
	if len(o.lines) != len(report.Checks) {
		t.Errorf("%d lines of progress for %d checks", len(o.lines), len(report.Checks))
	}
	o.holdsNoSecret(t)
	return o
}

// holdsNoSecret fails if any output shows a key.
func (o outcome) holdsNoSecret(t *testing.T) {
	t.Helper()
	document, err := o.JSON()
	if err != nil {
		t.Fatal(err)
	}
	shown := o.Table() + string(document) + strings.Join(o.lines, "\n")
	for _, key := range []string{secret, keyProd, keyOther} {
		if strings.Contains(shown, key) {
			t.Errorf("the key %s is shown:\n%s", key, shown)
		}
	}
}

// one returns the only check of a project with the title.
func (o outcome) one(t *testing.T, project, title string) Check {
	t.Helper()
	var found []Check
	for _, c := range o.Checks {
		if c.Project == project && c.title() == title {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d checks of %s are called %s", len(found), project, title)
	}
	return found[0]
}

// expect fails unless the check has the result and says all of it.
func (c Check) expect(t *testing.T, want Result, say ...string) {
	t.Helper()
	if c.Result != want {
		t.Errorf("%s, want %s", c.Line(), want)
	}
	for _, text := range say {
		if !strings.Contains(c.detail(), text) {
			t.Errorf("%s does not say %q", c.Line(), text)
		}
	}
}

// inBubble runs a test in fake time.
func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}
