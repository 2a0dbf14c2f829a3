package core

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func runStateArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "run_state",
		Help:     "Desktops of the project by run state.",
		Core:     true,
		Interval: 30 * time.Second,
		Calls:    []area.Call{area.Once(apiclient.ListRunState)},
		Series:   area.Series(4, nil),
		Fetch:    decode.FetchStates(apiclient.ListRunState, decode.RunStates),
		Families: []area.Family[decode.States]{decode.StatesFamily("desktops_run_state",
			"Number of desktops by run state; desktops in state error are broken and need an administrator.", "state")},
	}
}
