package collector

import (
	"cmp"
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func poolMembersArea() Collector {
	return Area[[]ofPool[states]]{
		Name:     "pool_members",
		Help:     "Users and user groups that may use each pool, as counts. One call for each pool and 100 of them.",
		Disabled: true,
		Interval: time.Hour,
		Calls: []Call{callPools, {
			Endpoint: apiclient.ListDesktopPoolAuthorizedObjects, Says: "1 or more for each pool",
			Of: func(l Load) float64 {
				return l.Fleet[Pools] * pages(l.Fleet[UsersOfPool], apiclient.ListDesktopPoolAuthorizedObjects.Page.Size)
			},
		}},
		Series: series(0, per{Pools: 2}),
		Fetch:  fetchPoolMembers,
		Families: []Family[[]ofPool[states]]{{
			Name: "pool_authorized_objects",
			Help: "Number of users and user groups that may use the desktop pool.",
			Type: Gauge, Labels: []string{"pool_id", "object_type"},
			Map: each(func(p ofPool[states], put Put) { p.Result.put(put, p.PoolID) }),
		}},
	}
}

func fetchPoolMembers(ctx context.Context, in Input, _ []ofPool[states]) ([]ofPool[states], error) {
	type objectAnswer struct {
		Type apiclient.Text `json:"object_type"`
		ID   apiclient.Text `json:"object_id"`
	}
	return sweepPools(ctx, in, func(id string) (states, error) {
		objects, err := apiclient.List(ctx, in.API, poolRequest(apiclient.ListDesktopPoolAuthorizedObjects, id),
			func(a objectAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, err
		}
		counts := states{"USER": 0, "USER_GROUP": 0}
		for _, o := range objects {
			counts[cmp.Or(string(o.Type), unknownLabel)]++
		}
		return counts, nil
	})
}
