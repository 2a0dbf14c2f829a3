package core

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// onlineUsers is the count of the newest bucket.
type onlineUsers struct {
	Users apiclient.Number `json:"users"`
}

func onlineUsersArea() area.Collector {
	return area.Declaration[onlineUsers]{
		Name:     "online_users",
		Help:     "Users who logged in, by hour.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListHistoryOnlineInfoNew)},
		Series:   area.Series(1, nil),
		Fetch:    fetchOnlineUsers,
		Families: []area.Family[onlineUsers]{{
			Name: "online_users",
			Help: "Number of users who were logged in during the newest hour that the API reports.",
			Type: area.Gauge,
			Map:  func(o onlineUsers, put area.Put) { put.Number(o.Users) },
		}},
	}
}

func fetchOnlineUsers(ctx context.Context, in area.Input, _ onlineUsers) (onlineUsers, error) {
	e := apiclient.ListHistoryOnlineInfoNew
	entries, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: e, Query: url.Values{"query_type": {"DAY"}}},
		func(json.RawMessage) string { return "" })
	if err != nil {
		return onlineUsers{}, err
	}
	counts := make([]timeCount, 0, len(entries))
	for _, entry := range entries {
		if c, ok := parseTimeCount(entry); ok {
			counts = append(counts, c)
		}
	}
	in.Skip(len(entries)-len(counts), "time_counts[]", "no \"time:count\"")
	if len(counts) == 0 {
		return onlineUsers{}, nil
	}
	return onlineUsers{Users: newestCount(counts)}, nil
}

// timeCount is an entry "time:count". How the time is written is not
// documented; the published example has hours, such as "10:00 : 0", of a zone
// that no page names (UNKNOWN).
type timeCount struct {
	at    time.Time // zero for an hour
	hour  int       // -1 for a date
	count apiclient.Number
}

func parseTimeCount(data json.RawMessage) (timeCount, bool) {
	var s string
	if json.Unmarshal(data, &s) != nil {
		return timeCount{}, false
	}
	// The time may hold colons itself.
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return timeCount{}, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(s[i+1:]), 10, 64)
	if err != nil {
		return timeCount{}, false
	}
	c := timeCount{count: apiclient.NumberOf(float64(n))}
	at := strings.TrimSpace(s[:i])
	hour, _, _ := strings.Cut(at, ":")
	if h, err := strconv.Atoi(hour); err == nil && h >= 0 && h <= 24 && len(hour) <= 2 {
		c.hour = h % 24
		return c, true
	}
	c.hour = -1
	quoted, err := json.Marshal(at)
	var date apiclient.Time
	if err != nil || json.Unmarshal(quoted, &date) != nil {
		return timeCount{}, false
	}
	c.at = date.Time()
	return c, !c.at.IsZero()
}

// newestCount is what the answer says is newest: the latest date; of hours, the
// end of the stretch that they make around the clock. That may begin at any
// hour, and the hours may be listed from either end.
func newestCount(counts []timeCount) apiclient.Number {
	if counts[0].hour < 0 {
		return slices.MaxFunc(counts, func(a, b timeCount) int { return a.at.Compare(b.at) }).count
	}
	forward, backward := 0, 0
	for i := 1; i < len(counts); i++ {
		switch step := (counts[i].hour - counts[i-1].hour + 24) % 24; {
		case step > 12:
			backward++
		case step > 0:
			forward++
		}
	}
	last := len(counts) - 1
	switch {
	case forward > 0 && backward > 0:
		return beforeGap(counts).count
	case backward > 0:
		return counts[0].count
	case counts[0].hour == 0 && counts[last].hour == 23:
		// A calendar day: in the hours that are still to come there is nobody.
		for last > 0 && counts[last].count == apiclient.NumberOf(0) {
			last--
		}
	}
	return counts[last].count
}

// beforeGap is the hour before the longest stretch of hours without an entry.
func beforeGap(counts []timeCount) timeCount {
	sorted := slices.SortedFunc(slices.Values(counts), func(a, b timeCount) int { return cmp.Compare(a.hour, b.hour) })
	newest, longest := sorted[len(sorted)-1], -1
	for i, c := range sorted {
		next := sorted[(i+1)%len(sorted)]
		if gap := (next.hour - c.hour + 24) % 24; gap > longest {
			newest, longest = c, gap
		}
	}
	return newest
}
