package answers

import (
	"cmp"
	"math"
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
				query.Required(query.Time(query.SecondFormat, "start_time", "end_time")),
				query.Text("resource_name", "enterprise_project_id"),
				query.Number(0, math.MaxInt32, "min_idle_days", "max_idle_days", "usage_min_hours", "usage_max_hours"),
				query.OneOf("sort_field", "desktop_usage", "desktop_idle_duration"), query.OneOf("sort_type", "ASC", "DESC"),
				query.Paging(100, query.AnyOffset)),
			Reply: desktopUsage,
		},
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
