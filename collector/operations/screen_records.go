package operations

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// screenStates are the states that recordings can be asked for by. Those of
// recordings that failed are not among them.
var screenStates = decode.Filters("RECORDING", "REC_COMPLETED", "UPLOADING", "UPLOAD_COMPLETED")

func screenRecordsArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "screen_records",
		Help:     "Recordings of the screens of users within the last day, by state.",
		Disabled: true, // the operation is in no table of limits and may lack in a region
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Calls(1+len(screenStates), apiclient.ListScreenRecords)},
		Series:   area.Series(5, nil),
		Options:  []area.Option{{Name: "window", Default: 24 * time.Hour, Help: "How far back recordings are looked at."}},
		Fetch:    fetchScreenRecords,
		Families: []area.Family[decode.States]{decode.StatesFamily("screen_records",
			"Number of recordings of screens within the window by status; other is those that failed, which the API cannot be asked for, and may be off by those that changed meanwhile.", "status")},
	}
}

func fetchScreenRecords(ctx context.Context, in area.Input, _ decode.States) (decode.States, error) {
	now := in.Now.UTC().Truncate(time.Second)
	return decode.CountEach(ctx, in, apiclient.Request{Endpoint: apiclient.ListScreenRecords, Query: url.Values{
		"start_time": {now.Add(-in.Options.Duration("window")).Format(time.DateTime)},
		"end_time":   {now.Format(time.DateTime)},
	}}, "status", screenStates)
}
