package daemon

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// TestRestart: what was known is served at once after a restart, with its true
// age and until it is too old, and counters go on.
func TestRestart(t *testing.T) {
	t.Parallel()
	cfg := oneProject(testConfig+"collectors: {desktops: {per_desktop: true}}\n") +
		"state: {path: " + t.TempDir() + "}\nprivacy: {user_names: hashed}\n"
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, cfg, sim)
		advance(40*time.Minute, synctest.Wait)
		before := h.scrape()
		h.stop()
		stopped := time.Now()
		advance(20*time.Second, synctest.Wait)

		sim.SetFault("", simulator.Failing(500, "WKS.1"))
		h = start(t, cfg, sim)
		synctest.Wait()
		after := h.scrape()
		for _, name := range []string{
			"desktops_run_state", "desktops_observed", "connections_total", "session_duration_seconds", "quota_used", "desktop_info",
			"exporter_collector_last_success_timestamp_seconds", "exporter_collector_series",
		} {
			was, n := before.sum(name)
			is, m := after.sum(name)
			if was != is || n != m || n == 0 {
				t.Errorf("%s: %v in %d series before the restart, %v in %d after it", name, was, n, is, m)
			}
		}
		if connected, _ := after.sum("connections_total"); connected == 0 {
			t.Error("there is no logon to go on counting from")
		}
		if was, is := before.users(), after.users(); was == "" || was != is {
			t.Errorf("hashed user names changed with the restart: %.60s, %.60s", was, is)
		}
		after.expectAbsent("exporter_collector_success")

		advance(4*time.Minute-time.Since(stopped), synctest.Wait)
		s := h.scrape()
		s.expect(0, "exporter_collector_success", "collector=desktops")
		s.expectAbsent("desktops_observed")
		s.expectAbsent("connections_total")
		sim.Repair("")
		advance(2*time.Minute, synctest.Wait)
		s = h.scrape()
		was, _ := before.sum("connections_total")
		if is, _ := s.sum("connections_total"); is < was {
			t.Errorf("connections_total fell from %v to %v", was, is)
		}
		h.withinBudget(0.5)
	})
}

// counted are counters that hold no names.
func (s scraped) counted() map[string]float64 {
	all := map[string]float64{}
	for _, name := range []string{"connections_total", "user_events_total", "jobs_total"} {
		all[name], _ = s.sum(name)
	}
	return all
}

// TestOtherPrivacy: when names are to be shown in another way, by a reload or by
// a restart, none is shown or kept in the old way, and counters go on.
func TestOtherPrivacy(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"reload", "restart"} {
		for n, mode := range []string{"hashed", "omitted", "hashed, salt: pepper"} {
			t.Run(fmt.Sprint(way, n), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				cfg := oneProject(testConfig+"collectors: {desktops: {per_desktop: true}, user_usage: {enabled: true}, user_events: {enabled: true}, jobs: {enabled: true}}\n") +
					"state: {path: " + dir + "}\n"
				plain, other := cfg+"privacy: {user_names: plain}\n", cfg+"privacy: {user_names: "+mode+"}\n"
				synctest.Test(t, func(t *testing.T) {
					sim := newSimulator(60)
					h := start(t, plain, sim)
					advance(15*time.Minute, synctest.Wait)
					before := h.scrape()
					names := h.names()
					sim.SetFault("", simulator.Failing(500, "WKS.1")) // until then no poll is good
					if way == "reload" {
						h.reloads(other)
					} else {
						h.stop()
						h = start(t, other, sim)
					}
					synctest.Wait()
					advance(20*time.Second, synctest.Wait)
					_, page := h.page("/metrics")
					s := h.scrape()
					for name, was := range before.counted() {
						if is := s.counted()[name]; is != was || was == 0 {
							t.Errorf("%s was %v and is %v", name, was, is)
						}
					}
					h.stop()
					saved := savedAll(t, dir, "desktops", "user_usage", "alarms", "user_events", "jobs", "login_records")
					for name := range names {
						if strings.Contains(page, `user="`+name+`"`) || strings.Contains(saved, `"user":"`+name+`"`) {
							t.Fatalf("the name %s is still shown or kept", name)
						}
					}
					if n := h.daemon.store.Health().Dropped["other_privacy"]; n != 3 {
						t.Errorf("%d results were dropped, want 3", n)
					}
					sim.Repair("")
					h = start(t, other, sim)
					advance(5*time.Minute, synctest.Wait)
					s = h.scrape()
					if is, _ := s.sum("connections_total"); is < before.counted()["connections_total"] {
						t.Errorf("connections_total fell to %v", is)
					}
					if _, n := s.sum("desktop_info"); n != 60 {
						t.Errorf("%d desktops have series in the end", n)
					}
				})
			})
		}
	}
}

// TestOtherProject: what was read of another project or from another host is
// neither served nor built on, by reload and by restart alike.
func TestOtherProject(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"reload", "restart"} {
		for what, change := range map[string]func(string) string{
			"id": func(cfg string) string { return strings.Replace(cfg, projectHQ, projectLab, 1) },
			"host": func(cfg string) string {
				return strings.Replace(cfg, "project_id: "+projectHQ, "endpoint: https://elsewhere.example.com, project_id: "+projectHQ, 1)
			},
		} {
			t.Run(way+" "+what, func(t *testing.T) {
				t.Parallel()
				cfg := hqConfig + "state: {path: " + t.TempDir() + "}\n"
				synctest.Test(t, func(t *testing.T) {
					sim := newSimulator(60)
					h := start(t, cfg, sim)
					advance(15*time.Minute, synctest.Wait)
					sim.SetFault("", simulator.Failing(503, "WKS.1"))
					if way == "reload" {
						h.reloads(change(cfg))
					} else {
						h.stop()
						h = start(t, change(cfg), sim)
					}
					synctest.Wait()
					for range 2 {
						s := h.scrape()
						s.expectAbsent("desktops")
						s.expectAbsent("connections_total")
						s.expectAbsent("exporter_collector_last_success_timestamp_seconds", "collector=login_records")
						advance(3*time.Minute, synctest.Wait)
					}
					if h.daemon.store.Health().Dropped["other_project"] == 0 {
						t.Error("nothing was dropped")
					}
					sim.Repair("")
					advance(2*time.Minute, synctest.Wait)
					if n, _ := h.scrape().sum("connections_total"); n > 20 {
						t.Errorf("%v old records of another project count as new", n)
					}
				})
			})
		}
	}
}

// TestProjectIDNotKnownYet: while IAM has not told the project id, results are
// served if the same key asks, and nothing is built on them before it has.
func TestProjectIDNotKnownYet(t *testing.T) {
	t.Parallel()
	asked := func(cfg, iam string) string {
		return strings.Replace(strings.Replace(cfg, ", project_id: "+projectHQ, "", 1),
			"credentials:", "iam_endpoint: https://"+iam+"\n    credentials:", 1)
	}
	for name, c := range map[string]struct {
		id     string // that IAM tells after the restart
		served bool   // before it does
		iam    string
	}{
		"same":       {projectHQ, true, "iam"},
		"other":      {projectLab, true, "iam"},
		"other keys": {projectLab, false, "iam2"},
		"same after": {projectHQ, false, "iam2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := hqConfig + "state: {path: " + t.TempDir() + "}\n"
			synctest.Test(t, func(t *testing.T) {
				var id atomic.Value // "": IAM is down
				id.Store(projectHQ)
				iam := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					if id.Load() == "" {
						w.WriteHeader(http.StatusServiceUnavailable)
						return
					}
					_, _ = io.WriteString(w, `{"projects":[{"id":"`+id.Load().(string)+`","name":"ap-southeast-3"}]}`)
				})
				hosts := map[string]http.Handler{"iam": iam, "iam2": iam}
				sim := newSimulator(60)
				h := startBeside(t, asked(cfg, "iam"), sim, hosts)
				advance(15*time.Minute, synctest.Wait)
				was, _ := h.scrape().sum("connections_total")
				h.stop()
				id.Store("")
				h = startBeside(t, asked(cfg, c.iam), sim, hosts)
				synctest.Wait()
				if n, _ := h.scrape().sum("connections_total"); (n == was && was > 0) != c.served {
					t.Errorf("before the id is known %v of %v are served", n, was)
				}
				id.Store(c.id)
				advance(2*time.Minute, synctest.Wait)
				is, n := h.scrape().sum("connections_total")
				if same := c.id == projectHQ; n == 0 || same != (is >= was) {
					t.Errorf("%v logons were counted before the restart, and %v after it", was, is)
				}
			})
		})
	}
}

// TestStateCannotBeWritten: the metrics go on, and metric, status page, report
// and log tell.
func TestStateCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	synctest.Test(t, func(t *testing.T) {
		h := start(t, hqConfig+"state: {path: "+dir+"}\n", newSimulator(60))
		advance(2*time.Minute, synctest.Wait)
		s := h.scrape()
		s.expect(1, "exporter_state_up")
		if _, page := h.page("/"); !strings.Contains(page, "Results are kept over restarts in "+dir) {
			t.Error("the status page does not tell of the state")
		}
		h.warnings()
		// A file stands where the directory was.
		if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		advance(2*time.Minute, synctest.Wait)
		s = h.scrape()
		s.expect(0, "exporter_state_up")
		s.expect(1, "exporter_collector_success", "collector=desktops")
		_, page := h.page("/")
		_, report := h.page("/api/v1/status")
		if !strings.Contains(page, "Results cannot be kept over restarts") || !strings.Contains(report, `"up": false`) {
			t.Error("status page or report does not tell")
		}
		if w := h.warnings(); len(w) != 1 {
			t.Errorf("logged: %q", w)
		}
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		advance(2*time.Minute, synctest.Wait)
		h.scrape().expect(1, "exporter_state_up")
		if n := strings.Count(h.log.Take(), "made anew from memory"); n != 1 {
			t.Errorf("%d lines say that it is made anew", n)
		}
		h.stop()
		if saved := savedAll(t, dir, "quotas"); saved == "" { // which is polled seldom
			t.Error("not all was made anew")
		}
	})
}

// savedAll is what the state of a stopped daemon holds of some collectors.
func savedAll(t *testing.T, dir string, names ...string) string {
	t.Helper()
	store, err := state.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var all strings.Builder
	for _, name := range names {
		saved, _ := store.LoadResult("prod/ap-southeast-3/hq/" + name)
		all.Write(saved.Result)
	}
	return all.String()
}

// users are the values of the label user of desktop_info.
func (s scraped) users() string {
	var all []string
	for _, m := range s.families["huaweicloud_workspace_desktop_info"].GetMetric() {
		for _, l := range m.Label {
			if l.GetName() == "user" {
				all = append(all, l.GetValue())
			}
		}
	}
	return strings.Join(all, " ")
}

// TestWithoutState says once that nothing is kept.
func TestWithoutState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, only("alarms"), newSimulator(10))
		advance(10*time.Minute, synctest.Wait)
		if n := strings.Count(h.log.Take(), "nothing is kept over restarts"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}
