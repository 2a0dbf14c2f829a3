package core

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func loginStateArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "login_state",
		Help:     "Desktops of the project by login state.",
		Core:     true,
		Interval: 30 * time.Second,
		Calls:    []area.Call{area.Once(apiclient.ListLoginState)},
		Series:   area.Series(5, nil),
		Fetch:    decode.FetchStates(apiclient.ListLoginState, decode.LoginStates),
		Families: []area.Family[decode.States]{decode.StatesFamily("desktops_login_state",
			"Number of desktops by login state; desktops that are switched off count as unregistered, so that state alone is no fault.", "state")},
	}
}
