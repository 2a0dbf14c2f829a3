package scraper

import (
	"testing"
	"time"
)

func TestEffective(t *testing.T) {
	t.Parallel()
	budgets := map[string]float64{"ListDesktops": 100, "ListAlarms": 100}
	pages := func(interval time.Duration, calls float64) Demand {
		return Demand{Interval: interval, Calls: map[string]float64{"ListDesktops": calls}}
	}
	tests := map[string]struct {
		own    Demand
		others []Demand
		want   time.Duration
	}{
		"fits":                          {pages(time.Minute, 20), nil, time.Minute},
		"fits exactly":                  {pages(time.Minute, 100), nil, time.Minute},
		"alone it needs two minutes":    {pages(time.Minute, 200), nil, 2 * time.Minute},
		"the others take their share":   {pages(time.Minute, 50), []Demand{pages(30*time.Second, 50)}, 90 * time.Second},
		"another operation is no rival": {pages(time.Minute, 100), []Demand{{Interval: time.Second, Calls: map[string]float64{"ListAlarms": 99}}}, time.Minute},
		"no poll yet":                   {Demand{Interval: time.Minute}, nil, time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, bottleneck := effective(tt.own, Asked(append(tt.others, tt.own)), budgets)
			if got != tt.want || (bottleneck == "ListDesktops") != (got > tt.own.Interval) {
				t.Errorf("effective interval %v for %q, want %v", got, bottleneck, tt.want)
			}
		})
	}
}

func TestNextRun(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 0, 10, 0, time.UTC)
	tests := map[string]struct {
		took, interval, effective time.Duration
		phase                     float64
		want                      time.Duration // after start
	}{
		"falls into step":                   {time.Second, time.Minute, time.Minute, 0.75, 35 * time.Second},
		"does not follow itself at once":    {time.Second, time.Minute, time.Minute, 0.25, 65 * time.Second},
		"a long poll skips a step":          {70 * time.Second, time.Minute, time.Minute, 0.75, 95 * time.Second},
		"a stretched loop keeps its length": {30 * time.Second, time.Minute, 2 * time.Minute, 0.75, 2 * time.Minute},
		"a stretched loop that is late":     {3 * time.Minute, time.Minute, 2 * time.Minute, 0.75, 3 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := nextRun(start, start.Add(tt.took), tt.interval, tt.effective, tt.phase)
			if got.Sub(start) != tt.want {
				t.Errorf("next run %v after the start, want %v", got.Sub(start), tt.want)
			}
		})
	}
}

// TestPauseWhenTheClockIsSet: whatever the wall clock shows when a poll ends,
// the next one comes within an interval and no sooner than half of one after
// the poll began.
func TestPauseWhenTheClockIsSet(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 0, 10, 0, time.UTC)
	for _, step := range []time.Duration{0, -600 * time.Second, 600 * time.Second, -8 * time.Hour, 24*time.Hour + 17*time.Second} {
		for _, interval := range []time.Duration{10 * time.Second, time.Minute, time.Hour} {
			const took = 4 * time.Second
			for _, phase := range []float64{0, 0.25, 0.99} {
				got := pause(took, start.Add(took+step), interval, interval, phase)
				if got <= 0 || got > interval+interval/2 || took+got < interval/2 {
					t.Errorf("a clock set by %v: %v to the next poll at an interval of %v", step, got, interval)
				}
			}
			if got := pause(took, start.Add(step), interval, 2*interval, 0.5); got != 2*interval-took {
				t.Errorf("a clock set by %v: %v to the next poll of a stretched loop", step, got)
			}
		}
	}
}

// TestSinceNow: a result that was saved by a clock that was ahead is served no
// longer than it was meant to be.
func TestSinceNow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for left, want := range map[time.Duration]time.Duration{
		time.Minute: time.Minute, -time.Minute: -time.Minute, 24 * time.Hour: 3 * time.Minute,
	} {
		if got := sinceNow(now.Round(0).Add(left), now, 3*time.Minute).Sub(now); got != want {
			t.Errorf("%v left became %v, want %v", left, got, want)
		}
	}
}

// TestPhase: loops are spread over the interval, and always in the same way.
func TestPhase(t *testing.T) {
	t.Parallel()
	if a, b := phase("prod", "eu", "hq", "alarms"), phase("prod", "eu", "hq", "alarms"); a != b {
		t.Errorf("the same names gave the phases %v and %v", a, b)
	}
	var quarters [4]int
	for i := range 400 {
		quarters[int(4*phase("prod", "eu", string(rune('a'+i%26)), string(rune('a'+i/26))))]++
	}
	for q, n := range quarters {
		if n < 60 || n > 140 {
			t.Errorf("quarter %d of the interval holds %d of 400 loops", q, n)
		}
	}
}

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for interval, want := range map[time.Duration]time.Duration{
		time.Second: 5 * time.Second, 30 * time.Second: 15 * time.Second, 5 * time.Minute: 20 * time.Second,
	} {
		if got := attemptTimeout(interval); got != want {
			t.Errorf("an interval of %v allows attempts of %v, want %v", interval, got, want)
		}
	}
}
