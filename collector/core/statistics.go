package core

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// attachStates are the members of attach_statistics.
var attachStates = []decode.Member{
	{"attached_num", "attached"},
	{"unattached_num", "unattached"},
	{"attaching_num", "attaching"},
	{"attach_error_num", "attach_error"},
}

// statistics is what ListDesktopsStatistics tells about the fleet.
type statistics struct {
	Dedicated apiclient.Number `json:"dedicated"`
	Pooled    apiclient.Number `json:"pooled"`
	Attach    decode.States    `json:"attach"`
	Pools     []poolStatistics `json:"pools"`
}

type poolStatistics struct {
	ID       string           `json:"id"`
	Desktops apiclient.Number `json:"desktops"`
	Attach   decode.States    `json:"attach"`
	Login    decode.States    `json:"login"`
	Run      decode.States    `json:"run"`
}

func statisticsArea() area.Collector {
	return area.Declaration[statistics]{
		Name:     "statistics",
		Help:     "Desktops by type and by assignment, and all states of each desktop pool.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []area.Call{area.Calls(3, apiclient.ListDesktopsStatistics)},
		Series:   area.Series(6, area.Per{area.Pools: 14}),
		Fetch:    fetchStatistics,
		Families: []area.Family[statistics]{
			{
				Name: "desktops",
				Help: "Number of desktops by type: dedicated to one user, or pooled for many.",
				Type: area.Gauge, Labels: []string{"desktop_type"},
				Map: func(s statistics, put area.Put) {
					put.Number(s.Dedicated, "dedicated")
					put.Number(s.Pooled, "pooled")
				},
			},
			{
				Name: "desktops_attach_state",
				Help: "Number of desktops by assignment to users; attach_error means that assigning failed.",
				Type: area.Gauge, Labels: []string{"state"},
				Map: func(s statistics, put area.Put) { s.Attach.Put(put) },
			},
			{
				Name: "pool_desktops",
				Help: "Number of desktops in the desktop pool.",
				Type: area.Gauge, Labels: []string{"pool_id"},
				Map: eachPool(func(p poolStatistics, put area.Put) { put.Number(p.Desktops, p.ID) }),
			},
			{
				Name: "pool_desktops_attach_state",
				Help: "Number of desktops of the pool by assignment to users; attach_error means that assigning failed.",
				Type: area.Gauge, Labels: []string{"pool_id", "state"},
				Map: eachPool(func(p poolStatistics, put area.Put) { p.Attach.Put(put, p.ID) }),
			},
			{
				Name: "pool_desktops_login_state",
				Help: "Number of desktops of the pool by login state; ready ones wait for a user, switched-off ones count as unregistered.",
				Type: area.Gauge, Labels: []string{"pool_id", "state"},
				Map: eachPool(func(p poolStatistics, put area.Put) { p.Login.Put(put, p.ID) }),
			},
			{
				Name: "pool_desktops_run_state",
				Help: "Number of desktops of the pool by run state; desktops in state error are broken.",
				Type: area.Gauge, Labels: []string{"pool_id", "state"},
				Map: eachPool(func(p poolStatistics, put area.Put) { p.Run.Put(put, p.ID) }),
			},
		},
	}
}

func eachPool(sample func(poolStatistics, area.Put)) func(statistics, area.Put) {
	return func(s statistics, put area.Put) {
		for _, p := range s.Pools {
			sample(p, put)
		}
	}
}

// statisticsAnswer is the answer of ListDesktopsStatistics; the entries of
// desktop_pool_statistics have the same members.
type statisticsAnswer struct {
	Total  apiclient.Number           `json:"total_num"`
	Attach map[string]json.RawMessage `json:"attach_statistics"`
	Login  map[string]json.RawMessage `json:"login_state_statistics"`
	Run    map[string]json.RawMessage `json:"run_state_statistics"`
	PoolID apiclient.Text             `json:"desktop_pool_id"`
	Pools  []statisticsAnswer         `json:"desktop_pool_statistics"`
}

// count is the total, counted as skipped where the answer has none.
func (a statisticsAnswer) count(in area.Input, place string) apiclient.Number {
	if _, sent := a.Total.Value(); !sent {
		in.Skip(1, place+"total_num", "absent")
	}
	return decode.NotNegative(a.Total)
}

func fetchStatistics(ctx context.Context, in area.Input, _ statistics) (statistics, error) {
	e := apiclient.ListDesktopsStatistics
	ask := func(query url.Values) (statisticsAnswer, error) {
		return decode.Get[statisticsAnswer](ctx, in, apiclient.Request{Endpoint: e, Query: query})
	}
	dedicated, err := ask(url.Values{"desktop_type": {"DEDICATED"}})
	if err != nil {
		return statistics{}, err
	}
	// The page says POOL where it describes the answer, but the parameter's
	// legal value is POOLED.
	pooled, err := ask(url.Values{"desktop_type": {"POOLED"}, "statistics_type": {"attach-state", "login-state", "run-state"}})
	if err != nil {
		return statistics{}, err
	}
	all, err := ask(url.Values{"statistics_type": {"attach-state"}})
	if err != nil {
		return statistics{}, err
	}
	s := statistics{Dedicated: dedicated.count(in, ""), Pooled: pooled.count(in, "")}
	if n, _ := pooled.Total.Value(); n > 0 && pooled.Pools == nil {
		in.Skip(1, "desktop_pool_statistics", "absent")
	}
	s.Attach = part(in, e, "", "attach_statistics", all.Attach, attachStates)
	pools := map[string]poolStatistics{}
	nameless := 0
	for _, answer := range pooled.Pools {
		if answer.PoolID == "" {
			nameless++
			continue
		}
		p := answer.pool(in, e)
		pools[p.ID] = p
	}
	if nameless > 1 && 10*nameless > len(pooled.Pools) || nameless > 0 && nameless == len(pooled.Pools) {
		return statistics{}, decode.Malformed(e, "an entry of `desktop_pool_statistics` has no `desktop_pool_id`")
	}
	in.Skip(nameless, "desktop_pool_statistics[].desktop_pool_id", "absent")
	s.Pools = slices.SortedFunc(maps.Values(pools), func(a, b poolStatistics) int { return cmp.Compare(a.ID, b.ID) })
	return s, nil
}

func (a statisticsAnswer) pool(in area.Input, e apiclient.Endpoint) poolStatistics {
	const place = "desktop_pool_statistics[]."
	return poolStatistics{
		ID: string(a.PoolID), Desktops: a.count(in, place),
		Attach: part(in, e, place, "attach_statistics", a.Attach, attachStates),
		Login:  part(in, e, place, "login_state_statistics", a.Login, decode.LoginStates),
		Run:    part(in, e, place, "run_state_statistics", a.Run, decode.RunStates),
	}
}

// part reads one partition; one that the API leaves out has no samples.
func part(in area.Input, e apiclient.Endpoint, place, name string, object map[string]json.RawMessage, known []decode.Member) decode.States {
	states, err := decode.StatesOf(in, e, object, known)
	if err != nil {
		in.Skip(1, place+name, "absent or without its members")
	}
	return states
}
