package notifier

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// after lets fake time pass and everything settle.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// inMinutes is an expiry.
func inMinutes(n int) time.Time { return time.Now().Add(time.Duration(n) * time.Minute) }

// TestLife of an alert: sent at once, again every minute, resolved at once,
// the resolution repeated for a quarter of an hour, then nothing.
func TestLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a"), am)
		after(20 * time.Second)
		start := time.Now()
		alarms := []Alarm{alarmNamed("ah1", "d-01", time.Now())}
		n.Update(hq, alarms, inMinutes(100))
		after(time.Second)
		first := am.since("a")
		if len(first) != 1 || !first[0].at.Equal(start) || first[0].isResolved() {
			t.Fatalf("at once:%s", summarize(first))
		}
		if got := first[0]; !got.EndsAt.Equal(start.Add(4*resend)) || !got.StartsAt.Equal(alarms[0].Begin) {
			t.Errorf("from %s to %s", got.StartsAt, got.EndsAt)
		}
		for range 8 { // polls that find nothing new send nothing
			after(30 * time.Second)
			n.Update(hq, alarms, inMinutes(100))
		}
		again := am.since("a")
		if len(again) != 4 {
			t.Errorf("in four minutes:%s", summarize(again))
		}
		for i, r := range again {
			if want := start.Add(time.Duration(i+1) * resend); !r.at.Equal(want) || r.isResolved() || r.key != first[0].key {
				t.Errorf("send %d at %s, want %s: %s", i, r.at, want, summarize(again))
			}
		}

		after(10 * time.Second)
		n.Update(hq, nil, inMinutes(100))
		over := time.Now()
		after(time.Second)
		gone := am.since("a")
		if len(gone) != 1 || !gone[0].EndsAt.Equal(over) || !gone[0].at.Equal(over) || gone[0].key != first[0].key {
			t.Fatalf("resolved:%s", summarize(gone))
		}
		after(time.Hour)
		repeated := am.since("a")
		if len(repeated) != 15 {
			t.Errorf("the resolution was repeated %d times", len(repeated))
		}
		for _, r := range repeated {
			if !r.EndsAt.Equal(over) {
				t.Errorf("resolved again:%s", summarize(repeated))
			}
		}
		n.Update(hq, alarms, inMinutes(100))
		after(time.Second)
		if back := am.since("a"); len(back) != 1 || back[0].isResolved() {
			t.Errorf("active again:%s", summarize(back))
		}
	})
}

// TestStaleData: without good polls active alerts are sent on, unconfirmed, for
// a day; then they are neither sent nor resolved until the next good poll.
func TestStaleData(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, log := begin(t, testConfig("a"), am)
		two := []Alarm{alarmNamed("ah1", "d-01", time.Now()), alarmNamed("ah2", "d-02", time.Now())}
		n.Update(hq, two, time.Now().Add(90*time.Second))
		after(85 * time.Second)
		if got := am.since("a"); len(got) != 4 {
			t.Errorf("while it is good:%s", summarize(got))
		}
		if n.Active()[hq] != 2 {
			t.Errorf("active: %v", n.Active())
		}
		after(unconfirmedFor)
		got := am.since("a")
		for i, r := range got {
			if _, said := r.Annotations["unconfirmed_since"]; r.isResolved() || i > 6 && (!said || !strings.Contains(r.Annotations["description"], "Not confirmed since")) {
				t.Fatalf("when it is too old: %+v", r)
			}
		}
		if len(got) < 2*24*60-10 || len(got) > 2*24*60+4 {
			t.Errorf("%d alerts in a day", len(got))
		}
		if u := n.Unconfirmed(); len(u) != 2 || u[0].Project != hq || u[0].Alerts != 2 || time.Since(u[0].Read) < unconfirmedFor {
			t.Errorf("unconfirmed: %+v", u)
		}
		after(10 * time.Minute)
		am.since("a")
		after(time.Hour)
		if got := am.since("a"); len(got) != 0 {
			t.Errorf("after a day:%s", summarize(got))
		}
		if u := n.Unconfirmed(); n.Active()[hq] != 0 || u[0].Alerts != 0 {
			t.Errorf("active: %v", n.Active())
		}
		n.Update(hq, two[:1], inMinutes(100))
		after(time.Second)
		got = am.since("a")
		if len(got) != 2 {
			t.Fatalf("after the outage:%s", summarize(got))
		}
		for _, r := range got {
			if r.isResolved() != (r.resource() == "d-02") {
				t.Errorf("after the outage:%s", summarize(got))
			}
			if _, said := r.Annotations["unconfirmed_since"]; said {
				t.Error("what was read again is called unconfirmed")
			}
		}
		for _, want := range []string{"sent on unconfirmed", "no longer sent", "can be read again"} {
			if strings.Count(log.String(), want) != 1 {
				t.Errorf("the log does not say once %q:\n%s", want, log)
			}
		}
	})
}

// TestReloadWhileUnconfirmed: a reload tells again what is too old; its alerts
// go on without a gap in which Alertmanager would end them.
func TestReloadWhileUnconfirmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		c := testConfig("a")
		c.ResendInterval = 5 * time.Second
		n, _ := begin(t, c, am)
		alarms := []Alarm{alarmNamed("ah1", "d-01", time.Now())}
		read, expires := time.Now(), time.Now().Add(time.Minute)
		n.Update(hq, alarms, expires)
		after(5 * time.Minute)
		am.since("a")
		n.Update(hq, alarms, expires)
		after(time.Minute)
		if got := am.since("a"); len(got) < 10 {
			t.Errorf("within a minute:%s", summarize(got))
		}
		if u := n.Unconfirmed(); !u[0].Read.Equal(read) || u[0].Alerts != 1 {
			t.Errorf("unconfirmed: %+v", u)
		}
	})
}

// TestTooOldFromTheStart: what an earlier process knew waits for the first poll
// and is sent if there is none.
func TestTooOldFromTheStart(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]bool{time.Hour: true, 25 * time.Hour: false} {
		synctest.Test(t, func(t *testing.T) {
			am := newFakes(t)
			n, _ := begin(t, testConfig("a"), am)
			n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, time.Now().Round(0).Add(-age))
			after(restoredGrace - time.Second)
			if got := am.since("a"); len(got) != 0 {
				t.Errorf("at once:%s", summarize(got))
			}
			after(restoredGrace)
			if got := am.since("a"); (len(got) > 0) != want {
				t.Errorf("%v old:%s", age, summarize(got))
			}
		})
	}
}

// TestRestart: stopping resolves nothing; what was restored goes on, and what
// ended meanwhile is resolved by the first good poll.
func TestRestart(t *testing.T) {
	t.Parallel()
	for _, expires := range []int{100, -100} {
		t.Run(fmt.Sprint(expires), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				am := newFakes(t)
				n, _ := begin(t, testConfig("a"), am)
				two := []Alarm{alarmNamed("ah1", "d-01", time.Now()), alarmNamed("ah2", "d-02", time.Now())}
				n.Update(hq, two, inMinutes(100))
				after(150 * time.Second)
				n.Stop()
				for _, r := range am.since("a") {
					if r.isResolved() {
						t.Error("stopping resolves")
					}
				}
				after(time.Minute)

				n, err := New(testConfig("a"), Options{Logger: n.options.Logger, Transport: am})
				if err != nil {
					t.Fatal(err)
				}
				n.Update(hq, two, inMinutes(expires)) // restored, before the start
				n.Start(t.Context())
				defer n.Stop()
				after(time.Second)
				if got, want := len(am.since("a")), map[bool]int{true: 2}[expires > 0]; got != want {
					t.Errorf("%d alerts after the start, want %d", got, want)
				}
				n.Update(hq, two[1:], inMinutes(100))
				after(time.Second)
				states := map[string]bool{}
				for _, r := range am.since("a") {
					states[r.resource()] = r.isResolved()
				}
				want := map[string]bool{"d-01": true}
				if expires < 0 {
					want["d-02"] = false // was not sent yet
				}
				if !maps.Equal(states, want) {
					t.Errorf("resolved after the first poll: %v, want %v", states, want)
				}
			})
		})
	}
}

// TestStopDrains: what was queued just before goes out, but a dead
// Alertmanager does not hold up the end.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a", "dead"), am)
		am.fail("dead", hang)
		n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, inMinutes(100))
		after(time.Second)
		am.since("a")
		n.Update(hq, nil, inMinutes(100))
		began := time.Now()
		n.Stop()
		if got := am.since("a"); len(got) != 1 || !got[0].isResolved() {
			t.Errorf("queued before the end:%s", summarize(got))
		}
		if took := time.Since(began); took > drainTimeout {
			t.Errorf("the end took %s", took)
		}
	})
}

// TestDeadAlertmanager delays neither another one nor whoever tells of alarms,
// and learns how things are as soon as it is back.
func TestDeadAlertmanager(t *testing.T) {
	t.Parallel()
	refuse := func(*http.Request) (int, error) { return 0, errors.New("dial tcp: connection refused") }
	for how, broken := range map[string]func(*http.Request) (int, error){"hangs": hang, "refuses": refuse, "503": status(503), "401": status(401), "404": status(404)} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				am := newFakes(t)
				n, log := begin(t, testConfig("dead", "good"), am)
				am.fail("dead", broken)
				began := time.Now()
				all := []Alarm{alarmNamed("ah1", "d-01", time.Now()), alarmNamed("ah2", "d-02", time.Now())}
				n.Update(hq, all, inMinutes(100))
				if took := time.Since(began); took != 0 {
					t.Errorf("telling of alarms took %s", took)
				}
				after(time.Second)
				if got := am.since("good"); len(got) != 2 {
					t.Errorf("the good one got:%s", summarize(got))
				}
				after(10 * time.Minute)
				n.Update(hq, all[:1], inMinutes(100))
				after(10 * time.Minute)
				dead, good := n.Status()[0], n.Status()[1]
				if dead.Sent != 0 || dead.Failed < 20 || dead.Dropped != 0 || dead.Queue > 2 || dead.Err == nil || !dead.LastSuccess.IsZero() {
					t.Errorf("dead: %+v", dead)
				}
				if good.Failed != 0 || good.Sent < 40 || good.Queue != 0 || good.Err != nil {
					t.Errorf("good: %+v", good)
				}
				if n := strings.Count(log.String(), "cannot send alerts"); n != 1 {
					t.Errorf("said %d times: %s", n, log)
				}
				am.fail("dead", nil)
				slack := 2 * time.Second // what an alarm may take beside the interval of its collector
				if how == "hangs" {
					slack += 10 * time.Second // the attempt that is under way
				}
				after(slack)
				states := map[string]bool{}
				for _, r := range am.since("dead") {
					states[r.resource()] = r.isResolved()
				}
				if want := map[string]bool{"d-01": false, "d-02": true}; !maps.Equal(states, want) {
					t.Errorf("resolved after the repair: %v, want %v", states, want)
				}
				if !strings.Contains(log.String(), "alerts reach Alertmanager again") {
					t.Error("the repair is not logged")
				}
			})
		})
	}
}

// TestOverflow: beyond the capacity the oldest go, and are counted.
func TestOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		c := testConfig("a")
		c.QueueCapacity = 10
		n, log := begin(t, c, am)
		am.fail("a", hang)
		for i := range 30 {
			after(time.Second)
			n.Update(hq, []Alarm{alarmNamed("ah", fmt.Sprint("d-", i), time.Now())}, inMinutes(100))
		}
		after(20 * time.Second)
		s := n.Status()[0]
		if s.Dropped < 15 || s.Queue > 10 || s.Capacity != 10 {
			t.Errorf("got %+v", s)
		}
		if n := strings.Count(log.String(), "queue is full"); n == 0 || n > 3 {
			t.Errorf("said %d times", n)
		}
		am.fail("a", nil)
		after(30 * time.Second)
		newest := false
		for _, r := range am.since("a") {
			newest = newest || r.resource() == "d-29"
		}
		if !newest {
			t.Error("the newest alert was dropped")
		}
	})
}

// TestRefused: what Alertmanager does not want is not tried again and does
// not hold up others.
func TestRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a"), am)
		am.fail("a", status(400))
		n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, inMinutes(100))
		after(30 * time.Second)
		if s := n.Status()[0]; s.Failed != 1 || s.Dropped != 1 || s.Queue != 0 || s.Err == nil || s.Err.Error() != "HTTP 400 Bad Request" {
			t.Errorf("got %+v", s)
		}
	})
}

// TestBatches: many alerts go in requests of a bounded size.
func TestBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a"), am)
		var many []Alarm
		for i := range 250 {
			many = append(many, alarmNamed("ah", fmt.Sprint("d-", i), time.Now()))
		}
		n.Update(hq, many, inMinutes(100))
		after(time.Second)
		if got := am.batches["a"]; fmt.Sprint(got) != "[100 100 50]" {
			t.Errorf("batches of %v", got)
		}
	})
}

// TestClocks: an alarm without a beginning, or with one to come, starts when
// it is first seen, and does so at every send.
func TestClocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a"), am)
		none, ahead := alarmNamed("ah1", "d-01", time.Now()), alarmNamed("ah2", "d-02", time.Now().Add(time.Hour))
		none.Begin = time.Time{}
		seen := time.Now()
		for range 4 {
			n.Update(hq, []Alarm{none, ahead}, inMinutes(100))
			after(30 * time.Second)
		}
		n.Update(hq, nil, inMinutes(100))
		after(time.Second)
		got := am.since("a")
		if len(got) != 8 {
			t.Errorf("got:%s", summarize(got))
		}
		for _, r := range got {
			if !r.StartsAt.Equal(seen) {
				t.Errorf("%s starts at %s, want %s", r.resource(), r.StartsAt, seen)
			}
		}
	})
}

// TestReplicas say the same of the same alarms.
func TestReplicas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		a, _ := begin(t, testConfig("a"), am)
		b, _ := begin(t, testConfig("b"), am)
		all := []Alarm{alarmNamed("ah1", "d-01", time.Now()), alarmNamed("ah2", "d-02", time.Now()), alarmNamed("ah3", "d-02", time.Now())}
		a.Update(hq, all, inMinutes(100))
		after(7 * time.Second)
		b.Update(hq, []Alarm{all[2], all[1], all[0]}, inMinutes(100))
		after(time.Second)
		starts := map[string]time.Time{}
		for _, r := range am.since("a") {
			starts[r.key] = r.StartsAt
		}
		other := am.since("b")
		if len(starts) != 2 || len(other) != 2 {
			t.Fatalf("%d and %d alerts", len(starts), len(other))
		}
		for _, r := range other {
			if !starts[r.key].Equal(r.StartsAt) {
				t.Errorf("%v starts at %s here and at %s there", r.Labels, r.StartsAt, starts[r.key])
			}
		}
	})
}

// TestReload: what stays goes on, what is new learns all, what is left out is
// resolved.
func TestReload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("stays", "goes"), am)
		am.fail("stays", status(503))
		n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, inMinutes(100))
		n.Update(lab, []Alarm{alarmNamed("ah2", "d-02", time.Now())}, inMinutes(100))
		after(20 * time.Second)
		before := n.Status()[0]
		am.since("goes")

		c := testConfig("new", "stays")
		delete(c.Projects, lab)
		prepared, err := n.Prepare(c)
		if err != nil {
			t.Fatal(err)
		}
		after(20 * time.Second)
		if got := n.Status(); len(got) != 2 || got[1].URL != "http://goes" {
			t.Errorf("preparing changed %+v", got)
		}
		prepared.Commit()
		after(time.Second)
		if got := n.Status()[1]; got.Failed < before.Failed || got.Queue != 2 {
			t.Errorf("the one that stays: %+v, was %+v", got, before)
		}
		states := map[string]bool{}
		for _, r := range am.since("new") {
			states[r.resource()] = r.isResolved()
		}
		if want := map[string]bool{"d-01": false, "d-02": true}; !maps.Equal(states, want) {
			t.Errorf("the new one got %v, want %v", states, want)
		}
		n.Update(lab, []Alarm{alarmNamed("ah2", "d-02", time.Now())}, inMinutes(100)) // a poll that was under way
		am.fail("stays", nil)
		after(time.Hour)
		for _, r := range am.since("stays") {
			if r.isResolved() != (r.resource() == "d-02") {
				t.Errorf("%s: resolved is %v", r.resource(), r.isResolved())
			}
		}
		if got := am.since("goes"); len(got) != 0 {
			t.Errorf("the one that is left out got:%s", summarize(got))
		}
		if len(n.tracker.projects) != 1 {
			t.Errorf("%d projects are remembered", len(n.tracker.projects))
		}
	})
}

// TestReloadLabels: other labels make another alert; the one before is
// resolved.
func TestReloadLabels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		n, _ := begin(t, testConfig("a"), am)
		n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, inMinutes(100))
		after(time.Second)
		am.since("a")
		c := testConfig("a")
		c.ExternalLabels = map[string]string{"cluster": "c2"}
		prepared, err := n.Prepare(c)
		if err != nil {
			t.Fatal(err)
		}
		prepared.Commit()
		after(time.Second)
		states := map[string]bool{}
		for _, r := range am.since("a") {
			states[r.Labels["cluster"]] = r.isResolved()
		}
		if want := map[string]bool{"c1": true, "c2": false}; !maps.Equal(states, want) {
			t.Errorf("got %v, want %v", states, want)
		}
	})
}

// TestReloadInterval: alerts that were to be sent again much later follow a
// shorter interval at once.
func TestReloadInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		c := testConfig("a")
		c.ResendInterval = time.Hour
		n, _ := begin(t, c, am)
		n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, inMinutes(100))
		after(time.Second)
		am.since("a")
		c = testConfig("a")
		prepared, err := n.Prepare(c)
		if err != nil {
			t.Fatal(err)
		}
		prepared.Commit()
		after(c.ResendInterval + time.Second)
		got := am.since("a")
		if len(got) != 1 || got[0].EndsAt.Sub(got[0].at).Round(time.Second) != validFor*c.ResendInterval {
			t.Errorf("got:%s", summarize(got))
		}
	})
}

// TestReloadClients: other settings take another client, the same do not.
func TestReloadClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, _ := begin(t, testConfig("a", "b"), newFakes(t))
		was := []*client{n.senders[0].client.Load(), n.senders[1].client.Load()}
		c := testConfig("a", "b")
		c.Alertmanagers[1].Timeout = time.Minute
		prepared, err := n.Prepare(c)
		if err != nil {
			t.Fatal(err)
		}
		prepared.Commit()
		if n.senders[0].client.Load() != was[0] {
			t.Error("the same settings make another client")
		}
		if got := n.senders[1].client.Load(); got == was[1] || got.Timeout != time.Minute {
			t.Error("other settings do not make another client")
		}
	})
}
