package usage

import (
	"context"
	"math"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// userFailures is how often a user failed to open an application on a day.
type userFailures struct {
	User     string           `json:"user"` // as privacy.user_names allows
	Failures apiclient.Number `json:"failures"`
}

func appAccessArea() area.Collector {
	const name = "app_access"
	return area.Declaration[decode.Daily[[]userFailures]]{
		Name:     name,
		Help:     "Users who failed to open applications of application streaming, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{decode.CallTop(apiclient.ListAppUserAccessData, failingUsers)},
		Series:   func(l area.Load) float64 { return 1 + decode.TopRows(l, failingUsers) },
		Options:  []area.Option{{Name: "top", Default: 100, Help: "How many users have series: those with the most failures."}},
		Fetch:    fetchAppAccess,
		Unnamed:  area.NothingUnnamed[decode.Daily[[]userFailures]],
		Families: []area.Family[decode.Daily[[]userFailures]]{
			{
				Name: "app_access_failures",
				Help: "How often the user failed to open an application on the last complete UTC day.",
				Type: area.Gauge, Labels: []string{"user"},
				Map: decode.EachOfDay(func(u userFailures, put area.Put) { put.Number(u.Failures, u.User) }),
			},
			decode.StatisticsTimestamp(name, decode.Daily[[]userFailures].End),
		},
	}
}

// fetchAppAccess reads the last complete day. An empty list is good news here,
// so the day before has no say.
func fetchAppAccess(ctx context.Context, in area.Input, _ decode.Daily[[]userFailures]) (decode.Daily[[]userFailures], error) {
	e := apiclient.ListAppUserAccessData
	yesterday := in.Now.UTC().Truncate(decode.Day).Add(-decode.Day)
	query := decode.DayRange(yesterday)
	query.Set("sort_field", "access_failed_count")
	query.Set("sort_type", "DESC")
	type row struct {
		User     apiclient.Text   `json:"username"`
		Failures apiclient.Number `json:"access_failed_count"`
	}
	rows, err := decode.ListTop(ctx, in.API, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
		func(r row) string { return string(r.User) })
	if err != nil {
		return decode.Daily[[]userFailures]{}, err
	}
	var users []userFailures
	places := map[string]int{}
	for _, r := range rows {
		if r.User == "" {
			return decode.Daily[[]userFailures]{}, decode.Malformed(e, "an entry of `items` has no `username`")
		}
		user := in.UserName(string(r.User))
		if at, again := places[user]; again {
			users[at].Failures = decode.Sum(users[at].Failures, r.Failures)
			continue
		}
		places[user] = len(users)
		users = append(users, userFailures{user, r.Failures})
	}
	return decode.Daily[[]userFailures]{Day: yesterday, Result: users}, nil
}

// failingUsers are few: most use no applications of application streaming.
func failingUsers(l area.Load) float64 { return math.Floor(l.Fleet[area.Users] / 80) }
