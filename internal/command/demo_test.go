package command

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// notShown are the documented families that a healthy demo does not show.
var notShown = map[string]string{
	"exporter_api_drift":                           "the simulator answers as the SDK says",
	"exporter_credential_expiry_timestamp_seconds": "the demo's key is a permanent one",
	"locked_since_timestamp_seconds":               "it is there only while the service is locked",
	"desktop_monitor_sweep_seconds":                "it is there when every chosen desktop was read, which takes some minutes",
	"notify_rule_info":                             "promtool objects to a metric of its collector",
	"notify_rule_enabled":                          "promtool objects to a metric of its collector",
	"notify_rule_threshold_days":                   "promtool objects to a metric of its collector",
	"notify_rule_matched_desktops":                 "promtool objects to a metric of its collector",
}

var documented = regexp.MustCompile("(?m)^\\| `huaweicloud_workspace_(\\w+)` \\|")

// TestDemoShowsAll runs the demo as it is for two minutes: every family of
// docs/metrics.md is there or has a reason not to be, promtool's linter finds
// nothing, every collector works within its budget, and the core is not kept waiting by the rest.
func TestDemoShowsAll(t *testing.T) {
	t.Parallel()
	docs := testutil.ReadFile(t, filepath.Join(root, "docs", "metrics.md"))
	cfg, err := config.Parse("demo", []byte(demoConfig("https://simulator.invalid")), daemon.Schema(), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	cfg.StatePath = t.TempDir() // its metrics too
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(9 * time.Hour) // right after midnight yesterday is not added up yet
		sim := fleet{desktops: simulator.DefaultDesktops, speed: 1, startHour: 8.5, seed: 1}.simulator()
		d, err := daemon.New(daemon.Options{
			Config: cfg, Logger: slog.New(slog.DiscardHandler), TelemetryPath: "/metrics", Transport: testutil.Transport{Handler: withAlertmanager(sim)},
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Start(t.Context())
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			return w
		}
		time.Sleep(12 * time.Second)
		synctest.Wait()
		if code := get("/-/ready").Code; code != http.StatusOK {
			t.Errorf("/-/ready answers %d after 12 s", code)
		}
		time.Sleep(2*time.Minute - 12*time.Second)
		synctest.Wait()
		page := get("/metrics").Body.String()
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
		for _, family := range documented.FindAllStringSubmatch(string(docs), -1) {
			name := family[1]
			shown := strings.Contains(page, "# TYPE huaweicloud_workspace_"+name+" ")
			if reason := notShown[name]; shown == (reason != "") {
				t.Errorf("%s: shown %t, reason not to be shown: %q", name, shown, reason)
			}
		}
		checkRules(t, page)
		checkDashboards(t, page)
		problems, err := promlint.New(strings.NewReader(page)).Lint()
		if err != nil {
			t.Error(err)
		}
		for _, p := range problems {
			t.Errorf("promlint: %s: %s", p.Metric, p.Text)
		}
		for _, line := range regexp.MustCompile(`.*exporter_collector_success\{.*\} 0`).FindAllString(page, -1) {
			t.Errorf("failed: %s", line)
		}
		for _, c := range sim.Calls() {
			if c.Limit > 0 && c.Busiest > c.Limit/2+1 {
				t.Errorf("%s: %d calls within 60 s, half of the limit is %d", c.Operation, c.Busiest, c.Limit/2)
			}
		}
	})
}
