package usage

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// unusedDesktops is the number of desktops that nobody used for a while.
type unusedDesktops struct {
	Desktops apiclient.Number `json:"desktops"`
}

func unusedDesktopsArea() area.Collector {
	return area.Declaration[unusedDesktops]{
		Name:     "unused_desktops",
		Help:     "Desktops without use in a range of time, by the operation that desktop_idle replaces.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListUnusedDesktops)},
		Series:   area.Series(1, nil),
		Options:  []area.Option{{Name: "window", Default: 7 * decode.Day, Help: "How long a desktop must have been unused to be counted."}},
		Fetch:    fetchUnusedDesktops,
		Families: []area.Family[unusedDesktops]{{
			Name: "desktops_unused",
			Help: "Number of desktops that nobody used within the configured window up to now.",
			Type: area.Gauge,
			Map:  func(u unusedDesktops, put area.Put) { put.Number(u.Desktops) },
		}},
	}
}

func fetchUnusedDesktops(ctx context.Context, in area.Input, _ unusedDesktops) (unusedDesktops, error) {
	const format = "2006-01-02T15:04:05.000Z"
	until := in.Now.UTC().Truncate(time.Minute)
	n, err := decode.Total(ctx, in, apiclient.Request{Endpoint: apiclient.ListUnusedDesktops, Query: url.Values{
		"start_time": {until.Add(-in.Options.Duration("window")).Format(format)},
		"end_time":   {until.Format(format)},
	}})
	return unusedDesktops{n}, err
}
