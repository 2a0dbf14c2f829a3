package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func onlineUsersAnswers() map[string]Answer {
	return map[string]Answer{
		"ListHistoryOnlineInfoNew": {
			Params: query.Params(query.OneOf("query_type", "MONTH", "WEEK", "DAY"), query.Time(query.MinuteFormat, "start_time", "end_time")),
			Reply:  onlineUsers,
		},
	}
}

type onlineAnswer struct {
	Counts []string `json:"time_counts"`
}

// onlineUsers counts users by hour or day. The newest bucket is the one that
// is not over yet.
func onlineUsers(w *world.World, r query.Request) any {
	today := w.Now.Truncate(world.Day)
	from, to := today, w.Now
	switch {
	case r.Text("query_type") == "WEEK":
		from = today.AddDate(0, 0, -6)
	case r.Text("query_type") == "MONTH":
		from = today.AddDate(0, 0, -29)
	case r.Text("query_type") == "DAY":
	case r.Has("start_time") && r.Has("end_time"):
		from, to = r.Range(query.MinuteFormat)
	default:
		return response.Refusal("query_type or start_time and end_time are needed")
	}
	if to.Before(from) || to.Sub(from) > 31*world.Day {
		return response.Refusal("the time range is empty or longer than 31 days")
	}
	width, label := time.Hour, "15"
	if !from.Truncate(world.Day).Equal(to.Truncate(world.Day)) {
		width, label = world.Day, time.DateOnly
	}
	answer := onlineAnswer{Counts: []string{}}
	from = from.Truncate(width)
	for i, n := range w.OnlineUsers(from, to, width) {
		answer.Counts = append(answer.Counts, fmt.Sprintf("%s:%d", from.Add(time.Duration(i)*width).Format(label), n))
	}
	return answer
}
