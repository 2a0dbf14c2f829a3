package inventory

import (
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

func TestEdgeSiteUnit(t *testing.T) {
	t.Parallel()
	c := edgeSitesArea()
	in := areatest.Input(t, c, areatest.AnswerAll(`{"wks_edge_sites":[],"total_count":0}`))
	in.Options["usage_unit"] = "permille"
	if _, err := c.Poll(t.Context(), in, nil); err == nil || !strings.Contains(err.Error(), `"permille"`) || !strings.Contains(err.Error(), "percent") {
		t.Errorf("usage_unit permille: %v", err)
	}
}

// TestEdgeSiteUnitIsKept: what the API means is found out once.
func TestEdgeSiteUnitIsKept(t *testing.T) {
	t.Parallel()
	c := edgeSitesArea()
	for name, polls := range map[string][][2]string{ // rate as sent, ratio as shown
		"ratio":        {{"0.8", "0.8"}, {"1.1", "1.1"}, {"0.4", "0.4"}, {"80", ""}, {"1", "1"}},
		"percent":      {{"80", "0.8"}, {"0.9", "0.009000000000000001"}, {"110", "1.1"}},
		"nothing used": {{"0", "0"}, {"0", "0"}, {"0.5", "0.5"}, {"0", "0"}, {"1.1", "1.1"}},
		"none sent":    {{"null", ""}, {"-1", ""}, {"90", "0.9"}, {"1", "0.01"}},
	} {
		in := areatest.Input(t, c, nil)
		var result any
		for i, p := range polls {
			in.API = areatest.AnswerAll(`{"wks_edge_sites":[{"id":"e","cpu_usage_rate":` + p[0] + `},{"id":"f","cpu_usage_rate":0}],"total_count":2}`)
			next, err := c.Poll(t.Context(), in, result)
			if err != nil {
				t.Fatal(err)
			}
			result = areatest.Restored(t, next)
			if got := areatest.Samples(t, c, result)[`edge_site_usage_ratio{resource="cpu",site_id="e"}`]; got != p[1] {
				t.Errorf("%s, poll %d: %s is shown as %q, want %q", name, i, p[0], got, p[1])
			}
		}
	}
}
