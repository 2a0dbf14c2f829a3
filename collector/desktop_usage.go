package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// desktopUse is how a desktop was used on a day, in seconds.
type desktopUse struct {
	ID    string           `json:"id"`
	Usage apiclient.Number `json:"usage"`
	Idle  apiclient.Number `json:"idle"`
}

func desktopUsageArea() Collector {
	const name = "desktop_usage"
	return Area[daily[[]desktopUse]]{
		Name:     name,
		Help:     "Use of the most used desktops, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []Call{callTop(apiclient.ListDesktopUsageMetric, usedDesktopsOfDay)},
		Series:   func(l Load) float64 { return 1 + 2*topRows(l, usedDesktopsOfDay) },
		Options:  []Option{{Name: "top", Default: 100, Help: "How many desktops have series: those that were used longest."}},
		Fetch:    fetchDesktopUsage,
		Families: []Family[daily[[]desktopUse]]{
			{
				Name: "desktop_usage_seconds",
				Help: "Time for which the desktop was in use on the last day of the statistics.",
				Type: Gauge, Labels: []string{"desktop_id"},
				Map: eachDay(func(d desktopUse, put Put) { put.Number(d.Usage, d.ID) }),
			},
			{
				Name: "desktop_idle_seconds",
				Help: "Time since the desktop was last used, at the end of the last day of the statistics.",
				Type: Gauge, Labels: []string{"desktop_id"},
				Map: eachDay(func(d desktopUse, put Put) { put.Number(d.Idle, d.ID) }),
			},
			statisticsTimestamp(name, daily[[]desktopUse].end),
		},
	}
}

func eachDay[T any](sample func(T, Put)) func(daily[[]T], Put) {
	return func(d daily[[]T], put Put) {
		for _, row := range d.Result {
			sample(row, put)
		}
	}
}

// desktopUseAnswer is an entry of ListDesktopUsageMetric.
type desktopUseAnswer struct {
	ID     apiclient.Text   `json:"resource_id"`
	Values []statisticValue `json:"metric"`
}

func fetchDesktopUsage(ctx context.Context, in Input, prev daily[[]desktopUse]) (daily[[]desktopUse], error) {
	e := apiclient.ListDesktopUsageMetric
	return newestDay(in.Now, prev, func(first time.Time) ([]desktopUse, bool, error) {
		query := dayRange(first)
		query.Set("sort_field", "desktop_usage")
		query.Set("sort_type", "DESC")
		answers, err := listTop(ctx, in.API, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
			func(a desktopUseAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, false, err
		}
		desktops := make([]desktopUse, len(answers))
		for i, a := range answers {
			if a.ID == "" {
				return nil, false, malformed(e, "an entry of `items` has no `resource_id`")
			}
			desktops[i] = desktopUse{
				ID:    string(a.ID),
				Usage: valueOf(a.Values, "desktop_usage"),
				Idle:  valueOf(a.Values, "desktop_idle_duration"),
			}
		}
		return desktops, len(desktops) > 0, nil
	})
}
