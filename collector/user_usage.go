package collector

import (
	"context"
	"math"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// userUse is how a user used desktops on a day.
type userUse struct {
	User      string           `json:"user"`  // as privacy.user_names allows
	Usage     apiclient.Number `json:"usage"` // seconds
	Logins    apiclient.Number `json:"logins"`
	Successes apiclient.Number `json:"successes"`
	Failures  apiclient.Number `json:"failures"`
}

func userUsageArea() Collector {
	const name = "user_usage"
	return Area[daily[[]userUse]]{
		Name:     name,
		Help:     "Use and logins of the users with the longest sessions, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []Call{callTop(apiclient.ListUserUsageMetric, allUsers)},
		Series:   func(l Load) float64 { return 1 + 4*topRows(l, allUsers) },
		Options:  []Option{{Name: "top", Default: 100, Help: "How many users have series: those with the longest sessions."}},
		Fetch:    fetchUserUsage,
		Families: []Family[daily[[]userUse]]{
			{
				Name: "user_usage_seconds",
				Help: "Session time of the user on the last day of the statistics; parallel sessions are added up.",
				Type: Gauge, Labels: []string{"user"},
				Map: eachDay(func(u userUse, put Put) { put.Number(u.Usage, u.User) }),
			},
			{
				Name: "user_logins",
				Help: "Logins that the user tried on the last day of the statistics.",
				Type: Gauge, Labels: []string{"user"},
				Map: eachDay(func(u userUse, put Put) { put.Number(u.Logins, u.User) }),
			},
			{
				Name: "user_login_successes",
				Help: "Logins of the user that worked on the last day of the statistics.",
				Type: Gauge, Labels: []string{"user"},
				Map: eachDay(func(u userUse, put Put) { put.Number(u.Successes, u.User) }),
			},
			{
				Name: "user_login_failures",
				Help: "Logins of the user that failed on the last day of the statistics.",
				Type: Gauge, Labels: []string{"user"},
				Map: eachDay(func(u userUse, put Put) { put.Number(u.Failures, u.User) }),
			},
			statisticsTimestamp(name, daily[[]userUse].end),
		},
	}
}

// userUseAnswer is an entry of ListUserUsageMetric.
type userUseAnswer struct {
	User       apiclient.Text   `json:"username"`
	Enterprise apiclient.Text   `json:"enterprise_project_id"`
	Values     []statisticValue `json:"metric"`
}

func fetchUserUsage(ctx context.Context, in Input, prev daily[[]userUse]) (daily[[]userUse], error) {
	e := apiclient.ListUserUsageMetric
	return newestDay(in.Now, prev, func(first time.Time) ([]userUse, bool, error) {
		query := dayRange(first)
		query.Set("sort_field", "user_usage")
		query.Set("sort_type", "DESC")
		answers, err := listTop(ctx, in.API, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
			func(a userUseAnswer) string { return string(a.Enterprise + "\x00" + a.User) })
		if err != nil {
			return nil, false, err
		}
		var users []userUse
		places := map[string]int{}
		for _, a := range answers {
			if a.User == "" {
				return nil, false, malformed(e, "an entry of `items` has no `username`")
			}
			u := userUse{
				User:      in.UserName(string(a.User)),
				Usage:     valueOf(a.Values, "user_usage"),
				Logins:    valueOf(a.Values, "user_login_count"),
				Successes: valueOf(a.Values, "user_login_success_count"),
				Failures:  valueOf(a.Values, "user_login_fail_count"),
			}
			if at, again := places[u.User]; again {
				users[at] = users[at].plus(u)
				continue
			}
			places[u.User] = len(users)
			users = append(users, u)
		}
		return users, len(users) > 0, nil
	})
}

// plus adds up users who share a label value, as all do whose names are
// omitted.
func (u userUse) plus(other userUse) userUse {
	u.Usage = sumOf(u.Usage, other.Usage)
	u.Logins = sumOf(u.Logins, other.Logins)
	u.Successes = sumOf(u.Successes, other.Successes)
	u.Failures = sumOf(u.Failures, other.Failures)
	return u
}

// sumOf adds two numbers of which any may be missing.
func sumOf(a, b apiclient.Number) apiclient.Number {
	x, sentX := a.Value()
	y, sentY := b.Value()
	if !sentX && !sentY || math.IsInf(x+y, 0) { // what no JSON can hold is nonsense
		return apiclient.Number{}
	}
	return apiclient.NumberOf(x + y)
}
