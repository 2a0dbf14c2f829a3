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

// sweepPools asks for each pool in turn.
func sweepPools[T any](ctx context.Context, in area.Input, e apiclient.Endpoint, ask func(id string) (T, error)) ([]ofPool[T], error) {
	pools, err := decode.Pools(ctx, in)
	if err != nil {
		return nil, err
	}
	return decode.Each(in, e, pools, poolMissing, func(p peer.Pool) (ofPool[T], error) {
		result, err := ask(p.ID)
		return ofPool[T]{p.ID, result}, err
	})
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
