package answers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

func TestDesktopUsage(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 1000})
	count := func(query string) int {
		t.Helper()
		return simtest.Get[answers.UsageAnswer](t, s, "/statistics/metrics/desktops?limit=1"+query).Count
	}
	// 4 March, 09:00: the newest day is the 3rd.
	const yesterday = "&start_time=2026-03-03T00:00:00Z&end_time=2026-03-03T23:59:59Z"
	simtest.Equal(t, "yesterday", count(yesterday), 1000)
	simtest.Equal(t, "a range that ends a second early", count("&start_time=2026-03-03T00:00:00Z&end_time=2026-03-03T23:59:58Z"), 0)
	simtest.Equal(t, "today", count("&start_time=2026-03-04T00:00:00Z&end_time=2026-03-04T23:59:59Z"), 0)
	simtest.Equal(t, "200 days ago", count("&start_time=2025-08-01T00:00:00Z&end_time=2025-08-02T00:00:00Z"), 0)
	simtest.Equal(t, "a name", count(yesterday+"&resource_name=-00042"), 1)

	truth := s.Truth().Projects[simtest.Project]
	simtest.Equal(t, "aggregated", truth.Aggregated.Format(query.SecondFormat), "2026-03-03T23:59:59Z")
	last := 1000
	for _, days := range []int{0, 7, 14, 30, 60, 90} {
		n := count(yesterday + fmt.Sprintf("&min_idle_days=%d", days))
		simtest.Equal(t, fmt.Sprint("idle for days ", days), n, truth.IdleDesktops(days))
		if n == 0 || n > last {
			t.Errorf("%d desktops are idle for %d days, %d for fewer", n, days, last)
		}
		last = n
	}
	simtest.Equal(t, "idle up to 7 days or at least that", count(yesterday+"&max_idle_days=7")+count(yesterday+"&min_idle_days=8") <= 1000, true)

	// Sorted, in pages, with each desktop once.
	seen := map[string]bool{}
	before := 1e12
	for offset := 0; offset < 1000; offset += 100 {
		page := simtest.Get[answers.UsageAnswer](t, s, fmt.Sprintf("/statistics/metrics/desktops?limit=100&offset=%d&sort_field=desktop_idle_duration&sort_type=DESC", offset)+yesterday)
		for _, item := range page.Items {
			idle := item.Metrics[1].Value
			if idle > before {
				t.Fatalf("%v s of idleness come after %v s", idle, before)
			}
			before = idle
			seen[item.ID] = true
		}
	}
	simtest.Equal(t, "desktops", len(seen), 1000)

	// Statistics stand still during the day, whoever uses a desktop meanwhile.
	idle := count(yesterday + "&min_idle_days=1")
	clock.Advance(8 * time.Hour)
	simtest.Equal(t, "idle for a day, hours later", count(yesterday+"&min_idle_days=1"), idle)

	// The 4th is known from 02:00 of the 5th on.
	clock.Advance(8*time.Hour + 59*time.Minute)
	const fourth = "&start_time=2026-03-04T00:00:00Z&end_time=2026-03-05T00:00:00Z"
	simtest.Equal(t, "the 4th before 02:00", count(fourth), 0)
	clock.Advance(time.Minute)
	simtest.Equal(t, "the 4th after 02:00", count(fourth), 1000)
	if n := count(fourth + "&min_idle_days=1"); n >= count(fourth) || n == 0 {
		t.Errorf("%d of 1000 desktops are idle for a day", n)
	}
}
