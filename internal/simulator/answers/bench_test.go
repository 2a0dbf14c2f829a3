package answers_test

import (
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

// BenchmarkAnswers measures requests to a large fleet: they must stay cheap
// beside an exporter under test.
func BenchmarkAnswers(b *testing.B) {
	s, _ := simtest.New(simulator.Config{Desktops: 20_000})
	for name, path := range map[string]string{
		"LoginState":     simtest.LoginStatePath,
		"Statistics":     "/statistics?desktop_type=POOLED&statistics_type=login-state",
		"Groups":         "/connections/status",
		"Desktops":       "/desktops?limit=1000&offset=10000",
		"DesktopDetails": "/desktops/detail?limit=500",
		"Idle":           "/statistics/metrics/desktops?start_time=2026-03-03T00:00:00Z&end_time=2026-03-04T00:00:00Z&min_idle_days=7&limit=1",
		"Records":        "/connections/desktops?limit=1000",
		"OnlineUsers":    "/connections/online-users?query_type=DAY",
		"Quotas":         "/quotas",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				simtest.Call(s, path)
			}
		})
	}
}

// BenchmarkNew makes a large fleet and its night and morning.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		simtest.New(simulator.Config{Desktops: 20_000})
	}
}
