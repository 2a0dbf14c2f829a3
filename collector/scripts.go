package collector

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func scriptsArea() Collector {
	return countArea("scripts", "How many scripts the tenant keeps for its desktops.", time.Hour, false, apiclient.ListScripts,
		numberFamily("scripts", "Number of scripts that the tenant keeps for its desktops."))
}

// scriptRuns are the executions of scripts in the window.
type scriptRuns struct {
	Status states `json:"status"`
	// Desktops by result.
	Desktops    states    `json:"desktops"`
	LastFailure time.Time `json:"last_failure"`
}

// scriptStates are the documented states of executions on pools; those of
// executions on desktops are undocumented and look the same.
var scriptStates = []string{"FINISH", "FAILED", "RUNNING", "INIT"}

func scriptTasksArea() Collector {
	return scriptRunsArea("script_tasks", "script_task", "on desktops", apiclient.ListScriptTasks)
}

func poolScriptTasksArea() Collector {
	return scriptRunsArea("pool_script_tasks", "pool_script_task", "on whole pools", apiclient.ShowDesktopPoolsScriptExecTasks)
}

// scriptWindow is the option of areas about executions.
var scriptWindow = Option{Name: "window", Default: 24 * time.Hour, Help: "How far back executions of scripts are looked at."}

func scriptRunsArea(name, family, where string, e apiclient.Endpoint) Collector {
	return Area[scriptRuns]{
		Name:     name,
		Help:     "Executions of scripts and commands " + where + " within the last day.",
		Interval: 10 * time.Minute,
		Calls:    []Call{callPages(e, ScriptRuns)},
		Series:   series(8, nil),
		Options:  []Option{scriptWindow},
		Fetch: func(ctx context.Context, in Input, _ scriptRuns) (scriptRuns, error) {
			return fetchScriptRuns(ctx, in, e)
		},
		Families: []Family[scriptRuns]{
			{
				Name: family + "s",
				Help: "Number of executions of scripts " + where + " within the window, by status.",
				Type: Gauge, Labels: []string{"status"},
				Map: func(r scriptRuns, put Put) { r.Status.put(put) },
			},
			{
				Name: family + "_desktops",
				Help: "Number of desktops that scripts " + where + " were executed for within the window, by result.",
				Type: Gauge, Labels: []string{"result"},
				Map: func(r scriptRuns, put Put) { r.Desktops.put(put) },
			},
			{
				Name: family + "_last_failure_timestamp_seconds",
				Help: "When the newest execution of a script " + where + " began that failed for at least one desktop; no series if none did within the window.",
				Type: Gauge,
				Map: func(r scriptRuns, put Put) {
					if !r.LastFailure.IsZero() {
						put.Value(unixSeconds(r.LastFailure))
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

func fetchScriptRuns(ctx context.Context, in Input, e apiclient.Endpoint) (scriptRuns, error) {
	list, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e, Query: executedWithin(in)},
		func(r scriptRun) string { return string(r.ID) })
	if err != nil {
		return scriptRuns{}, err
	}
	runs := scriptRuns{
		Status:   tallyBy(list, scriptStates, func(r scriptRun) string { return string(r.Status) }),
		Desktops: states{"success": 0, "failed": 0, "skipped": 0},
	}
	for _, r := range list {
		for result, n := range map[string]apiclient.Number{"success": r.Success, "failed": r.Failed, "skipped": r.Skipped} {
			v, _ := n.Value()
			runs.Desktops[result] += v
		}
		failed, _ := r.Failed.Value()
		if failed > 0 || strings.HasPrefix(string(r.Status), "FAIL") {
			runs.LastFailure = later(runs.LastFailure, r.Start.Time())
		}
	}
	return runs, nil
}

// executedWithin selects executions of the window. The API takes whole
// minutes; the end lies ahead, so that what begins now is in it.
func executedWithin(in Input) url.Values {
	now := in.Now.UTC().Truncate(time.Minute)
	return url.Values{
		"execute_time_start": {now.Add(-in.Options.Duration("window")).Format(time.RFC3339)},
		"execute_time_end":   {now.Add(time.Minute).Format(time.RFC3339)},
	}
}

func scriptRecordsArea() Collector {
	return Area[apiclient.Number]{
		Name:     "script_records",
		Help:     "How many desktops executed a script or command within the last day.",
		Disabled: true,
		Interval: 10 * time.Minute,
		Calls:    []Call{once(apiclient.ListScriptRecords)},
		Series:   series(1, nil),
		Options:  []Option{scriptWindow},
		// The values of the status filter are undocumented: only the number of
		// all records can be asked for without guessing.
		Fetch: func(ctx context.Context, in Input, _ apiclient.Number) (apiclient.Number, error) {
			return totalOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListScriptRecords, Query: executedWithin(in)})
		},
		Families: []Family[apiclient.Number]{
			numberFamily("script_records", "Number of executions of scripts, each on one desktop, within the window."),
		},
	}
}
