package daemon

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// fakeAlertmanager keeps alerts the way Alertmanager does.
type fakeAlertmanager struct {
	*testing.T
	mu     sync.Mutex
	alerts map[alertID]heldAlert
	bodies strings.Builder
	// resolutions are how many alerts came as resolved.
	resolutions int
	// latest is the longest time from the beginning of an alarm that began
	// after the start to its alert.
	begun  time.Time
	latest time.Duration
	broken bool
}

// alertID is what tells alerts apart, as the truth knows it.
type alertID struct{ project, alarm, resource string }

type heldAlert struct {
	Labels      map[string]string
	Annotations map[string]string
	StartsAt    time.Time
	EndsAt      time.Time
	at          time.Time // when it came last
}

func newAlertmanager(t *testing.T) *fakeAlertmanager {
	return &fakeAlertmanager{T: t, alerts: map[alertID]heldAlert{}, begun: time.Now()}
}

func (f *fakeAlertmanager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var all []heldAlert
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil || r.Method+r.URL.Path != "POST/api/v2/alerts" {
		f.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	for _, a := range all {
		a.at = time.Now()
		id := alertID{a.Labels["project"], a.Labels["alarm_id"], a.Labels["resource_id"]}
		before := f.alerts[id]
		f.alerts[id] = a
		switch {
		case !a.EndsAt.After(a.at):
			f.resolutions++
		case before.StartsAt.Before(a.StartsAt) && a.StartsAt.After(f.begun):
			f.latest = max(f.latest, a.at.Sub(a.StartsAt))
		}
		text, _ := json.Marshal(a)
		f.bodies.Write(text)
	}
}

func (f *fakeAlertmanager) setBroken(broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = broken
}

// active are the alerts that it would show as firing now.
func (f *fakeAlertmanager) active() map[alertID]heldAlert {
	f.mu.Lock()
	defer f.mu.Unlock()
	active := maps.Clone(f.alerts)
	maps.DeleteFunc(active, func(_ alertID, a heldAlert) bool { return !a.EndsAt.After(time.Now()) })
	return active
}

func (f *fakeAlertmanager) resolved() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.resolutions
}

// trueAlarms are the active alarms of the simulated projects.
func (h *harness) trueAlarms(projects map[string]string) map[alertID]simulator.AlarmTruth {
	all := map[alertID]simulator.AlarmTruth{}
	truth := h.sim.Truth()
	for id, name := range projects {
		for _, a := range truth.Projects[id].Alarms {
			if a.Status == "alarm" {
				all[alertID{name, a.AlarmID, a.DesktopID}] = a
			}
		}
	}
	return all
}

// sameAlarms compares what Alertmanager shows with the truth.
func (h *harness) sameAlarms(when string, f *fakeAlertmanager, projects map[string]string) {
	h.Helper()
	want, got := h.trueAlarms(projects), f.active()
	for id, a := range want {
		switch shown, ok := got[id]; {
		case !ok:
			h.Errorf("%s: %v is active and not in Alertmanager", when, id)
		case shown.StartsAt.After(a.Begin):
			h.Errorf("%s: %v began at %s, Alertmanager says %s", when, id, a.Begin, shown.StartsAt)
		}
	}
	for id, shown := range got {
		if _, ok := want[id]; !ok {
			h.Errorf("%s: %v is over, and in Alertmanager until %s", when, id, shown.EndsAt)
		}
	}
}

func onlyHQ() map[string]string { return map[string]string{projectHQ: "hq"} }

// busy is a small fleet, where alarms come and go all the time.
func busy() *simulator.Simulator {
	return newSimulator(60, func(c *simulator.Config) { c.Projects, c.Speed = c.Projects[:1], 20 })
}

const alertmanagersConfig = "alertmanagers: [{url: \"http://user:" + secretCanary + "@am1:9093\"}, {url: \"http://am2:9093/\"}]\n"

// TestAlarmsReachAlertmanager for an hour: an alarm is there, and gone, one
// interval and two seconds after the API shows it so at the latest. The second
// Alertmanager is dead half the time.
func TestAlarmsReachAlertmanager(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am, second := newAlertmanager(t), newAlertmanager(t)
		h := startBeside(t, oneProject(only("alarms"))+alertmanagersConfig, busy(), map[string]http.Handler{"am1:9093": am, "am2:9093": second})
		const step, late = 5 * time.Second, 32 * time.Second
		began := time.Now()
		activeSince, overSince := map[alertID]time.Time{}, map[alertID]time.Time{}
		risen, ended := map[string]bool{}, 0
		for time.Since(began) < time.Hour {
			advance(step, synctest.Wait)
			second.setBroken(int(time.Since(began).Minutes())/10%2 == 1)
			now, truth, shown := time.Now(), h.trueAlarms(onlyHQ()), am.active()
			for id, a := range truth {
				if _, known := activeSince[id]; !known {
					activeSince[id] = now
					delete(overSince, id)
				}
				risen[a.RecordID] = true
				if got, ok := shown[id]; !ok && now.Sub(activeSince[id]) > late+step {
					t.Fatalf("%v has been active for %s and is not in Alertmanager", id, now.Sub(activeSince[id]))
				} else if ok && now.Sub(activeSince[id]) > late+step && got.StartsAt.After(a.Begin) {
					t.Errorf("%v began at %s and starts at %s", id, a.Begin, got.StartsAt)
				}
			}
			for id := range activeSince {
				if _, active := truth[id]; !active {
					delete(activeSince, id)
					overSince[id] = now
					ended++
				}
			}
			for id := range shown {
				if since, over := overSince[id]; over && now.Sub(since) > late+step {
					t.Fatalf("%v has been over for %s and is in Alertmanager", id, now.Sub(since))
				}
			}
		}
		if len(risen) < 20 || ended < 15 {
			t.Fatalf("only %d alarms, %d of them ended: nothing to compare", len(risen), ended)
		}
		if am.latest == 0 || am.latest > late+time.Second { // the API tells whole seconds
			t.Errorf("from an alarm to its alert it took up to %s", am.latest)
		}
		second.setBroken(false)
		h.sim.Freeze()
		advance(time.Minute, synctest.Wait)
		h.sameAlarms("at the end", am, onlyHQ())
		h.sameAlarms("at the end, the second", second, onlyHQ())

		s := h.scrape()
		for url, least := range map[string]float64{"http://am1:9093": 0, "http://am2:9093": 20} {
			if failed, n := s.sum("exporter_alerts_failed_total", "alertmanager="+url); n != 1 || failed < least || least == 0 && failed > 0 {
				t.Errorf("%s: %v failed in %d series", url, failed, n)
			}
			if sent, _ := s.sum("exporter_alerts_sent_total", "alertmanager="+url); sent < 50 {
				t.Errorf("%s: only %v sent", url, sent)
			}
			s.expect(0, "exporter_alerts_dropped_total", "alertmanager="+url)
			s.expect(0, "exporter_alerts_queue_length", "alertmanager="+url)
			s.expect(10000, "exporter_alerts_queue_capacity", "alertmanager="+url)
		}
		s.expect(float64(len(h.trueAlarms(onlyHQ()))), "exporter_alerts_active", project("hq"), "account=prod", "region=ap-southeast-3")
		if _, page := h.page("/"); !strings.Contains(page, "http://am2:9093") {
			t.Error("the status page does not show the Alertmanagers")
		}
		var report Report
		_, page := h.page("/api/v1/status")
		if err := json.Unmarshal([]byte(page), &report); err != nil || len(report.Alertmanagers) != 2 || report.Alertmanagers[0].LastSuccess == nil {
			t.Errorf("%v: %s", err, page)
		}
		if lines := h.warnings(); len(lines) != 3 { // the second was dead three times
			t.Errorf("warnings:\n%s", strings.Join(lines, "\n"))
		}
		h.stop()
		if strings.Contains(h.all.String(), secretCanary) {
			t.Error("a secret was shown or logged")
		}
	})
}

// TestAlarmsThroughOutages: neither an outage of the API nor a refusal nor a
// restart ends an alert; what ended meanwhile is resolved right after. Without state it is
// forgotten after four resend intervals.
func TestAlarmsThroughOutages(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{true, false} {
		t.Run(fmt.Sprintf("state=%v", kept), func(t *testing.T) {
			t.Parallel()
			cfg := oneProject(only("alarms")) + alertmanagersConfig
			if kept {
				cfg += "state: {path: " + t.TempDir() + "}\n"
			}
			synctest.Test(t, func(t *testing.T) {
				am := newAlertmanager(t)
				hosts := map[string]http.Handler{"am1:9093": am, "am2:9093": newAlertmanager(t)}
				sim := busy()
				h := startBeside(t, cfg, sim, hosts)
				advance(15*time.Minute, synctest.Wait)
				before := am.active()
				if len(before) < 2 {
					t.Fatalf("only %d alerts", len(before))
				}

				sim.SetFault("ListAlarms", simulator.Failing(500, "WKS.1"))
				advance(80*time.Second, synctest.Wait)
				for id := range before {
					if a := am.active()[id]; time.Since(a.at) > time.Minute {
						t.Errorf("%v was not sent for %s", id, time.Since(a.at))
					}
				}
				sim.SetFault("ListAlarms", simulator.Forbidden())
				advance(10*time.Minute, synctest.Wait)
				h.scrape().expect(1, "exporter_collector_parked", project("hq"), "collector=alarms", "reason=forbidden")
				for id := range before {
					if a, ok := am.active()[id]; !ok || a.Annotations["unconfirmed_since"] == "" {
						t.Errorf("%v is over or confirmed while its alarms cannot be read: %+v", id, a)
					}
				}
				h.scrape().expect(float64(len(am.active())), "exporter_alerts_unconfirmed", project("hq"))
				if _, page := h.page("/"); !strings.Contains(page, "nobody knows whether they have ended") {
					t.Error("the status page does not tell that alerts are not confirmed")
				}
				sim.Repair("ListAlarms")
				h.reloads(cfg)
				advance(31*time.Second, synctest.Wait)
				sim.Freeze()
				advance(time.Minute, synctest.Wait)
				h.sameAlarms("after the outage", am, onlyHQ())
				sim.Thaw()

				for _, down := range []time.Duration{20 * time.Second, 3 * time.Minute} {
					advance(5*time.Minute, synctest.Wait)
					sim.Freeze()
					advance(32*time.Second, synctest.Wait)
					before = am.active()
					resolved := am.resolved()
					h.stop()
					if am.resolved() != resolved {
						t.Error("the end of the process resolved alerts")
					}
					sim.Thaw()
					advance(down, synctest.Wait)
					sim.Freeze()
					h = startBeside(t, cfg, sim, hosts)
					advance(32*time.Second, synctest.Wait)
					now, over := h.trueAlarms(onlyHQ()), 0
					for id := range before {
						if _, active := now[id]; active {
							continue
						}
						over++
						am.mu.Lock()
						a := am.alerts[id]
						am.mu.Unlock()
						if explicit := !a.EndsAt.After(a.at); explicit != kept {
							t.Errorf("%v ended while the exporter was down: resolved is %v", id, explicit)
						}
					}
					if over == 0 && down > time.Minute {
						t.Error("no alarm ended while the exporter was down: nothing to compare")
					}
					advance(5*time.Minute, synctest.Wait)
					h.sameAlarms("after the restart", am, onlyHQ())
					sim.Thaw()
				}
			})
		})
	}
}

// TestAlertsArePrivate: names of desktops are shown with those of users only.
func TestAlertsArePrivate(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"plain", "hashed", "omitted"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				am := newAlertmanager(t)
				cfg := oneProject(only("alarms")) + "alertmanagers: [{url: \"http://am1:9093\"}]\nprivacy: {user_names: " + mode + "}\n"
				h := startBeside(t, cfg, busy(), map[string]http.Handler{"am1:9093": am})
				advance(20*time.Minute, synctest.Wait)
				h.stop()
				bodies, named := am.bodies.String(), 0
				for _, d := range h.sim.Truth().Projects[projectHQ].Desktops {
					if strings.Contains(bodies, `"`+d.Name+`"`) || strings.Contains(bodies, d.Name+" (") {
						named++
					}
				}
				if len(bodies) < 1000 || (mode == "plain") != (named > 0) {
					t.Errorf("%d names of desktops in %d bytes", named, len(bodies))
				}
			})
		})
	}
}

// TestUnwatchedProject: who wants alerts and reads no alarms is told.
func TestUnwatchedProject(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := startBeside(t, oneProject(only("run_state"))+alertmanagersConfig, newSimulator(10), nil)
		if lines := h.warnings(); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "enable its collector alarms") }) {
			t.Errorf("warnings: %v", lines)
		}
	})
}

// TestReloadAlerting: an Alertmanager that is new learns all that is active;
// alerts of a project that is left out are resolved, as nobody watches it.
func TestReloadAlerting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second := newAlertmanager(t), newAlertmanager(t)
		sim := newSimulator(60, func(c *simulator.Config) { c.Speed = 20 })
		both := only("alarms") + "alertmanagers: [{url: \"http://am1:9093\"}, {url: \"http://am2:9093\"}]\n"
		h := startBeside(t, only("alarms")+"alertmanagers: [{url: \"http://am1:9093\"}]\n", sim,
			map[string]http.Handler{"am1:9093": first, "am2:9093": second})
		all := map[string]string{projectHQ: "hq", projectLab: "lab", projectBranch: "branch"}
		advance(15*time.Minute, synctest.Wait)
		sim.Freeze()
		advance(time.Minute, synctest.Wait)
		h.sameAlarms("before", first, all)
		if n := len(h.trueAlarms(all)); n == 0 || n == len(h.trueAlarms(onlyHQ())) {
			t.Fatalf("%d alarms: nothing to compare", n)
		}
		sent, _ := h.scrape().sum("exporter_alerts_sent_total")
		h.reloads(both)
		advance(2*time.Second, synctest.Wait)
		h.sameAlarms("the new one", second, all)
		h.reloads(oneProject(only("alarms")) + "alertmanagers: [{url: \"http://am2:9093\"}, {url: \"http://am1:9093\"}]\n")
		advance(2*time.Second, synctest.Wait)
		h.sameAlarms("one project", first, onlyHQ())
		h.sameAlarms("one project, the new one", second, onlyHQ())
		s := h.scrape()
		if now, _ := s.sum("exporter_alerts_sent_total", "alertmanager=http://am1:9093"); now <= sent {
			t.Errorf("the counter fell from %v to %v", sent, now)
		}
		s.expectAbsent("exporter_alerts_active", project("lab"))

		if code, answer := h.reload(only("alarms") + "alertmanagers: [{url: am1}]\n"); code != http.StatusInternalServerError || !strings.Contains(answer, "alertmanagers[0].url") {
			t.Errorf("a bad URL: %d %s", code, answer)
		}
		advance(5*time.Minute, synctest.Wait)
		h.sameAlarms("after a refused reload", first, onlyHQ())
	})
}
