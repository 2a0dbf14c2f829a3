package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func poolMembersArea() area.Collector {
	return area.Declaration[[]ofPool[decode.States]]{
		Name:     "pool_members",
		Help:     "Users and user groups that may use each pool, as counts. One call for each pool and 100 of them.",
		Disabled: true,
		Interval: time.Hour,
		Calls: []area.Call{decode.CallPools, {
			Endpoint: apiclient.ListDesktopPoolAuthorizedObjects, Says: "1 or more for each pool",
			Of: func(l area.Load) float64 {
				return l.Fleet[area.Pools] * area.Pages(l.Fleet[area.UsersOfPool], apiclient.ListDesktopPoolAuthorizedObjects.Page.Size)
			},
		}},
		Series: area.Series(0, area.Per{area.Pools: 2}),
		Fetch:  fetchPoolMembers,
		Families: []area.Family[[]ofPool[decode.States]]{{
			Name: "pool_authorized_objects",
			Help: "Number of users and user groups that may use the desktop pool.",
			Type: area.Gauge, Labels: []string{"pool_id", "object_type"},
			Map: area.Each(func(p ofPool[decode.States], put area.Put) { p.Result.Put(put, p.PoolID) }),
		}},
	}
}

func fetchPoolMembers(ctx context.Context, in area.Input, _ []ofPool[decode.States]) ([]ofPool[decode.States], error) {
	type objectAnswer struct {
		Type apiclient.Text `json:"object_type"`
		ID   apiclient.Text `json:"object_id"`
	}
	return sweepPools(ctx, in, apiclient.ListDesktopPoolAuthorizedObjects, func(id string) (decode.States, error) {
		objects, err := decode.Entries(ctx, in, poolRequest(apiclient.ListDesktopPoolAuthorizedObjects, id),
			func(a objectAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, err
		}
		return decode.CountBy(in, "objects[].object_type", objects, []string{"USER", "USER_GROUP"},
			func(a objectAnswer) apiclient.Text { return a.Type }), nil
	})
}
