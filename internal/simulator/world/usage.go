package world

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// NotifyRule is a rule about idle desktops.
type NotifyRule struct {
	ID      string
	Days    int
	Enabled bool
}

// NotifyRules of a project.
func (w *World) NotifyRules() []NotifyRule {
	return []NotifyRule{
		{w.UUID("rule", 0), 7, true}, {w.UUID("rule", 1), 30, true}, {w.UUID("rule", 2), 90, false},
	}
}

// UserDay is how a user used desktops and applications on some days.
type UserDay struct {
	Name             string
	Usage            time.Duration
	Logins, Failures int
	// Access is the number of applications that could not be opened.
	Access     int
	LastAccess time.Time
}

// UserDays are made up for every day, as UsedIn is; most users work on a day.
func (w *World) UserDays(first, last time.Time) []UserDay {
	var all []UserDay
	for i := range w.UserCount() {
		u := UserDay{Name: UserName(i)}
		for end := first; !end.After(last); end = end.Add(Day) {
			draw := random.Mix(w.seed ^ 0x646179 ^ uint64(i) ^ uint64(end.Unix()))
			if draw%10 < 3 {
				continue
			}
			logins := 1 + int(draw>>8%6)
			u.Usage += time.Duration(draw>>16%(9*3600)) * time.Second
			u.Logins += logins
			u.Failures += int(draw >> 40 % uint64(logins+1))
			if draw>>48%50 == 0 {
				u.Access += 1 + int(draw>>56%5)
				u.LastAccess = end.Add(-time.Duration(draw>>16%(9*3600)) * time.Second)
			}
		}
		if u.Logins > 0 {
			all = append(all, u)
		}
	}
	return all
}

// UnusedSince reports whether nobody used a desktop from a time on.
func (d *Desktop) UnusedSince(from time.Time) bool {
	return d.Session == nil && d.LastUsed.Before(from)
}

// aggregate runs the daily aggregation if it is due.
func (w *World) aggregate(now time.Time) {
	// Cheap, because it is asked before everything that happens.
	if now.Sub(w.Aggregated) < Day+2*time.Hour+time.Second {
		return
	}
	w.Aggregated = lastAggregated(now)
	for i := range w.Desktops {
		d := &w.Desktops[i]
		d.settled = d.LastUsed
		if d.Session != nil { // in use: not idle at all
			d.settled = w.Aggregated
		}
	}
}

// IdleAt is how long a desktop had not been used at the end of an aggregated
// day.
func (d *Desktop) IdleAt(end time.Time) time.Duration {
	return max(end.Sub(d.settled), 0)
}

// UsedIn is the time a desktop was in use on the days that end from first to
// last. It is made up for every day up to the last use: most days lie before
// the simulation began, and at other speeds than 1 sessions are too short.
func (w *World) UsedIn(d *Desktop, first, last time.Time) time.Duration {
	var used time.Duration
	for end := first; !end.After(last); end = end.Add(Day) {
		if d.settled.Before(end.Add(-Day)) {
			break
		}
		used += time.Duration(random.Mix(w.seed^uint64(d.Index)^uint64(end.Unix()))%(9*3600)) * time.Second
	}
	return used
}

// AggregatedDays are the ends of the first and the last day known in a range;
// no more than 180 days are kept.
func (w *World) AggregatedDays(from, to time.Time) (first, last time.Time) {
	if oldest := w.Aggregated.Add(-180 * Day); from.Before(oldest) {
		from = oldest
	}
	if to.After(w.Aggregated) {
		to = w.Aggregated
	}
	first = from.Add(time.Second).Truncate(Day)
	if first.Before(from.Add(time.Second)) {
		first = first.Add(Day)
	}
	return first.Add(-time.Second), to.Add(time.Second).Truncate(Day).Add(-time.Second)
}
