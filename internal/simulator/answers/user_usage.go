package answers

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func userUsageAnswers() map[string]Answer {
	return map[string]Answer{
		"ListUserUsageMetric": {
			Params: query.Params(
				query.TimeRange(),
				query.Text("username", "enterprise_project_id", "domain"),
				query.Number(0, math.MaxInt32, "usage_min_hours", "usage_max_hours"),
				query.OneOf("sort_field", "user_usage"), query.OneOf("sort_type", "ASC", "DESC"),
				query.Paging(100, query.AnyOffset)),
			Reply: userUsage,
		},
		"ListAppUserAccessData": {
			Params: query.Params(
				query.TimeRange(), query.Text("username"),
				query.OneOf("sort_field", "access_failed_count", "last_access_failed_time"), query.OneOf("sort_type", "ASC", "DESC"),
				query.Paging(100, query.AnyOffset)),
			Reply: appAccess,
		},
	}
}

type userUsageItem struct {
	Name       string   `json:"username"`
	Enterprise string   `json:"enterprise_project_id"`
	Metrics    []metric `json:"metric"`
}

func userUsage(w *world.World, r query.Request) any {
	from, to := r.Range(query.SecondFormat)
	switch {
	case to.Before(from):
		return response.Refusal("end_time is before start_time")
	case from.Before(w.Now.Add(-31 * world.Day)):
		return response.Refusal("only the last 30 days are kept")
	case r.Has("sort_type") && !r.Has("sort_field"):
		return response.Refusal("sort_type needs sort_field")
	}
	first, last := w.AggregatedDays(from, to)
	hours := func(compare func(int, int) bool) func(int, int) bool {
		return func(seconds, bound int) bool { return compare(seconds, bound*3600) }
	}
	used := func(u world.UserDay) int { return int(u.Usage / time.Second) }
	found := filter.Set[world.UserDay]{
		"username":              filter.Contains(func(u world.UserDay) string { return u.Name }),
		"enterprise_project_id": filter.Const[world.UserDay]("0"),
		"domain":                filter.Const[world.UserDay]("local.com"),
		"usage_min_hours":       filter.Bound(used, hours(filter.AtLeast)),
		"usage_max_hours":       filter.Bound(used, hours(filter.AtMost)),
	}.Apply(r, w.UserDays(first, last))
	query.SortBy(r, found, func(a, b world.UserDay) int { return cmp.Compare(a.Usage, b.Usage) })
	return members{{"count", len(found)}, {"items", page(r, found, 10, func(u world.UserDay) userUsageItem {
		return userUsageItem{u.Name, "0", []metric{
			{"user_usage", u.Usage.Seconds()},
			{"user_login_count", float64(u.Logins)},
			{"user_login_success_count", float64(u.Logins - u.Failures)},
			{"user_login_fail_count", float64(u.Failures)},
		}}
	})}}
}

type appAccessItem struct {
	Name    string `json:"username"`
	Failed  int    `json:"access_failed_count"`
	Last    string `json:"last_access_failed_time"`
	Code    string `json:"error_code"`
	Message string `json:"error_msg"`
}

func appAccess(w *world.World, r query.Request) any {
	from, to := r.Range(query.SecondFormat)
	if to.Before(from) || from.Before(w.Now.Add(-31*world.Day)) {
		return response.Refusal("the time range is empty or more than 30 days ago")
	}
	first, last := w.AggregatedDays(from, to)
	found := slices.DeleteFunc(w.UserDays(first, last), func(u world.UserDay) bool {
		return u.Access == 0 || r.Has("username") && u.Name != r.Text("username")
	})
	query.SortBy(r, found, func(a, b world.UserDay) int {
		if r.Text("sort_field") == "last_access_failed_time" {
			return a.LastAccess.Compare(b.LastAccess)
		}
		return cmp.Compare(a.Access, b.Access)
	})
	return members{{"count", len(found)}, {"items", page(r, found, 10, func(u world.UserDay) appAccessItem {
		return appAccessItem{u.Name, u.Access, u.LastAccess.Format(query.SecondFormat), "WKS.00000001", "no application for " + u.Name}
	})}}
}
