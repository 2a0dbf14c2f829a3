package collector

import (
	"context"
	"encoding/json"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// loginStates are the members of ListLoginState; ListDesktopsStatistics has
// them too.
var loginStates = []member{
	{"in_use_num", "in_use"},
	{"unregistered_num", "unregistered"},
	{"unable_to_connect_num", "unable_to_connect"},
	{"ready_num", "ready"},
	{"disconnected_num", "disconnected"},
}

func loginStateArea() Collector {
	return Area[states]{
		Name:     "login_state",
		Help:     "Desktops of the project by login state.",
		Core:     true,
		Interval: 30 * time.Second,
		Calls:    []Call{once(apiclient.ListLoginState)},
		Series:   series(5, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			return fetchStates(ctx, in, apiclient.ListLoginState, loginStates)
		},
		Families: []Family[states]{{
			Name: "desktops_login_state",
			Help: "Number of desktops by login state; desktops that are switched off count as unregistered, so that state alone is no fault.",
			Type: Gauge, Labels: []string{"state"},
			Map: func(s states, put Put) { s.put(put) },
		}},
	}
}

// fetchStates reads an answer that is one object of counts.
func fetchStates(ctx context.Context, in Input, e apiclient.Endpoint, known []member) (states, error) {
	answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return nil, err
	}
	return decodeStates(e, answer, known)
}
