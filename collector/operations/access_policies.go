package operations

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// accessPolicy is the number of access policies of a kind.
type accessPolicy struct {
	Type    string  `json:"type"`
	Enabled string  `json:"enabled"`
	Count   float64 `json:"count"`
}

func accessPoliciesArea() area.Collector {
	return area.Declaration[[]accessPolicy]{
		Name:     "access_policies",
		Help:     "Access policies, which rule from where users may log in.",
		Interval: time.Hour,
		Calls:    []area.Call{area.CallPages(apiclient.ListAccessPolicies, area.AccessPolicies)},
		Series:   area.Series(4, nil),
		Fetch:    fetchAccessPolicies,
		Families: []area.Family[[]accessPolicy]{{
			Name: "access_policies",
			Help: "Number of access policies by type and whether they are enabled.",
			Type: area.Gauge, Labels: []string{"type", "enabled"},
			Map: area.Each(func(a accessPolicy, put area.Put) { put.Value(a.Count, a.Type, a.Enabled) }),
		}},
	}
}

// accessPolicyTypes are the documented types.
var accessPolicyTypes = []string{"ACCESS_TYPE", "IP_WHITE_LIST"}

func fetchAccessPolicies(ctx context.Context, in area.Input, _ []accessPolicy) ([]accessPolicy, error) {
	list, err := listAccessPolicies(ctx, in)
	if err != nil {
		return nil, err
	}
	counts := map[[2]string]float64{}
	told := func(a accessPolicyAnswer) bool {
		return a.Type != "" && decode.SwitchLabel(a.Enabled) != decode.Unknown
	}
	if len(list) == 0 || slices.ContainsFunc(list, told) {
		for _, kind := range accessPolicyTypes {
			for _, enabled := range []string{"true", "false"} {
				counts[[2]string{kind, enabled}] = 0
			}
		}
	}
	for _, a := range list {
		enabled := decode.SwitchLabel(a.Enabled)
		counts[[2]string{cmp.Or(decode.State(a.Type, accessPolicyTypes), decode.Unknown), enabled}]++
	}
	return decode.Rows(counts, func(key [2]string, n float64) accessPolicy { return accessPolicy{key[0], key[1], n} },
		func(a accessPolicy) []string { return []string{a.Type, a.Enabled} }), nil
}
