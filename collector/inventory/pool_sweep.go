package inventory

import (
	"context"
	"errors"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// ofPool is what one call for a pool returned.
type ofPool[T any] struct {
	PoolID string `json:"pool_id"`
	Result T      `json:"result"`
}

// sweepPools asks for each pool in turn. A pool that goes away between the
// list and its turn is left out; that all have gone is no answer but a fault.
func sweepPools[T any](ctx context.Context, in area.Input, ask func(id string) (T, error)) ([]ofPool[T], error) {
	ids, err := poolIDs(ctx, in)
	if err != nil {
		return nil, err
	}
	all := make([]ofPool[T], 0, len(ids))
	var missing error
	for _, id := range ids {
		result, err := ask(id)
		switch {
		case err == nil:
			all = append(all, ofPool[T]{id, result})
		case poolMissing(err):
			missing = err
		default:
			return nil, err
		}
	}
	if len(all) == 0 && missing != nil {
		return nil, missing
	}
	return all, nil
}

// callPools is the call of poolIDs.
var callPools = area.Unless[peer.Pools](area.CallPages(apiclient.ListDesktopPools, area.Pools))

// poolIDs takes the pools from area pools, or lists them where it is off or
// has not polled yet.
func poolIDs(ctx context.Context, in area.Input) ([]string, error) {
	if pools, known := area.Peer[peer.Pools](in); known {
		ids := make([]string, len(pools))
		for i, p := range pools {
			ids[i] = p.ID
		}
		return ids, nil
	}
	type entry struct {
		ID apiclient.Text `json:"id"`
	}
	list, err := decode.List(ctx, in, apiclient.ListDesktopPools, "id", func(p entry) string { return string(p.ID) })
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = string(p.ID)
	}
	return ids, nil
}

// poolMissing knows the two answers for a pool that does not exist: HTTP 404,
// and 400 WKS.0001 as the Terraform provider has seen it.
func poolMissing(err error) bool {
	var e *apiclient.Error
	return errors.As(err, &e) && (e.Kind == apiclient.NotFound || e.Kind == apiclient.Client && e.Code == "WKS.0001")
}

func poolRequest(e apiclient.Endpoint, id string) apiclient.Request {
	return apiclient.Request{Endpoint: e, Path: map[string]string{"pool_id": id}}
}
