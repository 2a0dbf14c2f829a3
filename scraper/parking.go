package scraper

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

const (
	// One refusal is no verdict: gateways refuse while they are deployed or
	// while a permission spreads. A collector is parked when so many polls in
	// a row were refused alike for at least parkedAfter.
	parkedPolls = 3
	parkedAfter = 2 * time.Minute
	// mostCorePause is the longest pause of a core collector: alerts hang on
	// its data, so it is never given up.
	mostCorePause = 5 * time.Minute
)

// parkPauses follow the refusals of a collector that is parked; the last one
// repeats. The first one also bounds the wait between refusals before that.
var parkPauses = [...]time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
}

// Refusal is a row of polls that the API refused for the same reason.
type Refusal struct {
	// Reason is forbidden, unsubscribed or unavailable; "" if the last poll was
	// not refused.
	Reason string
	// Since is when the first of them ended, Polls how many there were.
	Since time.Time
	Polls int
	// pauses is how many pauses there were since the verdict or a reload.
	pauses int
}

// next is the row after a poll with err that ended at now.
func (r Refusal) next(err error, core bool, now time.Time) Refusal {
	reason := refusalReason(err, core)
	switch {
	case reason == "":
		return Refusal{}
	case reason != r.Reason:
		return Refusal{Reason: reason, Since: now, Polls: 1}
	}
	r.Polls++
	if r.parked(now) != "" {
		r.pauses++
	}
	return r
}

// parked is the reason of a row that is long enough to be believed.
func (r Refusal) parked(now time.Time) string {
	if r.Polls < parkedPolls || now.Sub(r.Since) < parkedAfter {
		return ""
	}
	return r.Reason
}

// pause is how long a refused collector waits that would else wait so long.
func (r Refusal) pause(regular time.Duration, core bool) time.Duration {
	if r.pauses == 0 { // no verdict yet
		return min(regular, parkPauses[0])
	}
	pause := parkPauses[min(r.pauses, len(parkPauses))-1]
	if core {
		pause = min(pause, mostCorePause)
	}
	return pause
}

// refusalReasons are why a collector pauses for long.
func refusalReasons() []string { return []string{"forbidden", "unsubscribed", "unavailable"} }

// refusalReason is the reason label of a failure that may park a collector, ""
// if it cannot. An API that is not there may be one that the region lacks; the
// core ones are everywhere, so that for them it is a fault that will pass.
func refusalReason(err error, core bool) string {
	switch kind := apiclient.KindOf(err); {
	case kind == apiclient.Forbidden:
		return "forbidden"
	case kind == apiclient.Unsubscribed:
		return "unsubscribed"
	case kind == apiclient.NotFound && !core:
		return "unavailable"
	default:
		return ""
	}
}

// retry ends the pause of a refused collector.
func (l *loop) retry() {
	select {
	case l.again <- struct{}{}:
	default: // it will look anyway
	}
}

// resumed tells whether a reload ends the pause that the loop is in. The
// pauses to come begin short again.
func (l *loop) resumed() bool {
	status := *l.status.Load()
	if status.Refusal.Reason == "" {
		return false
	}
	status.Refusal.pauses = 0
	l.status.Store(&status)
	return true
}
