package world

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// StatisticNames are the statistics that exist; others are left out of an
// answer.
func StatisticNames() []string {
	return []string{"desktop_usage", "user_login_count", "user_login_success_count", "user_login_fail_count"}
}

// Statistic is the value of a named statistic in a range of time: it has some
// in each minute that is over. ok is false if there is no such statistic or
// the range holds no such minute.
func Statistic(name string, from, to time.Time) (value float64, ok bool) {
	for _, known := range StatisticNames() {
		if name != known {
			continue
		}
		base := random.Hash(name) % 5
		for at := from.Truncate(time.Minute); !at.After(to); at = at.Add(time.Minute) {
			value, ok = value+float64(base+random.Mix(random.Hash(name)^uint64(at.Unix()))%7), true
		}
	}
	return value, ok
}
