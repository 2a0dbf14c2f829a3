package answers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func desktopUsageAnswers() map[string]Answer {
	return map[string]Answer{
		"ListDesktopUsageMetric": {
			Params: query.Params(
				query.TimeRange(),
				query.Text("resource_name", "enterprise_project_id"),
				query.Number(0, math.MaxInt32, "min_idle_days", "max_idle_days", "usage_min_hours", "usage_max_hours"),
				query.OneOf("sort_field", "desktop_usage", "desktop_idle_duration"), query.OneOf("sort_type", "ASC", "DESC"),
				query.Paging(100, query.AnyOffset)),
			Reply: desktopUsage,
		},
		"ListUnusedDesktops": {
			Params: query.Params(query.Time(query.MilliFormat, "start_time", "end_time"), query.Paging(2000, 2000)),
			Reply:  unusedDesktops,
		},
		"ListUsedDesktopInfo": {Reply: usedDesktops},
	}
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

// usage of one desktop in a range of days.
type usage struct {
	*world.Desktop
	used, idle time.Duration
}

// desktopUsage lists use and idleness as of the newest aggregated day in the
// range. A range without an aggregated day has no items. Filters are in days
// and hours, values in seconds.
func desktopUsage(w *world.World, r query.Request) any {
	from, to := r.Range(query.SecondFormat)
	switch {
	case to.Before(from):
		return response.Refusal("end_time is before start_time")
	case r.Has("sort_type") && !r.Has("sort_field"):
		return response.Refusal("sort_type needs sort_field")
	case r.Has("max_idle_days") && r.Number("max_idle_days", 0) < r.Number("min_idle_days", 0):
		return response.Refusal("max_idle_days is less than min_idle_days")
	case r.Has("usage_max_hours") && r.Number("usage_max_hours", 0) < r.Number("usage_min_hours", 0):
		return response.Refusal("usage_max_hours is less than usage_min_hours")
	}
	first, last := w.AggregatedDays(from, to)
	wanted := usageFilters().For(r)
	var found []usage
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if last.Before(first) { // no aggregated day
			break
		}
		u := usage{Desktop: d, used: w.UsedIn(d, first, last), idle: d.IdleAt(last)}
		if wanted(u) {
			found = append(found, u)
		}
	}
	query.SortBy(r, found, func(a, b usage) int {
		if r.Text("sort_field") == "desktop_usage" {
			return cmp.Compare(a.used, b.used)
		}
		return cmp.Compare(a.idle, b.idle)
	})
	return members{{"count", len(found)}, {"items", page(r, found, 10, usage.answer)}}
}

// usageFilters compare whole seconds with days and hours.
func usageFilters() filter.Set[usage] {
	idle := func(u usage) int { return int(u.idle / time.Second) }
	used := func(u usage) int { return int(u.used / time.Second) }
	in := func(unit time.Duration, compare func(int, int) bool) func(int, int) bool {
		return func(seconds, bound int) bool { return compare(seconds, bound*int(unit/time.Second)) }
	}
	return filter.Set[usage]{
		"resource_name":         filter.Contains(func(u usage) string { return u.Name }),
		"enterprise_project_id": filter.Const[usage]("0"),
		"min_idle_days":         filter.Bound(idle, in(world.Day, filter.AtLeast)),
		"max_idle_days":         filter.Bound(idle, in(world.Day, filter.AtMost)),
		"usage_min_hours":       filter.Bound(used, in(time.Hour, filter.AtLeast)),
		"usage_max_hours":       filter.Bound(used, in(time.Hour, filter.AtMost)),
	}
}

func (u usage) answer() desktopUsed {
	a := desktopUsed{
		ID: u.ID, Name: u.Name, Enterprise: "0", SID: u.SID,
		Metrics: []metric{
			{Name: "desktop_usage", Value: u.used.Seconds()},
			{Name: "desktop_idle_duration", Value: u.idle.Seconds()},
		},
	}
	if u.Pool != nil {
		a.PoolID, a.PoolName = &u.Pool.ID, &u.Pool.Name
	}
	if u.User >= 0 {
		a.LatestUser = new(world.UserName(u.User))
	}
	return a
}

type unusedDesktop struct {
	ID           string `json:"desktop_id"`
	Name         string `json:"compute_name"` // not computer_name
	Created      string `json:"create_time"`
	Disconnected string `json:"disconnect_time"`
}

// unusedDesktops lists desktops without a session in the range.
func unusedDesktops(w *world.World, r query.Request) any {
	from, to := w.Now.Add(-world.Day), w.Now
	if r.Has("start_time") {
		from = r.Time("start_time", query.MilliFormat)
	}
	if r.Has("end_time") {
		to = r.Time("end_time", query.MilliFormat)
	}
	if to.Before(from) {
		return response.Refusal("end_time is before start_time")
	}
	found := []unusedDesktop{}
	for i := range w.Desktops {
		if d := &w.Desktops[i]; d.UnusedSince(from) {
			found = append(found, unusedDesktop{d.ID, d.Name, d.Created.Format(query.MilliFormat), d.LastUsed.Format(query.MilliFormat)})
		}
	}
	return members{{"unused_desktops", query.Page(r, found, 1000)}, {"total_count", len(found)}}
}

type usedQuery struct {
	IDs    []string `json:"desktop_ids"`
	From   *string  `json:"start_time"`
	To     *string  `json:"end_time"`
	Group  *string  `json:"group_by_type"`
	User   *string  `json:"desktop_username"`
	Domain *string  `json:"desktop_user_domain"`
	Offset int      `json:"offset"`
	Limit  *int     `json:"limit"`
}

type usedDesktop struct {
	ID   string    `json:"desktop_id"`
	User string    `json:"desktop_username"`
	Days []usedDay `json:"used_info_list"`
}

type usedDay struct {
	Date string `json:"date"`
	Time string `json:"use_time"` // hours with two decimals
}

// usedDesktops lists the hours of use by day of the desktops that were used.
func usedDesktops(w *world.World, r query.Request) any {
	q := usedQuery{}
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil && len(r.Body) > 0 {
		return response.Refusal("body: " + err.Error())
	}
	to := w.Now.Truncate(world.Day)
	from := to.Add(-14 * world.Day)
	limit := 100
	for _, problem := range []bool{
		parseDay(q.From, &from), parseDay(q.To, &to), to.Before(from), to.Sub(from) >= 31*world.Day,
		q.Offset < 0, q.Limit != nil && (*q.Limit < 1 || *q.Limit > 100), q.Group != nil && *q.Group != "DAY",
	} {
		if problem {
			return response.Refusal("body: time range, group_by_type or page is wrong")
		}
	}
	if q.Limit != nil {
		limit = *q.Limit
	}
	first, last := w.AggregatedDays(from, to.Add(world.Day-time.Second))
	found := []usedDesktop{}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if !query.Allows(q.IDs, d.ID) || q.User != nil && *q.User != d.UserName() {
			continue
		}
		used := usedDesktop{ID: d.ID, User: d.UserName()}
		for end := first; !end.After(last); end = end.Add(world.Day) {
			if h := math.Round(w.UsedIn(d, end, end).Hours()*100) / 100; h > 0 {
				used.Days = append(used.Days, usedDay{end.Format(time.DateOnly), strconv.FormatFloat(h, 'f', 2, 64)})
			}
		}
		if used.Days != nil {
			found = append(found, used)
		}
	}
	offset := min(q.Offset, len(found))
	return members{{"desktop_used_info_list", found[offset:min(offset+limit, len(found))]}, {"total_count", len(found)}}
}

// parseDay reads a date and reports whether it is wrong.
func parseDay(text *string, at *time.Time) (wrong bool) {
	if text == nil {
		return false
	}
	t, err := time.Parse(time.DateOnly, *text)
	*at = t
	return err != nil
}
