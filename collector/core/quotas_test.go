package core

import (
	"context"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// TestQuotasOfOneSite: what fails for an edge site costs that one alone.
func TestQuotasOfOneSite(t *testing.T) {
	t.Parallel()
	c := quotasArea()
	for name, test := range map[string]struct {
		operation string
		kind      apiclient.Kind
		want      map[string]string
	}{
		"the detail fails":      {"ShowQuotaDetails", apiclient.Server, map[string]string{"center": "4", "e1": "1", "e2": "2"}},
		"the sites fail":        {"ListSiteConfigs", apiclient.Server, map[string]string{"center": "4"}},
		"sites are forbidden":   {"ListSiteConfigs", apiclient.Forbidden, map[string]string{"center": "4"}},
		"the account is paused": {"ListSiteConfigs", apiclient.Paused, nil},
	} {
		in := areatest.Input(t, c, areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			if req.Endpoint.Operation == test.operation && (req.Query.Get("site_id") == "e1" || test.operation == "ListSiteConfigs") {
				return nil, &apiclient.Error{Operation: test.operation, Kind: test.kind}
			}
			if req.Endpoint.Operation == "ShowQuotaDetails" {
				return []byte(`{"resources":[{"type":"cores","used":2}]}`), nil
			}
			return []byte(`{"quotas":{"resources":[{"type":"cores","used":4}]},"site_quotas":[
				{"site_id":"e1","resources":[{"type":"cores","used":1}]},{"site_id":"e2"}]}`), nil
		}))
		in.Skips = &apiclient.Skips{}
		if test.operation != "ListSiteConfigs" {
			in.Peer = func(string) area.Shared { return peer.Sites{{ID: "main", Main: true}, {ID: "e1"}, {ID: "e2"}} }
		}
		result, err := c.Poll(t.Context(), in, nil)
		if test.want == nil {
			if apiclient.KindOf(err) != test.kind {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || in.Skips.Count == 0 {
			t.Fatalf("%s: %v, %d skipped", name, err, in.Skips.Count)
		}
		want := map[string]string{}
		for site, used := range test.want {
			want[`quota_used{resource="cores",site_id="`+site+`",unit=""}`] = used
		}
		areatest.WantSamples(t, areatest.Samples(t, c, result), "quota_used{", want)
	}
}
