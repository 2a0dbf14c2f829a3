package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func notificationsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListNotificationRecords": {
			Params: query.Params(
				query.Required(query.OneOf("query_type", "DESKTOP", "DESKTOP_POOL")),
				query.Text("desktop_name", "desktop_pool_name", "user_name"),
				query.OneOf("type", "EMAIL", "SMS"), query.OneOf("sort_field", "operate_time"), query.OneOf("sort_type", "ASC", "DESC"),
				query.Paging(1000, query.AnyOffset)),
			Reply: notificationRecords,
		},
	}
}

type notificationEntry struct {
	Project string `json:"project_id"`
	Type    string `json:"type"`
	User    string `json:"user_name"`
	Desktop string `json:"desktop_name"`
	Pool    string `json:"desktop_pool_name"`
	Result  string `json:"result"`
	Message string `json:"error_message"`
	At      string `json:"operate_time"`
}

func notificationRecords(w *world.World, r query.Request) any {
	found := filter.Set[world.Notification]{
		"desktop_name":      filter.Contains(func(n world.Notification) string { return n.Desktop }),
		"desktop_pool_name": filter.Contains(func(n world.Notification) string { return n.Pool }),
		"user_name":         filter.Contains(func(n world.Notification) string { return n.User }),
		"type":              filter.Equal(func(n world.Notification) string { return n.Type }),
	}.Apply(r, w.Notifications(r.Text("query_type") == "DESKTOP_POOL"))
	if r.Text("sort_type") == "DESC" {
		slices.Reverse(found)
	}
	return members{{"total_count", len(found)}, {"notification_records", page(r, found, 1000, func(n world.Notification) notificationEntry {
		return notificationEntry{
			Project: w.Project.ID, Type: n.Type, User: n.User, Desktop: n.Desktop, Pool: n.Pool, Result: n.Result, Message: "not delivered to " + n.User, At: n.At.Format(query.SecondFormat),
		}
	})}}
}
