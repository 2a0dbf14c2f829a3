package core

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestIdleDesktopsAroundTheClock polls two days: a day is shown when it is
// there, and the one before until then.
func TestIdleDesktopsAroundTheClock(t *testing.T) {
	t.Parallel()
	c := desktopIdleArea()
	in := areatest.Input(t, c, nil)
	const ready = 27*time.Hour + 40*time.Minute // after the day began
	in.API = areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		first, err := time.Parse(time.RFC3339, req.Query.Get("start_time"))
		if err != nil {
			return nil, err
		}
		n := 0
		if !in.Now.Before(first.Add(ready)) {
			n = 50 + first.Day()
			if req.Query.Get("min_idle_days") == "" {
				n = 120
			}
		}
		return fmt.Appendf(nil, `{"count":%d,"items":[]}`, n), nil
	})
	start := time.Date(2026, 1, 2, 22, 0, 0, 0, time.UTC)
	for _, restarts := range []bool{false, true} {
		var result any
		for at := start; at.Before(start.Add(48 * time.Hour)); at = at.Add(10 * time.Minute) {
			in.Now = at
			next, err := c.Poll(t.Context(), in, result)
			if err != nil {
				t.Fatal(err)
			}
			if result = areatest.Restored(t, next); restarts && at.Hour() == 3 {
				result = nil
			}
			day := at.Add(-ready).Truncate(24 * time.Hour)
			got := areatest.Samples(t, c, next)
			if v := got[`desktops_idle{bucket="30d"}`]; v != fmt.Sprint(50+day.Day()) {
				t.Errorf("%s: %q are idle, want those of %s: %v", at, v, day, got)
			}
			if v, want := got[`usage_statistics_timestamp_seconds{collector="desktop_idle"}`], float64(day.Add(24*time.Hour-time.Second).Unix()); v != fmt.Sprint(want) {
				t.Errorf("%s: the day ends at %s, want %v", at, v, want)
			}
		}
	}
}
