package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// reload puts cfg in force and returns the answer.
func (h *harness) reload(cfg string) (int, string) {
	h.Helper()
	h.config = cfg
	w := httptest.NewRecorder()
	h.daemon.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/-/reload", nil))
	h.all.WriteString(w.Body.String())
	return w.Code, w.Body.String()
}

func (h *harness) reloads(cfg string) {
	h.Helper()
	if code, answer := h.reload(cfg); code != http.StatusOK {
		h.Fatalf("%d %s", code, answer)
	}
}

// calls is the number of requests so far.
func (h *harness) calls() (n int) {
	for _, c := range h.sim.Calls() {
		n += c.Total
	}
	return n
}

func nextRuns(h *harness) map[string]time.Time {
	all := map[string]time.Time{}
	for _, t := range h.daemon.scraper.Status() {
		for _, c := range t.Collectors {
			all[t.Project+"/"+c.Collector] = c.NextRun
		}
	}
	return all
}

// TestReloadUnchanged: nothing is called, moved or lost.
func TestReloadUnchanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, testConfig, newSimulator(60))
		advance(6*time.Minute, synctest.Wait)
		calls, page, next := h.calls(), h.scrape(), nextRuns(h)
		for range 5 {
			h.reloads(testConfig + "# a comment\n")
			synctest.Wait()
		}
		if n := h.calls(); n != calls {
			t.Errorf("five reloads made %d calls", n-calls)
		}
		for name, at := range nextRuns(h) {
			if !at.Equal(next[name]) {
				t.Errorf("the next poll of %s was at %s and is at %s", name, next[name], at)
			}
		}
		after := h.scrape()
		for name := range page.families {
			was, n := page.sum(strings.TrimPrefix(name, "huaweicloud_workspace_"))
			is, m := after.sum(strings.TrimPrefix(name, "huaweicloud_workspace_"))
			if n != m || was != is && !strings.Contains(name, "_exporter_") {
				t.Errorf("%s: %v in %d series, and %v in %d after a reload", name, was, n, is, m)
			}
		}
	})
}

// TestReloadChanges: each change takes effect, and the rest goes on.
func TestReloadChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60)
		h := start(t, testConfig, sim)
		advance(7*time.Minute, synctest.Wait)
		before := h.scrape()
		connections, n := before.sum("connections_total", project("hq"))
		if n == 0 || connections == 0 {
			t.Fatal("there is nothing to go on counting from")
		}

		if _, n := before.sum("exporter_api_budget_used_ratio", "api=ShowQuotas"); n == 0 {
			t.Fatal("there is no budget that can go")
		}

		// Another label, and a shorter interval: the data stays and is renamed.
		h.reloads(strings.Replace(testConfig, "site: sg1", "site: sg2", 1) + "collectors: {alarms: {interval: 10s}}\n")
		s := h.scrape()
		s.expectAbsent("connections_total", "site=sg1")
		s.expect(connections, "connections_total", "site=sg2")
		s.expect(10, "exporter_collector_interval_seconds", project("lab"), "collector=alarms")
		if h.page("/-/ready"); !h.daemon.scraper.Ready() {
			t.Error("a reload makes the exporter unready")
		}
		sim.SetDesktops(80)
		advance(2*time.Minute, synctest.Wait)
		s = h.scrape()
		s.expect(80*3, "desktops")
		if is, _ := s.sum("connections_total", project("hq")); is < connections {
			t.Errorf("connections_total fell from %v to %v", connections, is)
		}

		// A project and a collector less: nothing of them remains.
		h.reloads(strings.Replace(testConfig, "      - {name: lab, region: ap-southeast-3, project_id: "+projectLab+"}\n", "", 1) +
			"collectors: {quotas: {enabled: false}}\n")
		s = h.scrape()
		for name := range s.families {
			s.expectAbsent(strings.TrimPrefix(name, "huaweicloud_workspace_"), project("lab"))
		}
		s.expectAbsent("quota_limit")
		s.expectAbsent("exporter_collector_success", "collector=quotas")
		s.expectAbsent("exporter_api_budget_used_ratio", "api=ShowQuotas")
		s.expect(80*2, "desktops")

		// Both again, and the whole limits.
		h.reloads(testConfig + "budget: {share: 1}\n")
		advance(2*time.Minute, synctest.Wait)
		s = h.scrape()
		s.expect(80*3, "desktops")
		if _, n := s.sum("quota_limit", project("lab")); n == 0 {
			t.Error("the quotas of the project that came back are missing")
		}
		s.expect(200, "exporter_api_budget_requests_per_minute", "account=prod", "api=ListAlarms")
		h.withinBudget(1)
	})
}

// TestReloadRefused: whatever is wrong is said, and nothing changes.
func TestReloadRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, testConfig, newSimulator(60))
		started := time.Now()
		advance(5*time.Minute, synctest.Wait)
		before := h.scrape()
		for _, c := range []struct{ cfg, reason string }{
			{testConfig + "nonsense: 1\nbudget: {share: 7}\n", "nonsense"},
			{testConfig + "nonsense: 1\nbudget: {share: 7}\n", "budget.share"},
			{testConfig + "state: {path: /somewhere}\n", "state.path"},
			{testConfig + "privacy: {salt_file: /nowhere/at/all}\n", "salt_file"},
			{"accounts: []\n", "account"},
			{"", "empty"},
		} {
			code, answer := h.reload(c.cfg)
			if code != http.StatusInternalServerError || !strings.Contains(answer, c.reason) {
				t.Errorf("%q: %d %s", c.cfg, code, answer)
			}
		}
		s := h.scrape()
		s.expect(0, "exporter_config_last_reload_successful")
		s.expect(float64(started.UnixMilli())/1000, "exporter_config_last_reload_success_timestamp_seconds")
		for _, name := range []string{"desktops", "connections_total", "exporter_collector_interval_seconds", "exporter_api_budget_requests_per_minute"} {
			was, n := before.sum(name)
			if is, m := s.sum(name); is != was || n != m || n == 0 {
				t.Errorf("%s: %v in %d series, then %v in %d", name, was, n, is, m)
			}
		}
		if _, page := h.page("/"); !strings.Contains(page, "was refused") || !strings.Contains(page, "the file is empty") {
			t.Error("the status page does not tell of the refused reload")
		}
		advance(time.Minute, synctest.Wait)
		h.reloads(testConfig)
		s = h.scrape()
		s.expect(1, "exporter_config_last_reload_successful")
		s.expect(float64(time.Now().UnixMilli())/1000, "exporter_config_last_reload_success_timestamp_seconds")
		if strings.Contains(h.all.String(), secretCanary) {
			t.Error("a secret shows")
		}
	})
}

// TestReloadPrivacy: names that were shown plainly are gone at once.
func TestReloadPrivacy(t *testing.T) {
	t.Parallel()
	cfg := oneProject(testConfig + "collectors: {desktops: {per_desktop: true}}\n")
	synctest.Test(t, func(t *testing.T) {
		h := start(t, cfg+"privacy: {user_names: plain}\n", newSimulator(60))
		advance(2*time.Minute, synctest.Wait)
		plain := h.scrape().users()
		h.reloads(cfg + "privacy: {user_names: hashed}\n")
		if got := h.scrape().users(); strings.TrimSpace(got) != "" {
			t.Errorf("names are shown before the next poll: %.60s", got)
		}
		advance(time.Minute, synctest.Wait)
		once := h.scrape().users()
		if once == plain || strings.TrimSpace(once) == "" {
			t.Errorf("plain %.60s, hashed %.60s", plain, once)
		}
		h.reloads(cfg) // hashed is the default
		if again := h.scrape().users(); again != once {
			t.Errorf("a reload changed the hashes: %.60s, %.60s", once, again)
		}
	})
}

// TestReloadKeys: the key is replaced, and the account renamed, within the
// budget of each key.
func TestReloadKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(60, func(c *simulator.Config) {
			c.AccessKeys["AKNEW"] = secretCanary
			c.Projects[0].AccessKeys = append(c.Projects[0].AccessKeys, "AKNEW")
			c.Projects[1].AccessKeys = append(c.Projects[1].AccessKeys, "AKNEW")
		})
		cfg := strings.ReplaceAll(only("desktops", "alarms", "pools"), "{enabled: true}", "{enabled: true, interval: 10s}") + "budget: {share: 0.05}\n"
		h := start(t, cfg, sim)
		advance(5*time.Minute, synctest.Wait)
		for n := range 20 {
			next := cfg
			if n%3 == 1 {
				next = strings.Replace(next, "name: prod", "name: production", 1)
			}
			if n%4 == 1 {
				next = strings.ReplaceAll(next, "AKPROD", "AKNEW")
			}
			h.reloads(next)
			advance(time.Duration(3*n)*time.Second, synctest.Wait)
		}
		h.reloads(strings.Replace(cfg, "name: prod", "name: production", 1))
		advance(3*time.Minute, synctest.Wait)
		s := h.scrape()
		s.expectAbsent("desktops_observed", "account=prod")
		s.expectAbsent("exporter_api_budget_used_ratio", "account=prod")
		s.expect(120, "desktops_observed", "account=production")
		h.withinBudget(0.05)
	})
}
