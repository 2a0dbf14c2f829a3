package collector

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func userEventsLogArea() Collector {
	return Area[apiclient.Number]{
		Name:     "user_events_log",
		Help:     "Whether events of users are written to the log service.",
		Disabled: true, // the operation is in no table of limits and may lack in a region
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ListUserEventsLtsConfigurations)},
		Series:   series(1, nil),
		Fetch: func(ctx context.Context, in Input, _ apiclient.Number) (apiclient.Number, error) {
			return switchOf(ctx, in, apiclient.ListUserEventsLtsConfigurations, "enable")
		},
		Families: []Family[apiclient.Number]{
			numberFamily("user_events_log_enabled", "Whether events of users are written to the log service: 1 if they are, 0 if not."),
		},
	}
}

// screenStates are the states that recordings can be asked for by. Those of
// recordings that failed are not among them.
var screenStates = []string{"RECORDING", "REC_COMPLETED", "UPLOADING", "UPLOAD_COMPLETED"}

func screenRecordsArea() Collector {
	return Area[states]{
		Name:     "screen_records",
		Help:     "Recordings of the screens of users within the last day, by state.",
		Disabled: true, // the operation is in no table of limits and may lack in a region
		Interval: 10 * time.Minute,
		Calls:    []Call{calls(1+len(screenStates), apiclient.ListScreenRecords)},
		Series:   series(5, nil),
		Options:  []Option{{Name: "window", Default: 24 * time.Hour, Help: "How far back recordings are looked at."}},
		Fetch:    fetchScreenRecords,
		Families: []Family[states]{statesFamily("screen_records",
			"Number of recordings of screens within the window by status; other is those that failed, which the API cannot be asked for, and may be off by those that changed meanwhile.", "status")},
	}
}

func fetchScreenRecords(ctx context.Context, in Input, _ states) (states, error) {
	now := in.Now.UTC().Truncate(time.Second)
	req := apiclient.Request{Endpoint: apiclient.ListScreenRecords, Query: url.Values{
		"start_time": {now.Add(-in.Options.Duration("window")).Format(time.DateTime)},
		"end_time":   {now.Format(time.DateTime)},
	}}
	total, err := totalOf(ctx, in, req)
	if err != nil {
		return nil, err
	}
	counts, err := countEach(ctx, in, req, "status", screenStates)
	if err != nil {
		return nil, err
	}
	if rest, sent := total.Value(); sent && len(counts) == len(screenStates) {
		for _, n := range counts {
			rest -= n
		}
		counts[otherLabel] = max(rest, 0)
	}
	return counts, nil
}

func exportTasksArea() Collector {
	return countByArea("export_tasks", "Exports of lists to files that nobody has downloaded yet, by state.",
		time.Hour, true, apiclient.ListExportTasks, "status", []string{"CREATING", "SUCCESS", "FAIL", "EXPIRED"},
		statesFamily("export_tasks", "Number of exports of lists to files that nobody has downloaded yet, by status.", "status"))
}
