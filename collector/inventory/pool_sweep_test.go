package inventory

import (
	"context"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// TestPoolSweep: pools come from area pools, one that is gone is left out, and
// one whose call fails is skipped.
func TestPoolSweep(t *testing.T) {
	t.Parallel()
	gone := func(kind apiclient.Kind, code string) error {
		return &apiclient.Error{Operation: "ListInconsistentStatics", Kind: kind, Code: code, Status: 400}
	}
	for name, test := range map[string]struct {
		errs  map[string]error
		kind  apiclient.Kind
		pools int
		skips int
	}{
		"all there":    {nil, "", 3, 0},
		"not found":    {map[string]error{"p2": gone(apiclient.NotFound, "WKS.0202")}, "", 2, 0},
		"400 WKS.0001": {map[string]error{"p2": gone(apiclient.Client, "WKS.0001")}, "", 2, 0},
		"another 400":  {map[string]error{"p2": gone(apiclient.Client, "WKS.0002")}, "", 2, 1},
		"500":          {map[string]error{"p2": gone(apiclient.Server, "")}, "", 2, 1},
		"500 twice":    {map[string]error{"p2": gone(apiclient.Server, ""), "p3": gone(apiclient.Server, "")}, apiclient.Server, 0, 0},
		"a 403":        {map[string]error{"p2": gone(apiclient.Forbidden, "")}, apiclient.Forbidden, 0, 0},
		"no such API": {map[string]error{
			"p1": gone(apiclient.NotFound, ""), "p2": gone(apiclient.NotFound, ""), "p3": gone(apiclient.NotFound, ""),
		}, apiclient.NotFound, 0, 0},
	} {
		c := poolDriftArea()
		in := areatest.Input(t, c, areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			if req.Endpoint.Operation != "ListInconsistentStatics" {
				t.Errorf("%s was called", req.Endpoint.Operation)
			}
			return []byte(`{"product_id":0,"image_id":1,"disk_num":0,"disk_size":0}`), test.errs[req.Path["pool_id"]]
		}))
		in.Skips = &apiclient.Skips{}
		in.Peer = func(string) area.Shared { return peer.Pools{{ID: "p1"}, {ID: "p2"}, {ID: "p3"}} }
		result, err := c.Poll(t.Context(), in, nil)
		if apiclient.KindOf(err) != test.kind {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if in.Skips.Count != test.skips {
				t.Errorf("%s: %d skipped, want %d", name, in.Skips.Count, test.skips)
			}
			if n := len(areatest.Samples(t, c, result)); n != 4*test.pools {
				t.Errorf("%s: %d samples for %d pools", name, n, test.pools)
			}
		}
	}
}
