package simulator

import (
	"cmp"
	"slices"
	"time"
)

// lastAggregated is the end, 23:59:59, of the newest day whose use is known:
// the reference says that a day is aggregated at 02:00 of the next one (in
// which time zone it does not say; here UTC).
func lastAggregated(now time.Time) time.Time {
	return now.UTC().Add(-2 * time.Hour).Truncate(day).Add(-time.Second)
}

// aggregate runs the daily aggregation if it is due.
func (w *world) aggregate(now time.Time) {
	// Cheap, because it is asked before everything that happens.
	if now.Sub(w.aggregated) < day+2*time.Hour+time.Second {
		return
	}
	w.aggregated = lastAggregated(now)
	for i := range w.desktops {
		d := &w.desktops[i]
		d.settled = d.lastUsed
		if d.open != nil { // in use: not idle at all
			d.settled = w.aggregated
		}
	}
}

// idleAt is how long a desktop had not been used at the end of an aggregated
// day.
func (d *desktop) idleAt(end time.Time) time.Duration {
	return max(end.Sub(d.settled), 0)
}

// usedIn is the time a desktop was in use on the days that end from first to
// last. It is made up for every day up to the last use: most days lie before
// the simulation began, and at other speeds than 1 sessions are too short.
func (w *world) usedIn(d *desktop, first, last time.Time) time.Duration {
	var used time.Duration
	for end := first; !end.After(last); end = end.Add(day) {
		if d.settled.Before(end.Add(-day)) {
			break
		}
		used += time.Duration(mix(w.seed^uint64(d.index)^uint64(end.Unix()))%(9*3600)) * time.Second
	}
	return used
}

type usageAnswer struct {
	Count int           `json:"count"`
	Items []desktopUsed `json:"items"`
}

type desktopUsed struct {
	ID         string   `json:"resource_id"`
	Name       string   `json:"resource_name"`
	PoolID     *string  `json:"resource_pool_id,omitempty"`
	PoolName   *string  `json:"resource_pool_name,omitempty"`
	Enterprise string   `json:"enterprise_project_id"`
	SID        string   `json:"machine_sid"`
	LatestUser *string  `json:"latest_connect_username"`
	Metrics    []metric `json:"metric"`
}

type metric struct {
	Name  string  `json:"metric_name"`
	Value float64 `json:"metric_value"`
}

// usage of one desktop in a range of days.
type usage struct {
	*desktop
	used, idle time.Duration
}

// desktopUsage lists use and idleness as of the newest aggregated day in the
// range. A range without an aggregated day has no items. Filters are in days
// and hours, values in seconds.
func desktopUsage(w *world, r request) any {
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	switch {
	case to.Before(from):
		return refusal("end_time is before start_time")
	case r.has("sort_type") && !r.has("sort_field"):
		return refusal("sort_type needs sort_field")
	case r.has("max_idle_days") && r.number("max_idle_days", 0) < r.number("min_idle_days", 0):
		return refusal("max_idle_days is less than min_idle_days")
	case r.has("usage_max_hours") && r.number("usage_max_hours", 0) < r.number("usage_min_hours", 0):
		return refusal("usage_max_hours is less than usage_min_hours")
	}
	first, last := w.aggregatedDays(from, to)
	answer := usageAnswer{Items: []desktopUsed{}}
	if last.Before(first) {
		return answer
	}
	wanted := usageFilters().of(r)
	var found []usage
	for i := range w.desktops {
		d := &w.desktops[i]
		u := usage{desktop: d, used: w.usedIn(d, first, last), idle: d.idleAt(last)}
		if wanted(u) {
			found = append(found, u)
		}
	}
	slices.SortStableFunc(found, func(a, b usage) int {
		order := 0
		switch r.text("sort_field") {
		case "desktop_usage":
			order = cmp.Compare(a.used, b.used)
		case "desktop_idle_duration":
			order = cmp.Compare(a.idle, b.idle)
		}
		if r.text("sort_type") == "DESC" {
			return -order
		}
		return order
	})
	answer.Count = len(found)
	for _, u := range page(r, found, 10) {
		answer.Items = append(answer.Items, u.answer())
	}
	return answer
}

// aggregatedDays are the ends of the first and the last day known in a range;
// no more than 180 days are kept.
func (w *world) aggregatedDays(from, to time.Time) (first, last time.Time) {
	if oldest := w.aggregated.Add(-180 * day); from.Before(oldest) {
		from = oldest
	}
	if to.After(w.aggregated) {
		to = w.aggregated
	}
	first = from.Add(time.Second).Truncate(day)
	if first.Before(from.Add(time.Second)) {
		first = first.Add(day)
	}
	return first.Add(-time.Second), to.Add(time.Second).Truncate(day).Add(-time.Second)
}

// usageFilters compare whole seconds with days and hours.
func usageFilters() filters[usage] {
	idle := func(u usage) int { return int(u.idle / time.Second) }
	used := func(u usage) int { return int(u.used / time.Second) }
	in := func(unit time.Duration, compare func(int, int) bool) func(int, int) bool {
		return func(seconds, bound int) bool { return compare(seconds, bound*int(unit/time.Second)) }
	}
	return filters[usage]{
		"resource_name":         partly(func(u usage) string { return u.name }),
		"enterprise_project_id": always[usage]("0"),
		"min_idle_days":         bounded(idle, in(day, atLeast)),
		"max_idle_days":         bounded(idle, in(day, atMost)),
		"usage_min_hours":       bounded(used, in(time.Hour, atLeast)),
		"usage_max_hours":       bounded(used, in(time.Hour, atMost)),
	}
}

func (u usage) answer() desktopUsed {
	a := desktopUsed{
		ID: u.id, Name: u.name, Enterprise: "0", SID: u.sid,
		Metrics: []metric{
			{Name: "desktop_usage", Value: u.used.Seconds()},
			{Name: "desktop_idle_duration", Value: u.idle.Seconds()},
		},
	}
	if u.pool != nil {
		a.PoolID, a.PoolName = &u.pool.id, &u.pool.name
	}
	if u.user >= 0 {
		a.LatestUser = new(userName(u.user))
	}
	return a
}
