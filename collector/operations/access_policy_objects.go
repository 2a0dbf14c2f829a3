package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func accessPolicyObjectsArea() area.Collector {
	return area.Declaration[[]decode.ObjectCount]{
		Name:     "access_policy_objects",
		Help:     "How many users and groups each access policy applies to. One call for each policy.",
		Disabled: true,
		Interval: time.Hour,
		Calls:    []area.Call{area.CallPages(apiclient.ListAccessPolicies, area.AccessPolicies), area.CallEach(apiclient.ListAccessPolicyObjects, area.AccessPolicies)},
		Series:   area.Series(0, area.Per{area.AccessPolicies: 1}),
		Fetch: func(ctx context.Context, in area.Input, _ []decode.ObjectCount) ([]decode.ObjectCount, error) {
			list, err := listAccessPolicies(ctx, in)
			if err != nil {
				return nil, err
			}
			return decode.TotalOfEach(ctx, in, apiclient.ListAccessPolicyObjects, "access_policy_id", list, func(a accessPolicyAnswer) string { return string(a.ID) })
		},
		Families: []area.Family[[]decode.ObjectCount]{{
			Name: "access_policy_objects",
			Help: "Number of users and groups that the access policy applies to.",
			Type: area.Gauge, Labels: []string{"access_policy_id"},
			Map: area.Each(func(c decode.ObjectCount, put area.Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}
