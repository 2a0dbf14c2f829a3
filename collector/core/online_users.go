package core

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
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
	entries, err := apiclient.List(ctx, in.API, apiclient.Request{
		Endpoint: apiclient.ListHistoryOnlineInfoNew,
		Query:    url.Values{"query_type": {"DAY"}},
	}, func(json.RawMessage) string { return "" })
	if err != nil {
		return onlineUsers{}, err
	}
	var newest timeCount
	for _, entry := range entries {
		c, ok := parseTimeCount(entry)
		if !ok {
			in.Log.Debug("an entry of time_counts is no \"time:count\" and is skipped", "operation", apiclient.ListHistoryOnlineInfoNew.Operation)
			continue
		}
		if newest.time == "" || !c.before(newest) {
			newest = c
		}
	}
	return onlineUsers{Users: newest.count}, nil
}

// timeCount is an entry "time:count". How the time is written is not
// documented; the published example has hours.
type timeCount struct {
	time  string
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
	at := strings.TrimSpace(s[:i])
	n, err := strconv.ParseUint(strings.TrimSpace(s[i+1:]), 10, 64)
	if err != nil || at == "" {
		return timeCount{}, false
	}
	return timeCount{at, apiclient.NumberOf(float64(n))}, true
}

// before compares numbers as numbers, so that hour 9 comes before hour 10.
func (c timeCount) before(other timeCount) bool {
	a, errA := strconv.ParseInt(c.time, 10, 64)
	b, errB := strconv.ParseInt(other.time, 10, 64)
	if errA == nil && errB == nil {
		return a < b
	}
	return cmp.Less(c.time, other.time)
}
