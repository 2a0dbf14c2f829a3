package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// userFailures is how often a user failed to open an application on a day.
type userFailures struct {
	User     string           `json:"user"` // as privacy.user_names allows
	Failures apiclient.Number `json:"failures"`
}

func appAccessArea() Collector {
	const name = "app_access"
	return Area[daily[[]userFailures]]{
		Name:     name,
		Help:     "Users who failed to open applications of application streaming, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []Call{callTop(apiclient.ListAppUserAccessData, failingUsers)},
		Series:   func(l Load) float64 { return 1 + topRows(l, failingUsers) },
		Options:  []Option{{Name: "top", Default: 100, Help: "How many users have series: those with the most failures."}},
		Fetch:    fetchAppAccess,
		Families: []Family[daily[[]userFailures]]{
			{
				Name: "app_access_failures",
				Help: "How often the user failed to open an application on the last complete UTC day.",
				Type: Gauge, Labels: []string{"user"},
				Map: eachDay(func(u userFailures, put Put) { put.Number(u.Failures, u.User) }),
			},
			statisticsTimestamp(name, daily[[]userFailures].end),
		},
	}
}

// fetchAppAccess reads the last complete day. An empty list is good news here,
// so the day before has no say.
func fetchAppAccess(ctx context.Context, in Input, _ daily[[]userFailures]) (daily[[]userFailures], error) {
	e := apiclient.ListAppUserAccessData
	yesterday := in.Now.UTC().Truncate(day).Add(-day)
	query := dayRange(yesterday)
	query.Set("sort_field", "access_failed_count")
	query.Set("sort_type", "DESC")
	type row struct {
		User     apiclient.Text   `json:"username"`
		Failures apiclient.Number `json:"access_failed_count"`
	}
	rows, err := listTop(ctx, in.API, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
		func(r row) string { return string(r.User) })
	if err != nil {
		return daily[[]userFailures]{}, err
	}
	var users []userFailures
	places := map[string]int{}
	for _, r := range rows {
		if r.User == "" {
			return daily[[]userFailures]{}, malformed(e, "an entry of `items` has no `username`")
		}
		user := in.UserName(string(r.User))
		if at, again := places[user]; again {
			users[at].Failures = sumOf(users[at].Failures, r.Failures)
			continue
		}
		places[user] = len(users)
		users = append(users, userFailures{user, r.Failures})
	}
	return daily[[]userFailures]{Day: yesterday, Result: users}, nil
}
