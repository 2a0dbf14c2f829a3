package answers

import (
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func userEventsAnswers() map[string]Answer {
	return map[string]Answer{
		"ShowUserAccessStages": {Params: query.Required(query.Text("transaction_id")), Reply: accessStages},
		"ListUserEvents": {
			Params: query.Params(
				query.TimeRange(),
				query.Text("username", "event_type", "resource_id", "resource_name", "domain"), query.Paging(1000, query.AnyOffset)),
			Reply: userEvents,
		},
		"ListUserEventsLtsConfigurations": {Reply: userEventsLog},
	}
}

type eventEntry struct {
	Project      string `json:"project_id"`
	User         string `json:"username"`
	Workspace    string `json:"workspace_id"`
	Trace        string `json:"event_trace_id"`
	Type         string `json:"event_type"`
	Time         string `json:"event_time"`
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	ResourceName string `json:"resource_name"`
	ClientType   string `json:"client_type"`
	ClientIP     string `json:"client_ip"`
	Success      bool   `json:"is_success"`
	Code         string `json:"error_code"`
	Message      string `json:"error_msg"`
	Action       string `json:"action_type"`
}

// userEvents lists events, the newest first, both ends of the range included.
func userEvents(w *world.World, r query.Request) any {
	from, to := r.Range(query.SecondFormat)
	if to.Before(from) || to.Sub(from) > 30*world.Day || from.Before(w.Now.Add(-30*world.Day)) {
		return response.Refusal("the time range is empty, or longer than or more than 30 days ago")
	}
	wanted := filter.Set[world.UserEvent]{
		"username":      filter.Equal(func(e world.UserEvent) string { return e.User }),
		"event_type":    filter.In(func(e world.UserEvent) string { return e.Type }),
		"resource_name": filter.Equal(func(e world.UserEvent) string { return e.Desktop }),
		"resource_id":   filter.Equal(func(e world.UserEvent) string { return "id-" + e.Desktop }),
		"domain":        filter.Const[world.UserEvent]("local.com"),
	}.For(r)
	var found []world.UserEvent
	// No session lasts longer than a day.
	w.Records.Newest(w.Now, from.Add(-world.Day), to, func(record *world.LoginRecord) bool {
		for _, e := range world.EventsOf(record.At(w.Now)) {
			if !e.At.Before(from) && !e.At.After(to) && wanted(e) {
				found = append(found, e)
			}
		}
		return true
	})
	slices.SortStableFunc(found, func(a, b world.UserEvent) int { return b.At.Compare(a.At) })
	return members{{"count", len(found)}, {"items", page(r, found, 100, func(e world.UserEvent) eventEntry {
		entry := eventEntry{
			Project: w.Project.ID, User: e.User, Workspace: w.HexID("workspace", 0), Trace: e.Trace, Type: e.Type, Time: e.At.Format(query.SecondFormat),
			ResourceType: "DESKTOP", ResourceID: "id-" + e.Desktop, ResourceName: e.Desktop, ClientType: "WINDOWS", ClientIP: "198.51.100.7",
			Success: e.Code == "", Code: e.Code, Action: "USER",
		}
		if e.Code != "" {
			entry.Message = "failed for " + e.User
		}
		return entry
	})}}
}

type stagesAnswer struct {
	User    string       `json:"username"`
	BizType string       `json:"biz_type"`
	Stages  []stageEntry `json:"stages"`
}

type stageEntry struct {
	Stage    string `json:"stage"`
	Duration int64  `json:"duration"` // ms
	Success  bool   `json:"is_success"`
	Start    int64  `json:"start_time"` // epoch ms
	End      int64  `json:"end_time"`
	Code     string `json:"error_code"`
	Message  string `json:"error_msg"`
}

// accessStages splits the time until a logon was set up or failed among its
// stages; it fails at the last one.
func accessStages(w *world.World, r query.Request) any {
	var found *world.LoginRecord
	w.Records.Newest(w.Now, time.Time{}, w.Now, func(record *world.LoginRecord) bool {
		if record.TransactionID == r.Text("transaction_id") {
			found = record
		}
		return found == nil
	})
	if found == nil {
		return response.Refuse(404, "WKS.0202", "The transaction does not exist")
	}
	l := found.At(w.Now)
	until := l.Setup
	if l.FailureReason != "" {
		until = l.End
	}
	names := []string{"LOGIN", "MAIN_AUTH", "PRECONNECT", "CONNECT"}
	answer := stagesAnswer{User: l.UserName, BizType: "DESKTOP", Stages: []stageEntry{}}
	if strings.HasPrefix(l.ComputerName, "POOL") {
		answer.BizType = "VDI"
	}
	at := l.Start
	for i, name := range names {
		if until.IsZero() {
			break
		}
		took := until.Sub(l.Start) / time.Duration(len(names))
		s := stageEntry{Stage: name, Duration: took.Milliseconds(), Success: true, Start: at.UnixMilli(), End: at.Add(took).UnixMilli(), Code: "WKS.00000000", Message: "OK"}
		if i == len(names)-1 && l.FailureReason != "" {
			s.Success, s.Code, s.Message = false, l.FailureReason, "failed for "+l.UserName
		}
		answer.Stages = append(answer.Stages, s)
		at = at.Add(took)
	}
	return answer
}

func userEventsLog(*world.World, query.Request) any {
	return object{"enable": true, "log_group_id": "log-group", "log_stream_id": "log-stream"}
}
