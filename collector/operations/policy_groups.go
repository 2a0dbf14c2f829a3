package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// policyGroups are the policy groups and when one of them was changed last.
type policyGroups struct {
	Groups float64 `json:"groups"`
	// Targets are what groups apply to, by type.
	Targets    decode.States `json:"targets"`
	LastChange time.Time     `json:"last_change"`
}

func policyGroupsArea() area.Collector {
	return area.Declaration[policyGroups]{
		Name:     "policy_groups",
		Help:     "Policy groups, which rule what users may do on their desktops, and when one was changed last.",
		Interval: time.Hour, // an answer carries every policy of every group
		Calls:    []area.Call{area.CallPages(apiclient.ListPolicyGroup, area.PolicyGroups)},
		Series:   area.Series(5, nil),
		Fetch:    fetchPolicyGroups,
		Families: []area.Family[policyGroups]{
			{
				Name: "policy_groups",
				Help: "Number of policy groups.",
				Type: area.Gauge,
				Map:  func(p policyGroups, put area.Put) { put.Value(p.Groups) },
			},
			{
				Name: "policy_group_targets",
				Help: "Number of users, groups, desktops and the like that policy groups are applied to, by type.",
				Type: area.Gauge, Labels: []string{"target_type"},
				Map: func(p policyGroups, put area.Put) { p.Targets.Put(put) },
			},
			{
				Name: "policy_group_last_change_timestamp_seconds",
				Help: "When a policy group was changed last, as Unix time.",
				Type: area.Gauge,
				Map: func(p policyGroups, put area.Put) {
					if !p.LastChange.IsZero() {
						put.Value(area.UnixSeconds(p.LastChange))
					}
				},
			},
		},
	}
}

func fetchPolicyGroups(ctx context.Context, in area.Input, _ policyGroups) (policyGroups, error) {
	type target struct {
		Type apiclient.Text `json:"target_type"`
	}
	type group struct {
		ID      apiclient.Text `json:"policy_group_id"`
		Update  apiclient.Time `json:"update_time"`
		Targets []target       `json:"targets"`
	}
	list, err := decode.List(ctx, in, apiclient.ListPolicyGroup, "policy_group_id", func(g group) string { return string(g.ID) })
	if err != nil {
		return policyGroups{}, err
	}
	result := policyGroups{Groups: float64(len(list))}
	var targets []target
	for _, g := range list {
		targets = append(targets, g.Targets...)
		result.LastChange = decode.Later(result.LastChange, g.Update.Time())
	}
	result.Targets = decode.CountBy(in, "policy_groups[].targets[].target_type", targets, nil, func(t target) apiclient.Text { return t.Type })
	return result, nil
}
