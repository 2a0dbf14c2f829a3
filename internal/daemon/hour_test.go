package daemon

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestHour lets the whole daemon watch three projects of two accounts for an
// hour of fake time, through everything that can go wrong with the API.
func TestHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := start(t, core(), newSimulator(200))
		begin := time.Now()
		if code, _ := h.page("/-/ready"); code != http.StatusServiceUnavailable {
			t.Errorf("ready before the first poll: %d", code)
		}
		advance(time.Minute, synctest.Wait)
		if code, body := h.page("/-/ready"); code != http.StatusOK {
			t.Errorf("not ready after a minute: %d %s", code, body)
		}
		advance(4*time.Minute, synctest.Wait)
		h.compare()

		faults := []struct {
			name  string
			fault simulator.Fault
			lasts time.Duration
			// after is how long after the fault all collectors must work again.
			after time.Duration
			says  string
		}{
			{"500", simulator.Failing(500, "WKS.9999"), 4 * time.Minute, time.Minute, "HTTP 500 WKS.9999"},
			{"429", simulator.Throttling(""), 4 * time.Minute, 2 * time.Minute, "HTTP 429"},
			{"429 with Retry-After", simulator.Throttling("3"), 4 * time.Minute, 2 * time.Minute, "HTTP 429"},
			{"hang", simulator.Fault{Hang: true}, 4 * time.Minute, time.Minute, "no complete answer within"},
			{"broken connections", simulator.Fault{Disconnect: true}, 4 * time.Minute, time.Minute, "answer breaks off"},
			{"truncated", simulator.Fault{Damage: simulator.Truncated}, 4 * time.Minute, time.Minute, "answer breaks off"},
			{"wrong JSON", simulator.Fault{Damage: simulator.WrongShape}, 4 * time.Minute, time.Minute, "not as documented"},
			{"HTML", simulator.Fault{Damage: simulator.HTML}, 4 * time.Minute, time.Minute, "answer is no JSON"},
			{"401", simulator.TokenExpired(), 4 * time.Minute, 2 * time.Minute, "HTTP 401"},
		}
		h.warnings()
		for _, f := range faults {
			h.endure(f.name, f.fault, f.lasts, f.after, f.says)
		}
		if rest := time.Hour - time.Since(begin); rest > 0 {
			advance(rest, synctest.Wait)
		}
		h.compare()
		h.withinBudget(0.5)
		h.page("/")
		if strings.Contains(h.all.String(), secretCanary) {
			t.Error("a secret was shown or logged")
		}
	})
}

// endure breaks the API for a while: the last good values are served, then
// dropped, the log says it once, and all is well soon after the repair.
func (h *harness) endure(name string, fault simulator.Fault, lasts, after time.Duration, says string) {
	h.Helper()
	// One line for each collector that changes its state, and for each API
	// that is throttled.
	loops := 0
	for _, t := range h.daemon.scraper.Status() {
		loops += len(t.Collectors)
	}
	h.sim.SetFault("", fault)
	began := time.Now()
	advance(62*time.Second, synctest.Wait)
	s := h.scrape()
	if sum, n := s.sum("exporter_collector_success", "collector=login_state"); n != 3 || sum != 0 {
		h.Errorf("%s: after a minute %v of %d login_state collectors succeed", name, sum, n)
	}
	if _, n := s.sum("desktops_login_state", project("hq")); n != 5 {
		h.Errorf("%s: the last good values are gone after a minute (%d series)", name, n)
	}
	if lines := h.warnings(); !strings.Contains(strings.Join(lines, "\n"), says) {
		h.Errorf("%s: no log line says %q:\n%s", name, says, strings.Join(lines, "\n"))
	} else if len(lines) > loops+len(h.sim.Calls()) {
		h.Errorf("%s: %d log lines in the first minute are a flood", name, len(lines))
	}

	advance(lasts-time.Since(began), synctest.Wait)
	s = h.scrape()
	s.expectAbsent("desktops_login_state")
	s.expectAbsent("desktops_observed")
	s.expect(0, "exporter_collector_success", "collector=desktops")
	if lines := h.warnings(); len(lines) > 2*loops {
		h.Errorf("%s: %d more log lines are a flood, the last: %s", name, len(lines), lines[len(lines)-1])
	}

	h.sim.Repair("")
	advance(after, synctest.Wait)
	s = h.scrape()
	for _, collector := range []string{"login_state", "run_state", "alarms", "statistics", "desktops", "login_records"} {
		s.expect(3, "exporter_collector_success", "collector="+collector)
	}
	if _, n := s.sum("desktops_login_state", project("hq")); n != 5 {
		h.Errorf("%s: %d series of desktops_login_state after the repair", name, n)
	}
}

// compare freezes the world, waits until everything was polled, and compares
// every core metric with the truth.
func (h *harness) compare() {
	h.Helper()
	h.sim.Freeze()
	advance(6*time.Minute, synctest.Wait)
	truth, s := h.sim.Truth(), h.scrape()
	for name, id := range map[string]string{"hq": projectHQ, "lab": projectLab, "branch": projectBranch} {
		compareProject(s, name, truth.Projects[id])
	}
	h.sim.Thaw()
}

func compareProject(s scraped, name string, p simulator.ProjectTruth) {
	s.Helper()
	of := project(name)
	expect := func(want int, metric string, with ...string) {
		s.Helper()
		s.expect(float64(want), metric, append(with, of)...)
	}
	expect(p.ByType["DEDICATED"].Total, "desktops", "desktop_type=dedicated")
	expect(p.ByType["POOLED"].Total, "desktops", "desktop_type=pooled")
	for state, key := range map[string]string{"stopped": "SHUTOFF", "active": "ACTIVE", "error": "ERROR", "hibernated": "HIBERNATED"} {
		expect(p.Run[key], "desktops_run_state", "state="+state)
	}
	for state, key := range map[string]string{
		"in_use": "CONNECTED", "ready": "REGISTERED", "disconnected": "DISCONNECTED",
		"unregistered": "UNREGISTER", "unable_to_connect": simulator.UnableToConnect,
	} {
		expect(p.Login[key], "desktops_login_state", "state="+state)
	}
	for state, key := range map[string]string{"attached": "ATTACHED", "unattached": "UNATTACH", "attaching": "ATTACHING", "attach_error": "ATTACHFAIL"} {
		expect(p.Attach[key], "desktops_attach_state", "state="+state)
	}
	if p.Total > 0 {
		expect(p.Total, "desktops_observed")
	}
	for _, pool := range p.Pools {
		expect(1, "pool_info", "pool_id="+pool.ID, "pool="+pool.Name)
		expect(pool.Fleet.Total, "pool_desktops", "pool_id="+pool.ID)
		expect(pool.Fleet.Run["ACTIVE"], "pool_desktops_run_state", "pool_id="+pool.ID, "state=active")
		expect(pool.Fleet.Login["CONNECTED"], "pool_desktops_login_state", "pool_id="+pool.ID, "state=in_use")
		expect(pool.Fleet.Attach["ATTACHED"], "pool_desktops_attach_state", "pool_id="+pool.ID, "state=attached")
		if pool.Fleet.Total > 0 { // combinations of states that no desktop is in have no series
			expect(pool.Fleet.Total, "desktops_observed", "pool_id="+pool.ID)
		}
	}
	for number, level := range map[int]string{1: "critical", 2: "major", 3: "minor", 4: "info"} {
		expect(p.ActiveAlarms()[number], "alarms_active", "level="+level)
		expect(p.AlarmRecords()[number], "alarm_records", "level="+level)
	}
	active := 0
	for _, n := range p.ActiveAlarms() {
		active += n
	}
	if _, n := s.sum("alarm_active_since_timestamp_seconds", of); n != active {
		s.Errorf("%s: %d series of active alarms, want %d", name, n, active)
	}
	expect(p.OnlineUsers, "online_users")
	for _, q := range p.Quotas {
		site := q.SiteID
		if strings.Contains(site, "center") {
			site = "center"
		}
		expect(q.Used, "quota_used", "site_id="+site, "resource="+q.Type)
		if q.Limit >= 0 {
			expect(q.Limit, "quota_limit", "site_id="+site, "resource="+q.Type)
		} else {
			s.expectAbsent("quota_limit", "site_id="+site, "resource="+q.Type, of)
		}
	}
	for _, days := range []int{7, 14, 30, 60, 90} {
		expect(p.IdleDesktops(days), "desktops_idle", fmt.Sprintf("bucket=%dd", days))
	}
}

// TestSizes: an empty tenant and a large one are shown as they are, within
// the budget.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, desktops := range []int{0, 20_000} {
		t.Run(fmt.Sprint(desktops), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sim := newSimulator(desktops, func(c *simulator.Config) { c.Projects = c.Projects[:1] })
				sim.Freeze()
				h := start(t, oneProject(core()), sim)
				advance(4*time.Minute, synctest.Wait)
				s := h.scrape()
				compareProject(s, "hq", h.sim.Truth().Projects[projectHQ])
				if desktops == 0 {
					s.expectAbsent("desktops_observed")
				}
				h.withinBudget(0.5)
				if lines := h.warnings(); len(lines) > 0 {
					t.Errorf("warnings:\n%s", strings.Join(lines, "\n"))
				}
			})
		})
	}
}
