package usage

import (
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestStatisticOptions: a wrong option fails the poll with what to do.
func TestStatisticOptions(t *testing.T) {
	t.Parallel()
	area := statisticsMetricsArea()
	for option, c := range map[string]struct {
		value any
		want  string
	}{
		"period":       {"WEEK", "DAY or HOUR"},
		"trend_period": {"DAYS", "MIN, 5MIN, HOUR or DAY"},
		"grow_period":  {"HOUR", "DAY or MONTH"},
		"dim_form":     {"comma", "indexed or plain"},
		"dimensions":   {[]string{"instance_id"}, "key,value"},
	} {
		in := areatest.Input(t, area, areatest.AnswerAll(`[]`))
		in.Options["metric_names"] = []string{"desktop_usage"}
		in.Options[option] = c.value
		if _, err := area.Poll(t.Context(), in, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", option, err, c.want)
		}
	}
	for form, dimensions := range map[string][]string{"plain": {"a,1", "b,2"}, "indexed": {"a,1", "b,2", "c,3", "d,4"}} {
		if _, err := dimensionQuery(dimensions, form); err == nil {
			t.Errorf("%d dimensions in the %s form were taken", len(dimensions), form)
		}
	}
}
