package daemon

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// everything is the test configuration with every collector and every series
// there is.
func everything() string {
	return testConfig + Schema().CollectorsSection(func(c config.CollectorSchema) (enabled bool, settings []string) {
		settings = c.Switches()
		if c.Name == "statistics_metrics" {
			settings = append(settings, "metric_names: [user_login_count]")
		}
		return true, settings
	})
}

// TestEverything runs all collectors for an hour: each one succeeds, no
// request is refused for a parameter, every API of the catalogue is called,
// and no budget is exceeded. No answer differs from what the SDK says of it.
func TestEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(100)
		compared := newComparing(t, sim)
		h := startVia(t, oneProject(everything()), sim, compared)
		advance(65*time.Minute, synctest.Wait)
		s := h.scrape()
		compared.verdict(t)
		s.expectAbsent("exporter_api_drift")
		for _, c := range collector.All() {
			s.expect(1, "exporter_collector_success", "collector="+c.Spec().Name)
		}
		for _, line := range h.warnings() {
			t.Errorf("warning: %s", line)
		}
		for _, code := range []string{"400", "401", "403", "404", "405", "429", "500"} {
			if n, _ := s.sum("exporter_api_requests_total", "code="+code); n > 0 {
				t.Errorf("%v requests were answered %s", n, code)
			}
		}
		called := map[string]bool{}
		for _, c := range h.sim.Calls() {
			called[c.Operation] = true
		}
		for _, c := range collector.All() {
			for _, e := range c.Spec().Endpoints {
				if !called[e.Operation] {
					t.Errorf("collector %s never called %s in an hour", c.Spec().Name, e.Operation)
				}
			}
		}
		h.withinBudget(0.5)
	})
}

// TestPrivacy runs all collectors on a fleet with known names and looks for
// them in every page, log line and saved result.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hashed", "omitted"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cfg := oneProject(everything()) + "state: {path: " + dir + "}\nprivacy: {user_names: " + mode + "}\n"
			synctest.Test(t, func(t *testing.T) {
				sim := newSimulator(60)
				h := start(t, cfg, sim)
				advance(20*time.Minute, synctest.Wait)
				sim.SetFault("ListUsers", simulator.Failing(500, "WKS.1")) // errors are told too
				advance(20*time.Minute, synctest.Wait)
				h.page("/metrics")
				h.page("/")
				h.warnings()
				h.stop()
				shown := h.all.String() + savedResults(t, dir)
				names := h.names()
				if len(names) < 20 {
					t.Fatalf("only %d names to look for", len(names))
				}
				for name := range names {
					if at := strings.Index(shown, name); at >= 0 {
						t.Fatalf("the name %q is shown: ...%s...", name, shown[max(0, at-200):at+len(name)+50])
					}
				}
			})
		})
	}
}

// TestWhoHoldsNames: an area whose saved result holds a name of a person, plain
// or as its hash, declares that it does.
func TestWhoHoldsNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := oneProject(everything()) + "state: {path: " + dir + "}\nprivacy: {user_names: plain}\n"
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, cfg, sim)
		advance(20*time.Minute, synctest.Wait)
		h.stop()
		names := h.names()
		saved := savedOf(t, dir)
		holds := map[string]bool{}
		for _, c := range collector.All() {
			spec := c.Spec()
			for name := range names {
				holds[spec.Name] = holds[spec.Name] || strings.Contains(string(saved[spec.Name].Result), name)
			}
			if holds[spec.Name] && !spec.Personal {
				t.Errorf("the result of %s holds names of people: it must declare Unnamed", spec.Name)
			}
			if (saved[spec.Name].Of.Names != "") != spec.Personal {
				t.Errorf("the result of %s is saved as made of %+v", spec.Name, saved[spec.Name].Of)
			}
			result, err := c.Restore(saved[spec.Name].Result)
			if err != nil {
				t.Fatal(err)
			}
			left, _ := c.WithoutNames(result)
			content, err := json.Marshal(left)
			if err != nil {
				t.Fatal(err)
			}
			for name := range names {
				if strings.Contains(string(content), name) {
					t.Errorf("what is left of %s without names holds %s", spec.Name, name)
				}
			}
		}
		for _, name := range []string{"desktops", "user_usage"} { // others have people now and then
			if !holds[name] {
				t.Errorf("the result of %s holds no name: this test would find none", name)
			}
		}
	})
}

// names are those of all people and desktops of the fleet.
func (h *harness) names() map[string]bool {
	names := map[string]bool{}
	for _, p := range h.sim.Truth().Projects {
		for _, d := range p.Desktops {
			names[d.User] = true
		}
		for _, r := range p.Records {
			names[r.UserName] = true
		}
	}
	delete(names, "")
	return names
}

// savedResults is everything the state of a stopped daemon holds.
func savedResults(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	for _, saved := range savedOf(t, dir) {
		all.Write(saved.Result)
	}
	return all.String()
}

// savedOf is what the state of a stopped daemon holds of each collector.
func savedOf(t *testing.T, dir string) map[string]state.Saved {
	t.Helper()
	store, err := state.Open(dir, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	all := map[string]state.Saved{}
	for _, c := range collector.All() {
		saved, ok := store.LoadResult("prod/ap-southeast-3/hq/" + c.Spec().Name)
		if !ok || !json.Valid(saved.Result) {
			t.Errorf("of %s %q is saved", c.Spec().Name, saved.Result)
		}
		all[c.Spec().Name] = saved
	}
	return all
}
