package simulator

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

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
func loginRecords(w *world, r request) any {
	if r.has("start_time") != r.has("end_time") {
		return refusal("start_time and end_time need each other")
	}
	from, to := time.Time{}, w.now
	if r.has("start_time") {
		from, to = r.moment("start_time", minuteFormat), r.moment("end_time", minuteFormat)
	}
	if to.Before(from) {
		return refusal("end_time is before start_time")
	}
	wanted := recordFilters().of(r)
	first := r.number("offset", 0)
	last := first + r.number("limit", 20)
	answer := recordsAnswer{Records: []recordAnswer{}}
	w.records.newest(w.now, from, to, func(record *LoginRecord) bool {
		if !wanted(record) {
			return true
		}
		if first <= answer.Total && answer.Total < last {
			answer.Records = append(answer.Records, w.recordAnswer(record.as(w.now)))
		}
		answer.Total++
		return true
	})
	return answer
}

// recordFilters are those other than time. The bounds are called network_rtt
// but described as the end-to-end delay; the description is followed.
func recordFilters() filters[*LoginRecord] {
	delay := func(l *LoginRecord) int { return l.EndToEndRTT }
	return filters[*LoginRecord]{
		"user_name":             exactly(func(l *LoginRecord) string { return l.UserName }),
		"computer_name":         exactly(func(l *LoginRecord) string { return l.ComputerName }),
		"terminal_type":         exactly(func(l *LoginRecord) string { return l.TerminalType }),
		"public_ip":             exactly(func(l *LoginRecord) string { return l.PublicIP }),
		"enterprise_project_id": always[*LoginRecord]("0"),
		"min_network_rtt":       bounded(delay, atLeast),
		"max_network_rtt":       bounded(delay, atMost),
	}
}

// recordAnswer writes a record. What is not known yet is null or, in every
// other record's end, an empty string: both occur.
func (w *world) recordAnswer(l LoginRecord) recordAnswer {
	terminal := hash(l.UserName)
	a := recordAnswer{
		Tenant: w.domain, SID: l.SID, Transaction: l.TransactionID, Computer: l.ComputerName, User: l.UserName,
		TerminalMAC:  strings.ToUpper(fmt.Sprintf("02-%02x-%02x-%02x-%02x-%02x", byte(terminal), byte(terminal>>8), byte(terminal>>16), byte(terminal>>24), byte(terminal>>32))),
		TerminalName: fmt.Sprintf("PC-%06d", terminal%1000000),
		TerminalIP:   fmt.Sprintf("192.168.%d.%d", terminal>>8%250, terminal%250+1),
		TerminalType: l.TerminalType, ClientVersion: l.ClientVersion, AgentVersion: l.AgentVersion, DesktopIP: l.DesktopIP,
		Start: l.Start.Format(secondFormat), Setup: wireTime(l.Setup), End: wireTime(l.End),
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

func wireTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.Format(secondFormat))
}

type onlineAnswer struct {
	Counts []string `json:"time_counts"`
}

// onlineUsers counts users by hour or day. The newest bucket is the one that
// is not over yet.
func onlineUsers(w *world, r request) any {
	today := w.now.Truncate(day)
	from, to := today, w.now
	switch {
	case r.text("query_type") == "WEEK":
		from = today.AddDate(0, 0, -6)
	case r.text("query_type") == "MONTH":
		from = today.AddDate(0, 0, -29)
	case r.text("query_type") == "DAY":
	case r.has("start_time") && r.has("end_time"):
		from, to = r.moment("start_time", minuteFormat), r.moment("end_time", minuteFormat)
	default:
		return refusal("query_type or start_time and end_time are needed")
	}
	if to.Before(from) || to.Sub(from) > 31*day {
		return refusal("the time range is empty or longer than 31 days")
	}
	width, label := time.Hour, "15"
	if !from.Truncate(day).Equal(to.Truncate(day)) {
		width, label = day, time.DateOnly
	}
	answer := onlineAnswer{Counts: []string{}}
	from = from.Truncate(width)
	for i, n := range w.online(from, to, width) {
		answer.Counts = append(answer.Counts, fmt.Sprintf("%s:%d", from.Add(time.Duration(i)*width).Format(label), n))
	}
	return answer
}

// online counts in each bucket the users who had a session in it. At most 64
// buckets: a user's are the bits of a number.
func (w *world) online(from, to time.Time, width time.Duration) []int {
	buckets := int(to.Sub(from)/width) + 1
	present := map[string]uint64{}
	// A session begins at most a simulated day before it is counted.
	oldest := from.Add(-time.Duration(float64(day) / w.clock.speed))
	w.records.newest(w.now, oldest, to, func(record *LoginRecord) bool {
		if record.Setup.IsZero() || record.Setup.After(w.now) {
			return true
		}
		end := record.End
		if end.IsZero() || end.After(w.now) {
			end = w.now
		}
		first, last := int(max(record.Start.Sub(from), 0)/width), min(int(end.Sub(from)/width), buckets-1)
		if !end.Before(from) && first <= last {
			present[record.UserName] |= (1<<(last-first+1) - 1) << first
		}
		return true
	})
	counts := make([]int, buckets)
	for _, mask := range present {
		for ; mask != 0; mask &= mask - 1 {
			counts[bits.TrailingZeros64(mask)]++
		}
	}
	return counts
}
