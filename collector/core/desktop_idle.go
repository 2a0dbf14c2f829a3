package core

import (
	"context"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// idleDays are the buckets of desktops_idle.
var idleDays = []int{7, 14, 30, 60, 90}

// idleDesktops are the counts in the order of idleDays.
type idleDesktops []apiclient.Number

func desktopIdleArea() area.Collector {
	const name = "desktop_idle"
	return area.Declaration[decode.Daily[idleDesktops]]{
		Name:     name,
		Help:     "Desktops that nobody has used for days, from the daily statistics.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Calls(len(idleDays), apiclient.ListDesktopUsageMetric)},
		Series:   area.Series(6, nil),
		Fetch:    fetchDesktopIdle,
		Families: []area.Family[decode.Daily[idleDesktops]]{
			{
				Name: "desktops_idle",
				Help: "Number of desktops that nobody has used for at least so many days; the API refreshes it once a day.",
				Type: area.Gauge, Labels: []string{"bucket"},
				Map: func(idle decode.Daily[idleDesktops], put area.Put) {
					for i, n := range idle.Result {
						put.Number(n, strconv.Itoa(idleDays[i])+"d")
					}
				},
			},
			decode.StatisticsTimestamp(name, decode.Daily[idleDesktops].End),
		},
	}
}

func fetchDesktopIdle(ctx context.Context, in area.Input, _ decode.Daily[idleDesktops]) (decode.Daily[idleDesktops], error) {
	first := decode.LastAggregatedDay(in.Now)
	idle := make(idleDesktops, len(idleDays))
	for i, days := range idleDays {
		query := decode.DayRange(first)
		query.Set("min_idle_days", strconv.Itoa(days))
		var err error
		if idle[i], err = decode.Total(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktopUsageMetric, Query: query}); err != nil {
			return decode.Daily[idleDesktops]{}, err
		}
	}
	return decode.Daily[idleDesktops]{Day: first, Result: idle}, nil
}
