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
	Total  json.RawMessage            `json:"total_num"`
	Attach map[string]json.RawMessage `json:"attach_statistics"`
	Login  map[string]json.RawMessage `json:"login_state_statistics"`
	Run    map[string]json.RawMessage `json:"run_state_statistics"`
	PoolID apiclient.Text             `json:"desktop_pool_id"`
	Pools  []statisticsAnswer         `json:"desktop_pool_statistics"`
}

func (a statisticsAnswer) total() (apiclient.Number, error) {
	if a.Total == nil {
		return apiclient.Number{}, decode.Malformed(apiclient.ListDesktopsStatistics, "answer has no member `total_num`")
	}
	return decode.Number(apiclient.ListDesktopsStatistics, "total_num", a.Total)
}

func fetchStatistics(ctx context.Context, in area.Input, _ statistics) (statistics, error) {
	ask := func(query url.Values) (statisticsAnswer, error) {
		return apiclient.Get[statisticsAnswer](ctx, in.API, apiclient.Request{Endpoint: apiclient.ListDesktopsStatistics, Query: query})
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

	var s statistics
	if s.Dedicated, err = dedicated.total(); err != nil {
		return statistics{}, err
	}
	if s.Pooled, err = pooled.total(); err != nil {
		return statistics{}, err
	}
	if s.Attach, err = decode.StatesOf(apiclient.ListDesktopsStatistics, all.Attach, attachStates); err != nil {
		return statistics{}, err
	}
	pools := map[string]poolStatistics{}
	for _, answer := range pooled.Pools {
		if answer.PoolID == "" {
			return statistics{}, decode.Malformed(apiclient.ListDesktopsStatistics, "an entry of `desktop_pool_statistics` has no `desktop_pool_id`")
		}
		p, err := answer.pool()
		if err != nil {
			return statistics{}, err
		}
		pools[p.ID] = p
	}
	s.Pools = slices.SortedFunc(maps.Values(pools), func(a, b poolStatistics) int { return cmp.Compare(a.ID, b.ID) })
	return s, nil
}

func (a statisticsAnswer) pool() (poolStatistics, error) {
	p := poolStatistics{ID: string(a.PoolID)}
	var err error
	if a.Total != nil {
		if p.Desktops, err = a.total(); err != nil {
			return poolStatistics{}, err
		}
	}
	for _, part := range []struct {
		to    *decode.States
		from  map[string]json.RawMessage
		known []decode.Member
	}{
		{&p.Attach, a.Attach, attachStates},
		{&p.Login, a.Login, decode.LoginStates},
		{&p.Run, a.Run, decode.RunStates},
	} {
		// A part that the API leaves out has no samples.
		if len(part.from) == 0 {
			continue
		}
		if *part.to, err = decode.StatesOf(apiclient.ListDesktopsStatistics, part.from, part.known); err != nil {
			return poolStatistics{}, err
		}
	}
	return p, nil
}
