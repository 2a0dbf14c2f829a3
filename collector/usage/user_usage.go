package usage

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func allUsers(l area.Load) float64 { return l.Fleet[area.Users] }

// userUse is how a user used desktops on a day.
type userUse struct {
	User      string           `json:"user"`  // as privacy.user_names allows
	Usage     apiclient.Number `json:"usage"` // seconds
	Logins    apiclient.Number `json:"logins"`
	Successes apiclient.Number `json:"successes"`
	Failures  apiclient.Number `json:"failures"`
}

func userUsageArea() area.Collector {
	const name = "user_usage"
	return area.Declaration[decode.Daily[[]userUse]]{
		Name:     name,
		Help:     "Use and logins of the users with the longest sessions, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{decode.CallTop(apiclient.ListUserUsageMetric, allUsers)},
		Series:   func(l area.Load) float64 { return 1 + 4*decode.TopRows(l, allUsers) },
		Options:  []area.Option{{Name: "top", Default: 100, Help: "How many users have series: those with the longest sessions."}},
		Fetch:    fetchUserUsage,
		Unnamed:  area.NothingUnnamed[decode.Daily[[]userUse]],
		Families: []area.Family[decode.Daily[[]userUse]]{
			{
				Name: "user_usage_seconds",
				Help: "Session time of the user on the last day of the statistics; parallel sessions are added up.",
				Type: area.Gauge, Labels: []string{"user"},
				Map: decode.EachOfDay(func(u userUse, put area.Put) { put.Number(u.Usage, u.User) }),
			},
			{
				Name: "user_logins",
				Help: "Logins that the user tried on the last day of the statistics.",
				Type: area.Gauge, Labels: []string{"user"},
				Map: decode.EachOfDay(func(u userUse, put area.Put) { put.Number(u.Logins, u.User) }),
			},
			{
				Name: "user_login_successes",
				Help: "Logins of the user that worked on the last day of the statistics.",
				Type: area.Gauge, Labels: []string{"user"},
				Map: decode.EachOfDay(func(u userUse, put area.Put) { put.Number(u.Successes, u.User) }),
			},
			{
				Name: "user_login_failures",
				Help: "Logins of the user that failed on the last day of the statistics.",
				Type: area.Gauge, Labels: []string{"user"},
				Map: decode.EachOfDay(func(u userUse, put area.Put) { put.Number(u.Failures, u.User) }),
			},
			decode.StatisticsTimestamp(name, decode.Daily[[]userUse].End),
		},
	}
}

// userUseAnswer is an entry of ListUserUsageMetric.
type userUseAnswer struct {
	User       apiclient.Text     `json:"username"`
	Enterprise apiclient.Text     `json:"enterprise_project_id"`
	Values     []decode.Statistic `json:"metric"`
}

func fetchUserUsage(ctx context.Context, in area.Input, prev decode.Daily[[]userUse]) (decode.Daily[[]userUse], error) {
	e := apiclient.ListUserUsageMetric
	return decode.NewestDay(in.Now, prev, func(first time.Time) ([]userUse, bool, error) {
		query := decode.DayRange(first)
		query.Set("sort_field", "user_usage")
		query.Set("sort_type", "DESC")
		answers, err := decode.ListTop(ctx, in, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
			func(a userUseAnswer) string { return string(a.Enterprise + "\x00" + a.User) })
		if err != nil {
			return nil, false, err
		}
		var users []userUse
		places := map[string]int{}
		nameless := 0
		for _, a := range answers {
			if a.User == "" {
				nameless++
				continue
			}
			u := userUse{
				User:      in.UserName(string(a.User)),
				Usage:     decode.StatisticValue(a.Values, "user_usage"),
				Logins:    decode.StatisticValue(a.Values, "user_login_count"),
				Successes: decode.StatisticValue(a.Values, "user_login_success_count"),
				Failures:  decode.StatisticValue(a.Values, "user_login_fail_count"),
			}
			if at, again := places[u.User]; again {
				users[at] = users[at].plus(u)
				continue
			}
			places[u.User] = len(users)
			users = append(users, u)
		}
		return users, len(users) > 0, decode.Nameless(in, e, "username", nameless, len(answers))
	})
}

// plus adds up users who share a label value, as all do whose names are
// omitted.
func (u userUse) plus(other userUse) userUse {
	u.Usage = decode.Sum(u.Usage, other.Usage)
	u.Logins = decode.Sum(u.Logins, other.Logins)
	u.Successes = decode.Sum(u.Successes, other.Successes)
	u.Failures = decode.Sum(u.Failures, other.Failures)
	return u
}
