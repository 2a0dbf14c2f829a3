package usage

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// desktopUse is how a desktop was used on a day, in seconds.
type desktopUse struct {
	ID    string           `json:"id"`
	Usage apiclient.Number `json:"usage"`
	Idle  apiclient.Number `json:"idle"`
}

func desktopUsageArea() area.Collector {
	const name = "desktop_usage"
	return area.Declaration[decode.Daily[[]desktopUse]]{
		Name:     name,
		Help:     "Use of the most used desktops, from the daily statistics.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{decode.CallTop(apiclient.ListDesktopUsageMetric, decode.UsedDesktopsOfDay)},
		Series:   func(l area.Load) float64 { return 1 + 2*decode.TopRows(l, decode.UsedDesktopsOfDay) },
		Options:  []area.Option{{Name: "top", Default: 100, Help: "How many desktops have series: those that were used longest."}},
		Fetch:    fetchDesktopUsage,
		Families: []area.Family[decode.Daily[[]desktopUse]]{
			{
				Name: "desktop_usage_seconds",
				Help: "Time for which the desktop was in use on the last day of the statistics.",
				Type: area.Gauge, Labels: []string{"desktop_id"},
				Map: decode.EachOfDay(func(d desktopUse, put area.Put) { put.Number(d.Usage, d.ID) }),
			},
			{
				Name: "desktop_idle_seconds",
				Help: "Time since the desktop was last used, at the end of the last day of the statistics.",
				Type: area.Gauge, Labels: []string{"desktop_id"},
				Map: decode.EachOfDay(func(d desktopUse, put area.Put) { put.Number(d.Idle, d.ID) }),
			},
			decode.StatisticsTimestamp(name, decode.Daily[[]desktopUse].End),
		},
	}
}

// desktopUseAnswer is an entry of ListDesktopUsageMetric.
type desktopUseAnswer struct {
	ID     apiclient.Text     `json:"resource_id"`
	Values []decode.Statistic `json:"metric"`
}

func fetchDesktopUsage(ctx context.Context, in area.Input, prev decode.Daily[[]desktopUse]) (decode.Daily[[]desktopUse], error) {
	e := apiclient.ListDesktopUsageMetric
	return decode.NewestDay(in.Now, prev, func(first time.Time) ([]desktopUse, bool, error) {
		query := decode.DayRange(first)
		query.Set("sort_field", "desktop_usage")
		query.Set("sort_type", "DESC")
		answers, err := decode.ListTop(ctx, in, apiclient.Request{Endpoint: e, Query: query}, in.Options.Int("top"),
			func(a desktopUseAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, false, err
		}
		desktops := make([]desktopUse, 0, len(answers))
		for _, a := range answers {
			if a.ID == "" {
				continue
			}
			desktops = append(desktops, desktopUse{
				ID:    string(a.ID),
				Usage: decode.StatisticValue(a.Values, "desktop_usage"),
				Idle:  decode.StatisticValue(a.Values, "desktop_idle_duration"),
			})
		}
		return desktops, len(desktops) > 0, decode.Nameless(in, e, "resource_id", len(answers)-len(desktops), len(answers))
	})
}
