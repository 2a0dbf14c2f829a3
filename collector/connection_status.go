package collector

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// The members of a desktop group: three independent partitions of the same
// desktops stand side by side in one object. A member that is new could
// belong to any of them and is therefore left out.
var (
	groupRunStates = []member{
		{"running_num", "running"},
		{"stop_num", "stopped"},
		{"hibernate_num", "hibernated"},
		{"other_num", "other"},
	}
	groupLoginStates = []member{
		{"in_use_num", "in_use"},
		{"unregistered_num", "unregistered"},
		{"ready_num", "ready"},
		{"disconnected_num", "disconnected"},
		{"unknown_num", "unknown"},
	}
	groupAttachStates = []member{
		{"attached_num", "attached"},
		{"unattached_num", "unattached"},
		{"cannot_attach_num", "cannot_attach"},
		{"in_process_num", "in_process"},
	}
)

// desktopGroups are the counts of all desktop groups by name.
type desktopGroups map[string]desktopGroup

type desktopGroup struct {
	Run    states `json:"run"`
	Login  states `json:"login"`
	Attach states `json:"attach"`
}

func connectionStatusArea() Collector {
	return Area[desktopGroups]{
		Name:     "connection_status",
		Help:     "Desktops of each desktop group by run, login and assignment state.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []Call{once(apiclient.ListInstancesStatus)},
		Series:   series(13, per{Pools: 13}),
		Fetch:    fetchConnectionStatus,
		Families: []Family[desktopGroups]{
			{
				Name: "desktop_group_desktops",
				Help: "Number of desktops of the desktop group by run state; other means unknown or being deleted.",
				Type: Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) states { return g.Run }),
			},
			{
				Name: "desktop_group_login_state",
				Help: "Number of desktops of the desktop group by login state; switched-off ones count as unregistered.",
				Type: Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) states { return g.Login }),
			},
			{
				Name: "desktop_group_attach_state",
				Help: "Number of desktops of the desktop group by assignment to users; cannot_attach means that assigning or releasing failed.",
				Type: Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) states { return g.Attach }),
			},
		},
	}
}

func eachGroup(of func(desktopGroup) states) func(desktopGroups, Put) {
	return func(groups desktopGroups, put Put) {
		for _, name := range slices.Sorted(maps.Keys(groups)) {
			of(groups[name]).put(put, name)
		}
	}
}

func fetchConnectionStatus(ctx context.Context, in Input, _ desktopGroups) (desktopGroups, error) {
	e := apiclient.ListInstancesStatus
	// No key: groups of one name are summed, not taken once.
	entries, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e},
		func(map[string]json.RawMessage) string { return "" })
	if err != nil {
		return nil, err
	}
	groups := desktopGroups{}
	for _, entry := range entries {
		var name apiclient.Text
		if data, present := entry["static_name"]; present {
			if err := json.Unmarshal(data, &name); err != nil {
				return nil, malformed(e, "member `static_name` of the answer: %v", err)
			}
		}
		g, err := decodeGroup(e, entry)
		if err != nil {
			return nil, err
		}
		if sum, twice := groups[string(name)]; twice {
			g = desktopGroup{Run: sum.Run.plus(g.Run), Login: sum.Login.plus(g.Login), Attach: sum.Attach.plus(g.Attach)}
		}
		groups[string(name)] = g
	}
	return groups, nil
}

// decodeGroup needs one known member of any partition; a partition of which
// there is none has no samples.
func decodeGroup(e apiclient.Endpoint, entry map[string]json.RawMessage) (desktopGroup, error) {
	all, err := pickStates(e, entry, slices.Concat(groupRunStates, groupLoginStates, groupAttachStates))
	if err != nil {
		return desktopGroup{}, err
	}
	part := func(members []member) states {
		s := states{}
		for _, m := range members {
			if n, found := all[m.state()]; found {
				s[m.state()] = n
			}
		}
		return s
	}
	return desktopGroup{Run: part(groupRunStates), Login: part(groupLoginStates), Attach: part(groupAttachStates)}, nil
}
