package collector

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// idleDays are the buckets of desktops_idle.
var idleDays = []int{7, 14, 30, 60, 90}

// idleDesktops are the counts in the order of idleDays.
type idleDesktops []apiclient.Number

func desktopIdleArea() Collector {
	return Area[idleDesktops]{
		Name:      "desktop_idle",
		Help:      "Desktops that nobody has used for days, from the daily statistics.",
		Interval:  time.Hour,
		Endpoints: []apiclient.Endpoint{apiclient.ListDesktopUsageMetric},
		Fetch:     fetchDesktopIdle,
		Families: []Family[idleDesktops]{{
			Name: "desktops_idle",
			Help: "Number of desktops that nobody has used for at least so many days; the API refreshes it once a day.",
			Type: Gauge, Labels: []string{"bucket"},
			Map: func(idle idleDesktops, put Put) {
				for i, n := range idle {
					put.Number(n, strconv.Itoa(idleDays[i])+"d")
				}
			},
		}},
	}
}

func fetchDesktopIdle(ctx context.Context, in Input, _ idleDesktops) (idleDesktops, error) {
	e := apiclient.ListDesktopUsageMetric
	day := lastAggregatedDay(in.Now)
	idle := make(idleDesktops, len(idleDays))
	for i, days := range idleDays {
		// One row is asked for: only the total of the list is of interest.
		answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e, Query: url.Values{
			"start_time":    {day.Format(time.RFC3339)},
			"end_time":      {day.Add(24*time.Hour - time.Second).Format(time.RFC3339)},
			"min_idle_days": {strconv.Itoa(days)},
			"limit":         {"1"},
			"offset":        {"0"},
		}})
		if err != nil {
			return nil, err
		}
		count, present := answer["count"]
		if !present {
			return nil, malformed(e, "answer has no member `count`")
		}
		if idle[i], err = decodeNumber(e, "count", count); err != nil {
			return nil, err
		}
	}
	return idle, nil
}

// lastAggregatedDay is the UTC day whose statistics are there at t. A day is
// aggregated at 02:00 of the next one (page of ListDesktopUsageMetric, which
// leaves the zone open; in any zone the stamp 23:59:59 of a local day falls
// into a UTC day that is aggregated by 02:00 UTC of the next). An hour more is
// for the work itself: asked too early, the API would show no idle desktop.
func lastAggregatedDay(t time.Time) time.Time {
	const day = 24 * time.Hour
	return t.UTC().Add(-3 * time.Hour).Truncate(day).Add(-day)
}
