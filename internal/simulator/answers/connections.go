package answers

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func connectionsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListLoginRecordsNew": {
			Params: query.Params(
				query.Time(query.MinuteFormat, "start_time", "end_time"),
				query.Text("user_name", "computer_name", "terminal_type", "enterprise_project_id", "public_ip"),
				query.Number(0, math.MaxInt32, "min_network_rtt", "max_network_rtt"),
				query.Paging(1000, query.AnyOffset)),
			Reply: loginRecords,
		},
		"ListHistoryOnlineInfoNew": {
			Params: query.Params(query.OneOf("query_type", "MONTH", "WEEK", "DAY"), query.Time(query.MinuteFormat, "start_time", "end_time")),
			Reply:  onlineUsers,
		},
	}
}

type recordsAnswer struct {
	Total   int            `json:"total_count"`
	Records []recordAnswer `json:"records"`
}

type recordAnswer struct {
	Tenant        string  `json:"tenantId"` // camel case, as nothing else
	SID           string  `json:"sid"`
	Transaction   string  `json:"transaction_id"`
	Computer      string  `json:"computer_name"`
	User          string  `json:"user_name"`
	TerminalMAC   string  `json:"terminal_mac"`
	TerminalName  string  `json:"terminal_name"`
	TerminalIP    string  `json:"terminal_ip"`
	ClientVersion string  `json:"client_version"`
	TerminalType  string  `json:"terminal_type"`
	AgentVersion  string  `json:"agent_version,omitempty"`
	DesktopIP     string  `json:"desktop_ip"`
	Start         string  `json:"connection_start_time"`
	Setup         *string `json:"connection_setup_time"`
	End           *string `json:"connection_end_time"`
	Reconnect     bool    `json:"is_reconnect"`
	Failure       string  `json:"connection_failure_reason"`
	NetworkRTT    *int    `json:"network_rtt"`
	EndToEndRTT   *int    `json:"e2e_rtt"`
	SourceIP      string  `json:"source_ip"`
	PublicIP      string  `json:"public_ip"`
	Enterprise    string  `json:"enterprise_project_id"`
}

// loginRecords lists login records, the newest first: the list shifts while it
// is read. start_time and end_time are compared with the connection's start,
// both ends included, as the times they are: an end_time of 10:05 leaves out
// what began at 10:05:01.
func loginRecords(w *world.World, r query.Request) any {
	if r.Has("start_time") != r.Has("end_time") {
		return response.Refusal("start_time and end_time need each other")
	}
	from, to := time.Time{}, w.Now
	if r.Has("start_time") {
		from, to = r.Range(query.MinuteFormat)
	}
	if to.Before(from) {
		return response.Refusal("end_time is before start_time")
	}
	wanted := recordFilters().For(r)
	first := r.Number("offset", 0)
	last := first + r.Number("limit", 20)
	answer := recordsAnswer{Records: []recordAnswer{}}
	w.Records.Newest(w.Now, from, to, func(record *world.LoginRecord) bool {
		if !wanted(record) {
			return true
		}
		if first <= answer.Total && answer.Total < last {
			answer.Records = append(answer.Records, recordOf(w, record.At(w.Now)))
		}
		answer.Total++
		return true
	})
	return answer
}

// recordFilters are those other than time. The bounds are called network_rtt
// but described as the end-to-end delay; the description is followed.
func recordFilters() filter.Set[*world.LoginRecord] {
	delay := func(l *world.LoginRecord) int { return l.EndToEndRTT }
	return filter.Set[*world.LoginRecord]{
		"user_name":             filter.Equal(func(l *world.LoginRecord) string { return l.UserName }),
		"computer_name":         filter.Equal(func(l *world.LoginRecord) string { return l.ComputerName }),
		"terminal_type":         filter.Equal(func(l *world.LoginRecord) string { return l.TerminalType }),
		"public_ip":             filter.Equal(func(l *world.LoginRecord) string { return l.PublicIP }),
		"enterprise_project_id": filter.Const[*world.LoginRecord]("0"),
		"min_network_rtt":       filter.Bound(delay, filter.AtLeast),
		"max_network_rtt":       filter.Bound(delay, filter.AtMost),
	}
}

// recordOf describes a record. What is not known yet is null or, in every
// other record's end, an empty string: both occur.
func recordOf(w *world.World, l world.LoginRecord) recordAnswer {
	terminal := random.Hash(l.UserName)
	a := recordAnswer{
		Tenant: w.Domain, SID: l.SID, Transaction: l.TransactionID, Computer: l.ComputerName, User: l.UserName,
		TerminalMAC:  strings.ToUpper(fmt.Sprintf("02-%02x-%02x-%02x-%02x-%02x", byte(terminal), byte(terminal>>8), byte(terminal>>16), byte(terminal>>24), byte(terminal>>32))),
		TerminalName: fmt.Sprintf("PC-%06d", terminal%1000000),
		TerminalIP:   fmt.Sprintf("192.168.%d.%d", terminal>>8%250, terminal%250+1),
		TerminalType: l.TerminalType, ClientVersion: l.ClientVersion, AgentVersion: l.AgentVersion, DesktopIP: l.DesktopIP,
		Start: l.Start.Format(query.SecondFormat), Setup: wireTime(l.Setup), End: wireTime(l.End),
		Reconnect: l.Reconnect, Failure: l.FailureReason, SourceIP: l.PublicIP, PublicIP: l.PublicIP, Enterprise: "0",
	}
	if !l.Setup.IsZero() {
		a.NetworkRTT, a.EndToEndRTT = &l.NetworkRTT, &l.EndToEndRTT
	}
	if a.End == nil && terminal%2 == 0 {
		a.End = new("")
	}
	return a
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
