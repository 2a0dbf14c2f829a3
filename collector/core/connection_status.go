package core

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// The members of a desktop group: three independent partitions of the same
// desktops stand side by side in one object. A member that is new could
// belong to any of them and is therefore left out.
var (
	groupRunStates = []decode.Member{
		{"running_num", "running"},
		{"stop_num", "stopped"},
		{"hibernate_num", "hibernated"},
		{"other_num", "other"},
	}
	groupLoginStates = []decode.Member{
		{"in_use_num", "in_use"},
		{"unregistered_num", "unregistered"},
		{"ready_num", "ready"},
		{"disconnected_num", "disconnected"},
		{"unknown_num", "unknown"},
	}
	groupAttachStates = []decode.Member{
		{"attached_num", "attached"},
		{"unattached_num", "unattached"},
		{"cannot_attach_num", "cannot_attach"},
		{"in_process_num", "in_process"},
	}
)

// desktopGroups are the counts of all desktop groups by name.
type desktopGroups map[string]desktopGroup

type desktopGroup struct {
	Run    decode.States `json:"run"`
	Login  decode.States `json:"login"`
	Attach decode.States `json:"attach"`
}

func connectionStatusArea() area.Collector {
	return area.Declaration[desktopGroups]{
		Name:     "connection_status",
		Help:     "Desktops of each desktop group by run, login and assignment state.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListInstancesStatus)},
		Series:   area.Series(13, area.Per{area.Pools: 13}),
		Fetch:    fetchConnectionStatus,
		Families: []area.Family[desktopGroups]{
			{
				Name: "desktop_group_desktops",
				Help: "Number of desktops of the desktop group by run state; other means unknown or being deleted.",
				Type: area.Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) decode.States { return g.Run }),
			},
			{
				Name: "desktop_group_login_state",
				Help: "Number of desktops of the desktop group by login state; switched-off ones count as unregistered.",
				Type: area.Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) decode.States { return g.Login }),
			},
			{
				Name: "desktop_group_attach_state",
				Help: "Number of desktops of the desktop group by assignment to users; cannot_attach means that assigning or releasing failed.",
				Type: area.Gauge, Labels: []string{"group", "state"},
				Map: eachGroup(func(g desktopGroup) decode.States { return g.Attach }),
			},
		},
	}
}

func eachGroup(of func(desktopGroup) decode.States) func(desktopGroups, area.Put) {
	return func(groups desktopGroups, put area.Put) {
		for _, name := range slices.Sorted(maps.Keys(groups)) {
			of(groups[name]).Put(put, name)
		}
	}
}

func fetchConnectionStatus(ctx context.Context, in area.Input, _ desktopGroups) (desktopGroups, error) {
	e := apiclient.ListInstancesStatus
	// No key: groups of one name are summed, not taken once.
	entries, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: e}, func(map[string]json.RawMessage) string { return "" })
	if err != nil {
		return nil, err
	}
	groups, odd := desktopGroups{}, 0
	var failure error
	for _, entry := range entries {
		g, err := decodeGroup(in, e, entry)
		if err != nil {
			odd, failure = odd+1, err
			continue
		}
		var name apiclient.Text
		if json.Unmarshal(entry["static_name"], &name) != nil && entry["static_name"] != nil {
			in.Skip(1, "statics[].static_name", "unexpected shape")
			continue
		}
		if sum, twice := groups[string(name)]; twice {
			g = desktopGroup{Run: sum.Run.Plus(g.Run), Login: sum.Login.Plus(g.Login), Attach: sum.Attach.Plus(g.Attach)}
		}
		groups[string(name)] = g
	}
	if odd > 1 && 10*odd > len(entries) || odd > 0 && odd == len(entries) {
		return nil, failure
	}
	in.Skip(odd, "statics[]", "not a group of desktops")
	return groups, nil
}

// decodeGroup reads each partition of which there is something; one of which
// there is nothing has no samples.
func decodeGroup(in area.Input, e apiclient.Endpoint, entry map[string]json.RawMessage) (desktopGroup, error) {
	var g desktopGroup
	read := 0
	var failure error
	for _, part := range []struct {
		to    *decode.States
		known []decode.Member
	}{{&g.Run, groupRunStates}, {&g.Login, groupLoginStates}, {&g.Attach, groupAttachStates}} {
		states, err := decode.PickStates(in, e, entry, part.known)
		if err != nil {
			failure = err
			continue
		}
		*part.to = states
		read++
	}
	if read == 0 {
		return desktopGroup{}, failure
	}
	if read < 3 {
		in.Skip(3-read, "statics[]", "a partition is absent")
	}
	return g, nil
}
