package scraper

import (
	"hash/fnv"
	"io"
	"maps"
	"strings"
	"time"
)

// Constants of the schedule.
const (
	// keepFor effective intervals a good result is served when no newer one
	// comes; then its series disappear.
	keepFor = 3
	// startWithin all loops poll for the first time, so that a new process
	// shows everything soon.
	startWithin = 2 * time.Second
	// parkFor is the pause of a collector whose calls are forbidden: nothing
	// but an administrator can change that.
	parkFor = 30 * time.Minute
	// An attempt of a call may take half the interval, within these bounds,
	// so that a hanging server costs at most one poll.
	minAttempt, maxAttempt = 5 * time.Second, 20 * time.Second
)

// Demand is what one loop asks of the budgets of its account and region.
type Demand struct {
	Interval time.Duration
	// Calls of one poll by operation.
	Calls map[string]int
}

// Effective returns the interval that own can keep when all (own included)
// share the budgets: the wish, or as much longer as the scarcest of the
// operations makes it. perMinute is the budget of an operation.
func Effective(own Demand, all []Demand, perMinute func(operation string) float64) time.Duration {
	stretch := 1.0
	for operation := range maps.Keys(own.Calls) {
		budget := perMinute(operation)
		if budget <= 0 {
			continue
		}
		var asked float64
		for _, d := range all {
			asked += float64(d.Calls[operation]) / d.Interval.Minutes()
		}
		stretch = max(stretch, asked/budget)
	}
	return time.Duration(float64(own.Interval) * stretch)
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
	if effective > interval {
		if next := start.Add(effective); next.After(now) {
			return next
		}
		return now
	}
	offset := time.Duration(phase * float64(interval))
	next := now.Truncate(interval).Add(offset)
	// Half an interval is the least distance: the first step after a start
	// would otherwise follow the first poll at once.
	for !next.After(now) || next.Sub(start) < interval/2 {
		next = next.Add(interval)
	}
	return next
}

// attemptTimeout is how long one call of the API may take.
func attemptTimeout(interval time.Duration) time.Duration {
	return min(max(interval/2, minAttempt), maxAttempt)
}
