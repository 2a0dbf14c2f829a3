package capture

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/recording"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/replay"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

func collect(t *testing.T, api http.Handler, cfg string) *Capture {
	t.Helper()
	c, err := Collect(t.Context(), Options{Config: parse(t, cfg), Timeout: 10 * time.Second, Transport: testutil.Transport{Handler: api}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestNothingPersonal captures a fleet whose names, addresses and secrets are
// known: none of them is in the folder, however it is written.
func TestNothingPersonal(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		fleet := newFleet(newSimulator())
		c := collect(t, fleet, everything("plain"))
		dir := filepath.Join(t.TempDir(), "captured")
		if err := c.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		var summary bytes.Buffer
		c.Summary(&summary)
		all := map[string]string{"the summary": strings.ToLower(summary.String())}
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all[name] = strings.ToLower(name + string(testutil.ReadFile(t, name)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) < 150 || len(fleet.told) < 150 {
			t.Errorf("%d files and %d known values only", len(all), len(fleet.told))
		}
		values := slices.Clone(known)
		for value := range fleet.told {
			if !c.mask.original.public(value) {
				values = append(values, value)
			}
		}
		for name, content := range all {
			for _, value := range values {
				for _, form := range forms(value) {
					if i := strings.Index(content, strings.ToLower(form)); i >= 0 {
						t.Fatalf("%s holds %q: ...%s...", name, value, content[max(0, i-80):min(len(content), i+80)])
					}
				}
			}
		}
		if left := c.leftOut(); left != "" {
			t.Errorf("left out:\n%s", left)
		}
		if len(c.differing) > 0 {
			t.Errorf("the replay differs for %v", c.differing)
		}
		for _, want := range []string{"ListDesktops", "mail addresses", "terminal_type", "Windows 10"} {
			if !strings.Contains(summary.String(), want) {
				t.Errorf("the summary does not tell of %s:\n%s", want, summary.String())
			}
		}
	})
}

// TestSameMetrics runs a daemon on the fleet and one on its replay, at the same
// time of day: the metrics are the same but for replaced labels.
func TestSameMetrics(t *testing.T) {
	t.Parallel()
	cfg := everything("plain")
	dir := filepath.Join(t.TempDir(), "captured")
	// The fleet stands still, so that it answers the daemon as it did the
	// capture.
	standing := func() http.Handler {
		now := time.Now()
		return newFleet(newSimulator(func(c *simulator.Config) { c.Now = func() time.Time { return now } }))
	}
	var original, again map[string]family
	inBubble(t, func(t *testing.T) {
		c := collect(t, standing(), cfg)
		if err := c.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if left := c.leftOut(); left != "" || len(c.differing) > 0 {
			t.Errorf("different in itself: %v, left out:\n%s", c.differing, left)
		}
	})
	inBubble(t, func(t *testing.T) { original = scraped(t, standing(), cfg) })
	inBubble(t, func(t *testing.T) {
		server, err := replay.Open(os.DirFS(dir), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		again = scraped(t, server, string(testutil.ReadFile(t, filepath.Join(dir, ConfigName))))
	})
	for name, want := range original {
		got := again[name]
		if !slices.Equal(got.values, want.values) {
			t.Errorf("%s: %d samples of the replay differ from %d of the fleet:\n%s\nwant:\n%s", name, len(got.values), len(want.values),
				strings.Join(got.values, "\n"), strings.Join(want.values, "\n"))
		}
		if !slices.Equal(got.states, want.states) {
			t.Errorf("%s: states are %v, want %v", name, slices.Compact(got.states), slices.Compact(want.states))
		}
	}
	if len(original) < 150 {
		t.Errorf("%d families only", len(original))
	}
}

// family is what must not change of a family: numbers, and labels that are
// states and the like.
type family struct{ values, states []string }

// stateLabels are labels whose values are kept.
var stateLabels = []string{"status", "state", "result", "resource", "unit", "level", "job_type", "error_code", "stage", "biz_type", "event_type", "terminal_type",
	"reconnect", "run_state", "login_state", "task_status", "charging_mode", "product_id", "os_type", "platform_type", "site_type", "scheduled_type", "task_type",
	"life_cycle_type", "time_zone", "image_type", "metric_name", "comparison_operator", "agent", "agent_version", "volume_type", "use_up_policy", "create_type",
	"nat_map_type", "host_type", "domain_type", "access_mode", "object_type", "hibernate_type", "reason", "desktop_type", "target_type", "scene"}

func scraped(t *testing.T, api http.Handler, cfg string) map[string]family {
	t.Helper()
	d, err := daemon.New(daemon.Options{Config: parse(t, cfg), Logger: slog.New(slog.DiscardHandler), TelemetryPath: "/metrics", Transport: testutil.Transport{Handler: api}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	d.Start(ctx)
	time.Sleep(50 * time.Second)
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/metrics", nil))
	cancel()
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	parsed, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]family{}
	for name, mf := range parsed {
		if strings.HasPrefix(name, "huaweicloud_workspace_") && !strings.HasPrefix(name, "huaweicloud_workspace_exporter_") {
			all[name] = family{numbers([]*dto.MetricFamily{mf}), states(mf)}
		}
	}
	return all
}

func states(mf *dto.MetricFamily) []string {
	var all []string
	for _, metric := range mf.GetMetric() {
		for _, l := range metric.GetLabel() {
			if slices.Contains(stateLabels, l.GetName()) {
				all = append(all, l.GetName()+"="+l.GetValue())
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestSharing: the areas that share something are those that poll first.
func TestSharing(t *testing.T) {
	t.Parallel()
	var sharing []string
	for _, c := range collector.All() {
		if slices.Contains(recording.Sharing(), c.Spec().Name) {
			sharing = append(sharing, c.Spec().Name)
		}
	}
	if len(sharing) != len(recording.Sharing()) {
		t.Errorf("areas that share are %v, and there are %v", recording.Sharing(), sharing)
	}
}

// few enables some collectors, for tests of failures.
func few() string {
	return `accounts:
  - name: prod
    credentials: {access_key: ` + accessKey + `, secret_key: ` + secretKey + `}
    projects: [{name: hq, region: ap-southeast-3}]
collectors:
` + only("pools", "run_state", "alarms")
}

// TestFailures: what fails is reported and left out, but an answer that is not
// understood is recorded with its error.
func TestFailures(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault("ListRunState", simulator.Forbidden())
		sim.SetFault("ListAlarms", simulator.Fault{Damage: simulator.WrongShape})
		c := collect(t, newFleet(sim), few())
		if left := c.leftOut(); !strings.Contains(left, "run_state of project-1: ListRunState: forbidden, HTTP 403") || strings.Count(left, "\n") != 1 {
			t.Errorf("left out:\n%s", left)
		}
		var rec recordedError
		rec.read(t, c.files["alarms/project-1.json"])
		if rec.Error == "" || c.files["alarms/project-1.prom"] != nil {
			t.Errorf("the answer that is not understood: error %q", rec.Error)
		}
		if c.files["pools/project-1.prom"] == nil {
			t.Error("the pools were not recorded")
		}
		sim.SetFault("", simulator.Forbidden())
		_, err := Collect(t.Context(), Options{Config: parse(t, few()), Transport: testutil.Transport{Handler: sim}})
		if err == nil || !strings.Contains(err.Error(), "no collector could be recorded") {
			t.Errorf("without any answer: %v", err)
		}
	})
}

// TestNothingIsLeft: whatever goes wrong, no file is left.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		c := collect(t, newSimulator(), few())
		parent := t.TempDir()
		dir := filepath.Join(parent, "captured")
		nothing := func(what string, err error, says string) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: the error is %v", what, err)
			}
			if entries, _ := os.ReadDir(parent); len(entries) > 0 {
				t.Errorf("%s: %v is left", what, entries)
			}
		}
		written := 0
		full := func(name string, data []byte) error {
			if written++; written > 2 {
				return &fs.PathError{Op: "write", Path: name, Err: errors.New("no space left on device")}
			}
			return os.WriteFile(name, data, 0o600)
		}
		nothing("a full disk", c.write(t.Context(), dir, full), "no space left on device")
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		nothing("an interrupt", c.Write(canceled, dir), "given up")
		nothing("a folder that is not there", c.Write(t.Context(), filepath.Join(parent, "a", "b")), "choose a folder where you may write")
		if _, err := Collect(canceled, Options{Config: parse(t, few()), Transport: testutil.Transport{Handler: newSimulator()}}); err == nil {
			t.Error("an interrupted capture goes on")
		}
		// A replacement that does not replace is found.
		c.files["pools/project-1.json"] = []byte(`{"polls": [{"calls": [{"query": "name=` + secretKey + `"}]}]}`)
		nothing("a leak in a query", c.Write(t.Context(), dir), `"name" holds a value`)
		delete(c.files, "pools/project-1.json")
		c.files["pools/project-1.prom"] = []byte("a{user=\"user:" + secretKey + "\"} 1\n")
		nothing("a leak in a metric", c.Write(t.Context(), dir), `"user" holds a value`)
		delete(c.files, "pools/project-1.prom")

		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := c.Write(t.Context(), dir); err != nil {
			t.Errorf("an empty folder: %v", err)
		}
		if err := c.Write(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
			t.Errorf("a folder that is not empty: %v", err)
		}
	})
}
