package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// driftAttributes are the members of ListInconsistentStatics: each counts the
// desktops that differ from the pool in it.
var driftAttributes = []decode.Member{
	{"product_id", "product_id"},
	{"image_id", "image_id"},
	{"disk_num", "disk_num"},
	{"disk_size", "disk_size"},
}

func poolDriftArea() area.Collector {
	return area.Declaration[[]ofPool[decode.States]]{
		Name:     "pool_drift",
		Help:     "Desktops that differ from the settings of their pool. One call for each pool.",
		Interval: 15 * time.Minute,
		Calls:    []area.Call{decode.CallPools, area.CallEach(apiclient.ListInconsistentStatics, area.Pools)},
		Series:   area.Series(0, area.Per{area.Pools: 4}),
		Fetch:    fetchPoolDrift,
		Families: []area.Family[[]ofPool[decode.States]]{{
			Name: "pool_drift_desktops",
			Help: "Number of desktops of the pool whose product, image or disks are not those the pool is set to; rebuild or resize them.",
			Type: area.Gauge, Labels: []string{"pool_id", "attribute"},
			Map: area.Each(func(p ofPool[decode.States], put area.Put) { p.Result.Put(put, p.PoolID) }),
		}},
	}
}

func fetchPoolDrift(ctx context.Context, in area.Input, _ []ofPool[decode.States]) ([]ofPool[decode.States], error) {
	e := apiclient.ListInconsistentStatics
	return sweepPools(ctx, in, e, func(id string) (decode.States, error) {
		answer, err := decode.Object(ctx, in, poolRequest(e, id))
		if err != nil {
			return nil, err
		}
		return decode.PickStates(in, e, answer, driftAttributes)
	})
}
