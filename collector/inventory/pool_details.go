package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

type isolatedDesktops = ofPool[apiclient.Number]

func poolDetailsArea() area.Collector {
	return area.Declaration[[]isolatedDesktops]{
		Name:     "pool_details",
		Help:     "What only the detail of each pool tells: its isolated desktops. One call for each pool.",
		Interval: 15 * time.Minute,
		Calls:    []area.Call{decode.CallPools, area.CallEach(apiclient.ShowDesktopPoolDetail, area.Pools)},
		Series:   area.Series(0, area.Per{area.Pools: 1}),
		Fetch:    fetchPoolDetails,
		Families: []area.Family[[]isolatedDesktops]{{
			Name: "pool_isolated_desktops",
			Help: "Number of desktops of the pool that cannot be connected to and are isolated: they are paid for and serve nobody.",
			Type: area.Gauge, Labels: []string{"pool_id"},
			Map: area.Each(func(p isolatedDesktops, put area.Put) { put.Number(p.Result, p.PoolID) }),
		}},
	}
}

func fetchPoolDetails(ctx context.Context, in area.Input, _ []isolatedDesktops) ([]isolatedDesktops, error) {
	e := apiclient.ShowDesktopPoolDetail
	return sweepPools(ctx, in, e, func(id string) (apiclient.Number, error) {
		a, err := decode.Get[struct {
			ID       apiclient.Text   `json:"id"`
			Isolated apiclient.Number `json:"isolation_num" sent:"always"`
		}](ctx, in, poolRequest(e, id))
		if err == nil && string(a.ID) != id {
			err = decode.Malformed(e, "member `id` of the answer is %q, not that of the pool", a.ID)
		}
		return decode.NotNegative(a.Isolated), err
	})
}
