package operations

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// scriptRuns are the executions of scripts in the window.
type scriptRuns struct {
	Status decode.States `json:"status"`
	// Desktops by result.
	Desktops    decode.States `json:"desktops"`
	LastFailure time.Time     `json:"last_failure"`
}

// scriptStates are the documented states of executions on pools; those of
// executions on desktops are undocumented and look the same.
var scriptStates = []string{"FINISH", "FAILED", "RUNNING", "INIT"}

// scriptWindow is the option of areas about executions.
var scriptWindow = area.Option{Name: "window", Default: 24 * time.Hour, Help: "How far back executions of scripts are looked at."}

func scriptRunsArea(name, family, where string, e apiclient.Endpoint) area.Collector {
	return area.Declaration[scriptRuns]{
		Name:     name,
		Help:     "Executions of scripts and commands " + where + " within the last day.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.CallPages(e, area.ScriptRuns)},
		Series:   area.Series(8, nil),
		Options:  []area.Option{scriptWindow},
		Fetch: func(ctx context.Context, in area.Input, _ scriptRuns) (scriptRuns, error) {
			return fetchScriptRuns(ctx, in, e)
		},
		Families: []area.Family[scriptRuns]{
			{
				Name: family + "s",
				Help: "Number of executions of scripts " + where + " within the window, by status.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(r scriptRuns, put area.Put) { r.Status.Put(put) },
			},
			{
				Name: family + "_desktops",
				Help: "Number of desktops that scripts " + where + " were executed for within the window, by result.",
				Type: area.Gauge, Labels: []string{"result"},
				Map: func(r scriptRuns, put area.Put) { r.Desktops.Put(put) },
			},
			{
				Name: family + "_last_failure_timestamp_seconds",
				Help: "When the newest execution of a script " + where + " began that failed for at least one desktop; no series if none did within the window.",
				Type: area.Gauge,
				Map: func(r scriptRuns, put area.Put) {
					if !r.LastFailure.IsZero() {
						put.Value(area.UnixSeconds(r.LastFailure))
					}
				},
			},
		},
	}
}

// scriptRun is an entry of both lists.
type scriptRun struct {
	ID      apiclient.Text   `json:"id"`
	Status  apiclient.Text   `json:"status"`
	Start   apiclient.Time   `json:"start_time"`
	Success apiclient.Number `json:"success_num"`
	Failed  apiclient.Number `json:"failed_num"`
	Skipped apiclient.Number `json:"skip_num"`
}

func fetchScriptRuns(ctx context.Context, in area.Input, e apiclient.Endpoint) (scriptRuns, error) {
	list, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e, Query: executedWithin(in)},
		func(r scriptRun) string { return string(r.ID) })
	if err != nil {
		return scriptRuns{}, err
	}
	runs := scriptRuns{
		Status:   decode.CountBy(list, scriptStates, func(r scriptRun) string { return string(r.Status) }),
		Desktops: decode.States{"success": 0, "failed": 0, "skipped": 0},
	}
	for _, r := range list {
		for result, n := range map[string]apiclient.Number{"success": r.Success, "failed": r.Failed, "skipped": r.Skipped} {
			v, _ := n.Value()
			runs.Desktops[result] += v
		}
		failed, _ := r.Failed.Value()
		if failed > 0 || strings.HasPrefix(string(r.Status), "FAIL") {
			runs.LastFailure = decode.Later(runs.LastFailure, r.Start.Time())
		}
	}
	return runs, nil
}

// executedWithin selects executions of the window. The API takes whole
// minutes; the end lies ahead, so that what begins now is in it.
func executedWithin(in area.Input) url.Values {
	now := in.Now.UTC().Truncate(time.Minute)
	return url.Values{
		"execute_time_start": {now.Add(-in.Options.Duration("window")).Format(time.RFC3339)},
		"execute_time_end":   {now.Add(time.Minute).Format(time.RFC3339)},
	}
}
