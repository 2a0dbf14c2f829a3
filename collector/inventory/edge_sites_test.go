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
