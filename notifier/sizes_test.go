package notifier

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// postAlerts sends alerts in one request.
func postAlerts(ctx context.Context, c *client, alerts []alert) error {
	body, _, err := encode(alerts, 0, batchBytes)
	if err != nil {
		return err
	}
	return c.post(ctx, body, func(time.Time, time.Time, http.Header) {})
}

// limited stands before an Alertmanager and refuses what is too large.
type limited struct {
	*fakes
	most    int
	mu      sync.Mutex
	refused int
	largest int
}

// counts tells how many requests were refused and how large the largest was.
func (l *limited) counts() (refused, largest int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused, l.largest
}

func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.largest = max(l.largest, len(body))
	tooLarge := len(body) > l.most
	if tooLarge {
		l.refused++
	}
	l.mu.Unlock()
	if tooLarge {
		return &http.Response{StatusCode: http.StatusRequestEntityTooLarge, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return l.fakes.RoundTrip(r)
}

// TestTooLarge: requests are halved until they pass, only an alert that is too
// large alone is dropped, and the size that passes is remembered.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := newFakes(t)
		proxy := &limited{fakes: am, most: 20_000}
		n, log := begin(t, testConfig("a"), proxy)
		var many []Alarm
		for i := range 165 {
			many = append(many, alarmNamed("ah", fmt.Sprint("d-", i), time.Now()))
		}
		giant := alarmNamed("ah-giant", "d-giant", time.Now())
		for range 40 {
			giant.Condition.Unit += strings.Repeat("x", 500)
		}
		giant.Name, giant.Dimensions = strings.Repeat("\x01", 510), strings.Repeat("\x02", 510) // six bytes each in JSON
		giant.AlarmID, giant.Metric, giant.Level = strings.Repeat("\x03", 510), strings.Repeat("\x04", 510), strings.Repeat("\x05", 510)
		n.Update(hq, append(many, giant), inMinutes(1000))
		after(time.Second)
		there := map[string]bool{}
		for _, r := range am.since("a") {
			there[r.resource()] = true
		}
		if len(there) != 165 || there["d-giant"] {
			t.Errorf("%d alerts arrived", len(there))
		}
		s := n.Status()[0]
		before, _ := proxy.counts()
		if s.Dropped != 1 || s.Queue != 0 || s.Err != nil || before > 8 {
			t.Errorf("%+v after %d refusals", s, before)
		}
		after(10 * time.Minute)
		if refused, _ := proxy.counts(); n.Status()[0].Dropped != 11 || refused != before+10 {
			t.Errorf("%+v after %d refusals", n.Status()[0], refused-before)
		}
		if text := log.String(); strings.Count(text, "too large") != 2 || strings.Contains(text, "cannot send") {
			t.Errorf("log:\n%s", text)
		}
	})
}

// TestBatchesOfBytes: a request of large alerts stays below its bound.
func TestBatchesOfBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		am := &limited{fakes: newFakes(t), most: 1 << 30}
		n, _ := begin(t, testConfig("a"), am)
		var many []Alarm
		for i := range 100 {
			a := alarmNamed("ah", fmt.Sprint("d-", i), time.Now())
			a.Name, a.Dimensions, a.Metric = strings.Repeat("n", 512), strings.Repeat("\x02", 512), strings.Repeat("m", 512)
			many = append(many, a)
		}
		n.Update(hq, many, inMinutes(100))
		after(time.Second)
		_, largest := am.counts()
		if got := len(am.since("a")); got != 100 || largest > batchBytes || largest < batchBytes/2 {
			t.Errorf("%d alerts, the largest request has %d bytes", got, largest)
		}
	})
}

// clocked is an Alertmanager whose clock ours is ahead of.
type clocked struct {
	*fakes
	ahead time.Duration
}

func (c clocked) RoundTrip(r *http.Request) (*http.Response, error) {
	w, err := c.fakes.RoundTrip(r)
	if err == nil {
		w.Header.Set("Date", time.Now().Add(-c.ahead).UTC().Format(http.TimeFormat))
	}
	return w, err
}

// TestWrongClock: whatever our clock shows, an alert is good for four intervals
// by Alertmanager's, from the first seconds on; and its end is in no future.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, -300 * time.Second, 600 * time.Second, -5 * time.Second} {
		for _, interval := range []time.Duration{time.Minute, time.Second} {
			t.Run(fmt.Sprint(ahead, interval), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					am := clocked{newFakes(t), ahead}
					c := testConfig("a")
					c.ResendInterval = interval
					n, log := begin(t, c, am)
					// The API's clock is right.
					alarms := []Alarm{alarmNamed("ah1", "d-01", time.Now().Add(-ahead)), alarmNamed("ah2", "d-02", time.Now().Add(-ahead))}
					n.Update(hq, alarms, inMinutes(100))
					check := func(all []received, resolved bool) {
						t.Helper()
						if len(all) == 0 {
							t.Error("nothing was sent")
						}
						for _, r := range all {
							left, want := r.EndsAt.Sub(r.at.Add(-ahead)), validFor*interval
							if resolved {
								want = 0
							}
							if left < want-2*time.Second-interval || left > want+2*time.Second || r.StartsAt.After(r.at.Add(-ahead+2*time.Second)) {
								t.Errorf("%s is good for %v, want %v", r.resource(), left, want)
							}
						}
					}
					after(100 * time.Millisecond)
					first := am.since("a")
					check(first[len(first)-2:], false)
					after(5 * time.Minute)
					check(am.since("a"), false)
					n.Update(hq, nil, inMinutes(100))
					after(100 * time.Millisecond)
					check(am.since("a"), true)
					s := n.Status()[0]
					if off := (s.Ahead - ahead).Abs(); !s.AheadKnown || off > time.Second {
						t.Errorf("the clock is ahead by %v, known %v", s.Ahead, s.AheadKnown)
					}
					if told := strings.Count(log.String(), "clock"); told != map[bool]int{true: 1}[ahead.Abs() > 30*time.Second] {
						t.Errorf("log:\n%s", log)
					}
				})
			})
		}
	}
}
