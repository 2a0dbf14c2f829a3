package operations

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestManyAccessPolicies: offset goes to 99 only, so that 199 policies can be
// read; more of them are no list.
func TestManyAccessPolicies(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 100, 130, 199, 200, 201, 250} {
		api := areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			if req.Endpoint.Operation == "ListAccessPolicyObjects" {
				return []byte(`{"policy_objects_list":[],"total":3}`), nil
			}
			offset, err := strconv.Atoi(req.Query.Get("offset"))
			if err != nil || offset > 99 {
				t.Errorf("offset %d: %v", offset, err)
			}
			var rows []string
			for i := offset; i < min(offset+100, n); i++ {
				rows = append(rows, fmt.Sprintf(`{"policy_id":"ap%d","access_control_type":"ACCESS_TYPE","is_enable":true}`, i))
			}
			return fmt.Appendf(nil, `{"policies":[%s],"total":%d}`, strings.Join(rows, ","), n), nil
		})
		for _, c := range []area.Collector{accessPoliciesArea(), accessPolicyObjectsArea()} {
			result, err := c.Poll(t.Context(), areatest.Input(t, c, api), nil)
			if n > 199 {
				if apiclient.KindOf(err) != apiclient.Malformed {
					t.Errorf("%s: %d policies gave %v, %v", c.Spec().Name, n, result, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %d policies: %v", c.Spec().Name, n, err)
			}
			got := areatest.Samples(t, c, result)
			if c.Spec().Name == "access_policy_objects" {
				if len(got) != n {
					t.Errorf("%d series of %d policies", len(got), n)
				}
			} else if v := got[`access_policies{enabled="true",type="ACCESS_TYPE"}`]; v != strconv.Itoa(n) {
				t.Errorf("%s of %d policies", v, n)
			}
		}
	}
}
