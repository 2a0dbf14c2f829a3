package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// runStates are the members of ListRunState; ListDesktopsStatistics has them
// too.
var runStates = []member{
	{"stop_num", "stopped"},
	{"active_num", "active"},
	{"error_num", "error"},
	{"hibernated_num", "hibernated"},
}

func runStateArea() Collector {
	return Area[states]{
		Name:     "run_state",
		Help:     "Desktops of the project by run state.",
		Core:     true,
		Interval: 30 * time.Second,
		Calls:    []Call{once(apiclient.ListRunState)},
		Series:   series(4, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			return fetchStates(ctx, in, apiclient.ListRunState, runStates)
		},
		Families: []Family[states]{{
			Name: "desktops_run_state",
			Help: "Number of desktops by run state; desktops in state error are broken and need an administrator.",
			Type: Gauge, Labels: []string{"state"},
			Map: func(s states, put Put) { s.put(put) },
		}},
	}
}
