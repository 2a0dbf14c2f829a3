package scraper

import (
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Constants of the schedule.
const (
	// keepFor effective intervals a good result is served when no newer one
	// comes; then its series disappear.
	keepFor = 3
	// startWithin all loops poll for the first time, so that a new process
	// shows everything soon.
	startWithin = 2 * time.Second
	// An attempt of a call may take half the interval, within these bounds,
	// so that a hanging server costs at most one poll.
	minAttempt, maxAttempt = 5 * time.Second, 20 * time.Second
)

// Demand is what one loop asks of the budgets of its account and region.
type Demand struct {
	Interval time.Duration
	// Calls of one poll by operation; those of a plan are averages.
	Calls map[string]float64
}

func demand(interval time.Duration, calls map[string]float64) Demand {
	return Demand{Interval: interval, Calls: calls}
}

// counted is a demand by the calls of a poll.
func counted(interval time.Duration, calls map[string]int) Demand {
	d := Demand{Interval: interval, Calls: make(map[string]float64, len(calls))}
	for operation, n := range calls {
		d.Calls[operation] = float64(n)
	}
	return d
}

func (d Demand) perMinute() map[string]float64 {
	calls := make(map[string]float64, len(d.Calls))
	for operation, n := range d.Calls {
		calls[operation] = n / d.Interval.Minutes()
	}
	return calls
}

// Asked adds up what loops ask for, in calls a minute by operation.
func Asked(all []Demand) map[string]float64 {
	sum := map[string]float64{}
	for _, d := range all {
		for operation, n := range d.perMinute() {
			sum[operation] += n
		}
	}
	return sum
}

// effective returns the interval that own can keep when all loops that share
// the budgets, own included, ask for so much: the wish, or as much longer as
// the scarcest of the operations makes it. That is the bottleneck, "" if the
// wish is kept. budgets are calls a minute by operation.
func effective(own Demand, asked, budgets map[string]float64) (interval time.Duration, bottleneck string) {
	stretch := 1.0
	for _, operation := range slices.Sorted(maps.Keys(own.Calls)) {
		if budget := budgets[operation]; budget > 0 && asked[operation]/budget > stretch {
			stretch, bottleneck = asked[operation]/budget, operation
		}
	}
	return time.Duration(float64(own.Interval) * stretch), bottleneck
}

// achieved is the interval of a loop that the budgets allow planned and whose
// polls take so long: a slow API stretches it just as a scarce budget does.
func achieved(planned, took time.Duration) time.Duration { return max(planned, took) }

// perMinute is the budget of each endpoint, by operation.
func perMinute(endpoints []apiclient.Endpoint, share float64) map[string]float64 {
	budgets := make(map[string]float64, len(endpoints))
	for _, e := range endpoints {
		budgets[e.Operation] = share * float64(e.Limit)
	}
	return budgets
}

// phase is the place of a loop within its interval, in [0, 1): a hash of its
// names, so that loops are spread and keep their moment over restarts.
func phase(names ...string) float64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, strings.Join(names, "\x00")) // a hash takes everything
	// FNV mixes its last byte only into the low bits; those are used.
	return float64(h.Sum64()%(1<<20)) / (1 << 20)
}

// nextRun is the moment of the poll after the one that began at start and
// ended at now. A loop that can keep its interval falls into step with its
// phase; one that cannot runs again as soon as the budget allows.
func nextRun(start, now time.Time, interval, effective time.Duration, phase float64) time.Time {
	return now.Add(pause(now.Sub(start), now, interval, effective, phase))
}

// pause is how long to wait after a poll that took so long. wall is the clock
// of the moment: only the place within the interval comes from it, so that a
// clock that is set moves the next poll by less than an interval.
func pause(took time.Duration, wall time.Time, interval, effective time.Duration, phase float64) time.Duration {
	if effective > interval {
		return max(effective-took, 0)
	}
	offset := time.Duration(phase * float64(interval))
	wait := offset - wall.Sub(wall.Truncate(interval))
	// Half an interval is the least distance: the first step after a start
	// would otherwise follow the first poll at once.
	for wait <= 0 || took+wait < interval/2 {
		wait += interval
	}
	return wait
}

// mostRetryPause bounds how long a collector with a long interval waits to try
// again.
const mostRetryPause = 10 * time.Minute

// retryPause is how long after so many failed polls in a row the next one may
// come, where the interval is longer: a fault that has passed costs minutes and
// not the hour of a collector that polls once an hour.
func retryPause(failures int, phase float64) time.Duration {
	pause := time.Minute << min(max(failures-1, 0), 4)
	return min(pause, mostRetryPause) + time.Duration(phase*float64(10*time.Second))
}

// sinceNow puts a moment that was saved as a clock showed it on the clock that
// nobody sets. It is at most so far ahead.
func sinceNow(at, now time.Time, most time.Duration) time.Time {
	return now.Add(min(at.Sub(now), max(most, 0)))
}

// attemptTimeout is how long one call of the API may take.
func attemptTimeout(interval time.Duration) time.Duration {
	return min(max(interval/2, minAttempt), maxAttempt)
}
