package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

type isolatedDesktops = ofPool[apiclient.Number]

func poolDetailsArea() Collector {
	return Area[[]isolatedDesktops]{
		Name:     "pool_details",
		Help:     "What only the detail of each pool tells: its isolated desktops. One call for each pool.",
		Interval: 15 * time.Minute,
		Calls:    []Call{callPools, callEach(apiclient.ShowDesktopPoolDetail, Pools)},
		Series:   series(0, per{Pools: 1}),
		Fetch:    fetchPoolDetails,
		Families: []Family[[]isolatedDesktops]{{
			Name: "pool_isolated_desktops",
			Help: "Number of desktops of the pool that cannot be connected to and are isolated: they are paid for and serve nobody.",
			Type: Gauge, Labels: []string{"pool_id"},
			Map: each(func(p isolatedDesktops, put Put) { put.Number(p.Result, p.PoolID) }),
		}},
	}
}

func fetchPoolDetails(ctx context.Context, in Input, _ []isolatedDesktops) ([]isolatedDesktops, error) {
	e := apiclient.ShowDesktopPoolDetail
	return sweepPools(ctx, in, func(id string) (apiclient.Number, error) {
		a, err := apiclient.Get[struct {
			ID       apiclient.Text   `json:"id"`
			Isolated apiclient.Number `json:"isolation_num"`
		}](ctx, in.API, poolRequest(e, id))
		if err == nil && string(a.ID) != id {
			err = malformed(e, "member `id` of the answer is %q, not that of the pool", a.ID)
		}
		return notNegative(a.Isolated), err
	})
}
