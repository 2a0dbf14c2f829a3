package collector

import (
	"context"
	"encoding/json"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// driftAttributes are the members of ListInconsistentStatics: each counts the
// desktops that differ from the pool in it.
var driftAttributes = []member{
	{"product_id", "product_id"},
	{"image_id", "image_id"},
	{"disk_num", "disk_num"},
	{"disk_size", "disk_size"},
}

func poolDriftArea() Collector {
	return Area[[]ofPool[states]]{
		Name:     "pool_drift",
		Help:     "Desktops that differ from the settings of their pool. One call for each pool.",
		Interval: 15 * time.Minute,
		Calls:    []Call{callPools, callEach(apiclient.ListInconsistentStatics, Pools)},
		Series:   series(0, per{Pools: 4}),
		Fetch:    fetchPoolDrift,
		Families: []Family[[]ofPool[states]]{{
			Name: "pool_drift_desktops",
			Help: "Number of desktops of the pool whose product, image or disks are not those the pool is set to; rebuild or resize them.",
			Type: Gauge, Labels: []string{"pool_id", "attribute"},
			Map: each(func(p ofPool[states], put Put) { p.Result.put(put, p.PoolID) }),
		}},
	}
}

func fetchPoolDrift(ctx context.Context, in Input, _ []ofPool[states]) ([]ofPool[states], error) {
	e := apiclient.ListInconsistentStatics
	return sweepPools(ctx, in, func(id string) (states, error) {
		answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, poolRequest(e, id))
		if err != nil {
			return nil, err
		}
		return pickStates(e, answer, driftAttributes)
	})
}
