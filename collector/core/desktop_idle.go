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
		Calls:    []area.Call{area.Calls(1+len(idleDays), apiclient.ListDesktopUsageMetric)},
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

// fetchDesktopIdle takes a day for aggregated when the API tells of any desktop
// on it: asked too early, it would show no idle one.
func fetchDesktopIdle(ctx context.Context, in area.Input, prev decode.Daily[idleDesktops]) (decode.Daily[idleDesktops], error) {
	e := apiclient.ListDesktopUsageMetric
	return decode.NewestDay(in.Now, prev, func(first time.Time) (idleDesktops, bool, error) {
		all, err := decode.Total(ctx, in, apiclient.Request{Endpoint: e, Query: decode.DayRange(first)})
		idle := make(idleDesktops, len(idleDays))
		n, told := all.Value()
		switch {
		case err != nil || !told:
			return idle, false, err
		case n == 0: // none is idle, if that is what the day is like
			for i := range idle {
				idle[i] = apiclient.NumberOf(0)
			}
			return idle, false, nil
		}
		for i, days := range idleDays {
			query := decode.DayRange(first)
			query.Set("min_idle_days", strconv.Itoa(days))
			if idle[i], err = decode.Total(ctx, in, apiclient.Request{Endpoint: e, Query: query}); err != nil {
				return nil, false, err
			}
		}
		return idle, true, nil
	})
}
