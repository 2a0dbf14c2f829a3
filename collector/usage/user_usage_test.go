package usage

import (
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestOmittedNames: users who must not be told apart are added up.
func TestOmittedNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		area   area.Collector
		body   string
		prefix string
		want   map[string]string
	}{
		{
			userUsageArea(),
			`{"count":2,"items":[{"username":"alice","metric":[{"metric_name":"user_usage","metric_value":60}]},{"username":"bob","metric":[{"metric_name":"user_usage","metric_value":5}]}]}`,
			"user_usage", map[string]string{`user_usage_seconds{user=""}`: "65"},
		},
		{
			appAccessArea(),
			`{"count":2,"items":[{"username":"alice","access_failed_count":2},{"username":"bob","access_failed_count":1}]}`,
			"app_access", map[string]string{`app_access_failures{user=""}`: "3"},
		},
	} {
		in := areatest.Input(t, c.area, areatest.AnswerAll(c.body))
		in.UserName = func(string) string { return "" }
		result, err := c.area.Poll(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		areatest.WantSamples(t, areatest.Samples(t, c.area, result), c.prefix, c.want)
	}
}
