package collector

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// policyGroups are the policy groups and when one of them was changed last.
type policyGroups struct {
	Groups float64 `json:"groups"`
	// Targets are what groups apply to, by type.
	Targets    states    `json:"targets"`
	LastChange time.Time `json:"last_change"`
}

func policyGroupsArea() Collector {
	return Area[policyGroups]{
		Name:     "policy_groups",
		Help:     "Policy groups, which rule what users may do on their desktops, and when one was changed last.",
		Interval: time.Hour, // an answer carries every policy of every group
		Calls:    []Call{callPages(apiclient.ListPolicyGroup, PolicyGroups)},
		Series:   series(5, nil),
		Fetch:    fetchPolicyGroups,
		Families: []Family[policyGroups]{
			{
				Name: "policy_groups",
				Help: "Number of policy groups.",
				Type: Gauge,
				Map:  func(p policyGroups, put Put) { put.Value(p.Groups) },
			},
			{
				Name: "policy_group_targets",
				Help: "Number of users, groups, desktops and the like that policy groups are applied to, by type.",
				Type: Gauge, Labels: []string{"target_type"},
				Map: func(p policyGroups, put Put) { p.Targets.put(put) },
			},
			{
				Name: "policy_group_last_change_timestamp_seconds",
				Help: "When a policy group was changed last, as Unix time.",
				Type: Gauge,
				Map: func(p policyGroups, put Put) {
					if !p.LastChange.IsZero() {
						put.Value(unixSeconds(p.LastChange))
					}
				},
			},
		},
	}
}

func fetchPolicyGroups(ctx context.Context, in Input, _ policyGroups) (policyGroups, error) {
	type target struct {
		Type apiclient.Text `json:"target_type"`
	}
	type group struct {
		ID      apiclient.Text `json:"policy_group_id"`
		Update  apiclient.Time `json:"update_time"`
		Targets []target       `json:"targets"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListPolicyGroup, "policy_group_id", func(g group) string { return string(g.ID) })
	if err != nil {
		return policyGroups{}, err
	}
	result := policyGroups{Groups: float64(len(list))}
	var targets []target
	for _, g := range list {
		targets = append(targets, g.Targets...)
		result.LastChange = later(result.LastChange, g.Update.Time())
	}
	result.Targets = tallyBy(targets, nil, func(t target) string { return string(t.Type) })
	return result, nil
}

// accessPolicy is the number of access policies of a kind.
type accessPolicy struct {
	Type    string  `json:"type"`
	Enabled string  `json:"enabled"`
	Count   float64 `json:"count"`
}

// accessPolicyAnswer is an entry of ListAccessPolicies.
type accessPolicyAnswer struct {
	ID      apiclient.Text `json:"policy_id"`
	Type    apiclient.Text `json:"access_control_type"`
	Enabled apiclient.Text `json:"is_enable"`
}

func accessPoliciesArea() Collector {
	return Area[[]accessPolicy]{
		Name:     "access_policies",
		Help:     "Access policies, which rule from where users may log in.",
		Interval: time.Hour,
		Calls:    []Call{callPages(apiclient.ListAccessPolicies, AccessPolicies)},
		Series:   series(4, nil),
		Fetch:    fetchAccessPolicies,
		Families: []Family[[]accessPolicy]{{
			Name: "access_policies",
			Help: "Number of access policies by type and whether they are enabled.",
			Type: Gauge, Labels: []string{"type", "enabled"},
			Map: each(func(a accessPolicy, put Put) { put.Value(a.Count, a.Type, a.Enabled) }),
		}},
	}
}

func listAccessPolicies(ctx context.Context, in Input) ([]accessPolicyAnswer, error) {
	return listIdentified(ctx, in, apiclient.ListAccessPolicies, "policy_id", func(a accessPolicyAnswer) string { return string(a.ID) })
}

func fetchAccessPolicies(ctx context.Context, in Input, _ []accessPolicy) ([]accessPolicy, error) {
	list, err := listAccessPolicies(ctx, in)
	if err != nil {
		return nil, err
	}
	counts := map[[2]string]float64{}
	for _, kind := range []string{"ACCESS_TYPE", "IP_WHITE_LIST"} {
		for _, enabled := range []string{"true", "false"} {
			counts[[2]string{kind, enabled}] = 0
		}
	}
	for _, a := range list {
		enabled := cmp.Or(strings.ToLower(string(a.Enabled)), unknownLabel)
		counts[[2]string{cmp.Or(string(a.Type), unknownLabel), enabled}]++
	}
	result := make([]accessPolicy, 0, len(counts))
	for key, n := range counts {
		result = append(result, accessPolicy{key[0], key[1], n})
	}
	slices.SortFunc(result, func(a, b accessPolicy) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Enabled, b.Enabled))
	})
	return result, nil
}

func accessPolicyObjectsArea() Collector {
	return Area[[]objectCount]{
		Name:     "access_policy_objects",
		Help:     "How many users and groups each access policy applies to. One call for each policy.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []Call{callPages(apiclient.ListAccessPolicies, AccessPolicies), callEach(apiclient.ListAccessPolicyObjects, AccessPolicies)},
		Series:   series(0, per{AccessPolicies: 1}),
		Fetch: func(ctx context.Context, in Input, _ []objectCount) ([]objectCount, error) {
			list, err := listAccessPolicies(ctx, in)
			if err != nil {
				return nil, err
			}
			return countOfEach(ctx, in, apiclient.ListAccessPolicyObjects, "access_policy_id", list, func(a accessPolicyAnswer) string { return string(a.ID) })
		},
		Families: []Family[[]objectCount]{{
			Name: "access_policy_objects",
			Help: "Number of users and groups that the access policy applies to.",
			Type: Gauge, Labels: []string{"access_policy_id"},
			Map: each(func(c objectCount, put Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}
