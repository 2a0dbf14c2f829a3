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

func fetchAppAccess(ctx context.Context, in area.Input, prev decode.Daily[[]userFailures]) (decode.Daily[[]userFailures], error) {
	return decode.NewestDay(in.Now, prev, func(first time.Time) ([]userFailures, bool, error) {
		users, err := readAppFailures(ctx, in, first)
		return users, len(users) > 0, err
	})
}

func readAppFailures(ctx context.Context, in area.Input, first time.Time) ([]userFailures, error) {
	e := apiclient.ListAppUserAccessData
	query := decode.DayRange(first)
	query.Set("sort_field", "access_failed_count")
	query.Set("sort_type", "DESC")
	type row struct {
		User     apiclient.Text   `json:"username"`
		Failures apiclient.Number `json:"access_failed_count"`
	}
	rows, err := decode.ListTop(ctx, in, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
		func(r row) string { return string(r.User) })
	if err != nil {
		return nil, err
	}
	var users []userFailures
	places := map[string]int{}
	nameless := 0
	for _, r := range rows {
		if r.User == "" {
			nameless++
			continue
		}
		user, failures := in.UserName(string(r.User)), decode.NotNegative(r.Failures)
		if at, again := places[user]; again {
			users[at].Failures = decode.Sum(users[at].Failures, failures)
			continue
		}
		places[user] = len(users)
		users = append(users, userFailures{user, failures})
	}
	return users, decode.Nameless(in, e, "username", nameless, len(rows))
}

// failingUsers are few: most use no applications of application streaming.
func failingUsers(l area.Load) float64 { return math.Floor(l.Fleet[area.Users] / 80) }
