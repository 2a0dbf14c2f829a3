package decode

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// note is an event that appears some time after it happened.
type note struct {
	id       string
	happened time.Time
	appears  time.Time
}

func (n note) Key() string { return n.id }

func (n note) At() time.Time { return n.happened }

// TestEventsAreCountedOnce makes up events that appear late, and polls that
// fail or stay away, each with a way through JSON. In the end every event that
// the first poll did not show has been new once.
func TestEventsAreCountedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const overlap = 15 * time.Minute
		events := make([]note, rapid.IntRange(0, 60).Draw(t, "events"))
		for i := range events {
			events[i] = note{id: fmt.Sprint(i), happened: areatest.Noon.Truncate(time.Second).Add(areatest.Seconds(t, 0, 7200, "happened"))}
			events[i].appears = events[i].happened.Add(areatest.Seconds(t, 0, 14*60, "late"))
		}
		// Some servers list by another time than that of the event.
		generous := rapid.Bool().Draw(t, "generous")
		var log EventLog
		found, baseline := map[string]int{}, map[string]bool{}
		poll := func(now time.Time) {
			first, from := log.First(), log.From(now, overlap)
			var listed []note
			for _, e := range events {
				if !e.appears.After(now) && (generous || !e.happened.Before(from)) {
					listed = append(listed, e)
					if first {
						baseline[e.id] = true
					}
				}
			}
			next, fresh := AddEvents(log, listed, now, overlap)
			for _, e := range fresh {
				found[e.id]++
			}
			log = areatest.Restored(t, next).(EventLog)
		}
		now := areatest.Noon.Add(areatest.Seconds(t, 0, 600, "first poll"))
		start := now.Add(-overlap)
		poll(now)
		for now.Before(areatest.Noon.Add(3 * time.Hour)) {
			pause := areatest.Seconds(t, 1, 180, "pause")
			if rapid.IntRange(0, 30).Draw(t, "outage") == 0 {
				pause = areatest.Seconds(t, 600, 5400, "long pause")
			}
			now = now.Add(pause)
			poll(now)
		}
		for _, e := range events {
			want := 1
			if baseline[e.id] || e.happened.Before(start.Truncate(time.Second)) {
				want = 0
			}
			if found[e.id] != want {
				t.Fatalf("event %+v was new %d times, want %d", e, found[e.id], want)
			}
		}
		poll(now.Add(time.Hour))
		if len(log.Seen) != 0 && !generous {
			t.Fatalf("%d events are still remembered", len(log.Seen))
		}
	})
}

// TestEventsWithoutATimeAreCountedOnce as long as they are listed.
func TestEventsWithoutATimeAreCountedOnce(t *testing.T) {
	t.Parallel()
	log, _ := AddEvents(EventLog{}, []note{}, areatest.Noon, time.Minute)
	news := 0
	for after := range 10 {
		var fresh []note
		log, fresh = AddEvents(log, []note{{id: "timeless"}, {id: "tomorrow", happened: areatest.Noon.Add(24 * time.Hour)}}, areatest.Noon.Add(time.Duration(after)*time.Hour), time.Minute)
		news += len(fresh)
	}
	if news != 2 {
		t.Errorf("two events were new %d times", news)
	}
}
