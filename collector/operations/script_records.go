package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func scriptRecordsArea() area.Collector {
	return area.Declaration[apiclient.Number]{
		Name:     "script_records",
		Help:     "How many desktops executed a script or command within the last day.",
		Disabled: true,
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListScriptRecords)},
		Series:   area.Series(1, nil),
		Options:  []area.Option{scriptWindow},
		// The values of the status filter are undocumented: only the number of
		// all records can be asked for without guessing.
		Fetch: func(ctx context.Context, in area.Input, _ apiclient.Number) (apiclient.Number, error) {
			return decode.Total(ctx, in, apiclient.Request{Endpoint: apiclient.ListScriptRecords, Query: executedWithin(in)})
		},
		Families: []area.Family[apiclient.Number]{
			decode.NumberFamily("script_records", "Number of executions of scripts, each on one desktop, within the window."),
		},
	}
}
