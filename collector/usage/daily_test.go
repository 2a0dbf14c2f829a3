package usage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestDailyStatisticsAroundTheClock polls two days: a day is shown when it is
// there, and the one before until then.
func TestDailyStatisticsAroundTheClock(t *testing.T) {
	t.Parallel()
	const ready = 27*time.Hour + 40*time.Minute // after the day began
	for name, test := range map[string]struct {
		area   area.Collector
		answer string // of a day that is there
		empty  string
		series string
	}{
		"app_access":         {appAccessArea(), `{"count":1,"items":[{"username":"alice","access_failed_count":%d}]}`, `{"count":0,"items":[]}`, `app_access_failures{user="user:alice"}`},
		"statistics_metrics": {statisticsMetricsArea(), `[{"metric_name":"logins","metric_value":%d}]`, `[]`, `statistic{name="logins",period="day"}`},
	} {
		in := areatest.Input(t, test.area, nil)
		if name == "statistics_metrics" {
			in.Options["metric_names"] = []string{"logins"}
		}
		in.API = areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			switch req.Endpoint.Operation {
			case "ListMetricsTrend":
				return []byte(`[]`), nil
			case "ShowGrowthRate":
				return []byte(`{}`), nil
			}
			first, err := time.Parse(time.RFC3339, req.Query.Get("start_time"))
			if err != nil || in.Now.Before(first.Add(ready)) {
				return []byte(test.empty), err
			}
			return fmt.Appendf(nil, test.answer, 50+first.Day()), nil
		})
		start := time.Date(2026, 1, 2, 22, 0, 0, 0, time.UTC)
		for _, restarts := range []bool{false, true} {
			var result any
			for at := start; at.Before(start.Add(48 * time.Hour)); at = at.Add(10 * time.Minute) {
				in.Now = at
				next, err := test.area.Poll(t.Context(), in, result)
				if err != nil {
					t.Fatal(err)
				}
				if result = areatest.Restored(t, next); restarts && at.Hour() == 3 {
					result = nil
				}
				day := at.Add(-ready).Truncate(24 * time.Hour)
				got := areatest.Samples(t, test.area, next)
				end := fmt.Sprint(float64(day.Add(24*time.Hour - time.Second).Unix()))
				if got[test.series] != fmt.Sprint(50+day.Day()) || got[`usage_statistics_timestamp_seconds{collector="`+name+`"}`] != end {
					t.Fatalf("%s at %s: %v, want %d of the day that ends at %s", name, at, got, 50+day.Day(), end)
				}
			}
		}
	}
}
