package collector

import (
	"context"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// idleDays are the buckets of desktops_idle.
var idleDays = []int{7, 14, 30, 60, 90}

// idleDesktops are the counts in the order of idleDays.
type idleDesktops []apiclient.Number

func desktopIdleArea() Collector {
	const name = "desktop_idle"
	return Area[daily[idleDesktops]]{
		Name:     name,
		Help:     "Desktops that nobody has used for days, from the daily statistics.",
		Interval: time.Hour,
		Calls:    []Call{calls(len(idleDays), apiclient.ListDesktopUsageMetric)},
		Series:   series(6, nil),
		Fetch:    fetchDesktopIdle,
		Families: []Family[daily[idleDesktops]]{
			{
				Name: "desktops_idle",
				Help: "Number of desktops that nobody has used for at least so many days; the API refreshes it once a day.",
				Type: Gauge, Labels: []string{"bucket"},
				Map: func(idle daily[idleDesktops], put Put) {
					for i, n := range idle.Result {
						put.Number(n, strconv.Itoa(idleDays[i])+"d")
					}
				},
			},
			statisticsTimestamp(name, daily[idleDesktops].end),
		},
	}
}

func fetchDesktopIdle(ctx context.Context, in Input, _ daily[idleDesktops]) (daily[idleDesktops], error) {
	first := lastAggregatedDay(in.Now)
	idle := make(idleDesktops, len(idleDays))
	for i, days := range idleDays {
		query := dayRange(first)
		query.Set("min_idle_days", strconv.Itoa(days))
		var err error
		if idle[i], err = totalOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktopUsageMetric, Query: query}); err != nil {
			return daily[idleDesktops]{}, err
		}
	}
	return daily[idleDesktops]{Day: first, Result: idle}, nil
}

// lastAggregatedDay is the UTC day whose statistics are there at t. A day is
// aggregated at 02:00 of the next one (page of ListDesktopUsageMetric, which
// leaves the zone open; in any zone the stamp 23:59:59 of a local day falls
// into a UTC day that is aggregated by 02:00 UTC of the next). An hour more is
// for the work itself: asked too early, the API would show no idle desktop.
func lastAggregatedDay(t time.Time) time.Time {
	return t.UTC().Add(-3 * time.Hour).Truncate(day).Add(-day)
}
