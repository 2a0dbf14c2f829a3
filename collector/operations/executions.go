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
	Success apiclient.Number `json:"success_num" sent:"always"`
	Failed  apiclient.Number `json:"failed_num" sent:"always"`
	Skipped apiclient.Number `json:"skip_num" sent:"always"`
}

func fetchScriptRuns(ctx context.Context, in area.Input, e apiclient.Endpoint) (scriptRuns, error) {
	list, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: e, Query: executedWithin(in)},
		func(r scriptRun) string { return string(r.ID) })
	if err != nil {
		return scriptRuns{}, err
	}
	runs := scriptRuns{
		Status:   decode.CountBy(in, e.Page.Items+"[].status", list, scriptStates, func(r scriptRun) apiclient.Text { return r.Status }),
		Desktops: decode.States{},
	}
	sum := func(result string, of func(scriptRun) apiclient.Number) {
		total, known := 0.0, len(list) == 0
		for _, r := range list {
			if v, sent := decode.NotNegative(of(r)).Value(); sent {
				total, known = total+v, true
			}
		}
		if known {
			runs.Desktops[result] = total
		}
	}
	sum("success", func(r scriptRun) apiclient.Number { return r.Success })
	sum("failed", func(r scriptRun) apiclient.Number { return r.Failed })
	sum("skipped", func(r scriptRun) apiclient.Number { return r.Skipped })
	for _, r := range list {
		failed, _ := r.Failed.Value()
		if failed > 0 || strings.HasPrefix(decode.State(r.Status, scriptStates), "FAIL") {
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
