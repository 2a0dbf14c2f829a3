package truth

import (
	"math"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// UsageTruth is what is the case about users and the use of desktops.
type UsageTruth struct {
	Users         []world.User
	NotifyRules   []world.NotifyRule
	Notifications []world.Notification // of the last two days
	// UserDays are those of the newest aggregated day.
	UserDays []world.UserDay
	// UsedHours of each desktop that was used on that day, by desktop id, with
	// the two decimals that the API gives.
	UsedHours map[string]float64
	// LastUsed is when each desktop was last used, by desktop id; now for one
	// in use.
	LastUsed map[string]time.Time
}

func usageTruth(w *world.World) UsageTruth {
	t := UsageTruth{
		Users:         w.Users(),
		NotifyRules:   w.NotifyRules(),
		Notifications: append(w.Notifications(false), w.Notifications(true)...),
		UserDays:      w.UserDays(w.Aggregated, w.Aggregated),
		UsedHours:     map[string]float64{},
		LastUsed:      map[string]time.Time{},
	}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if hours := math.Round(w.UsedIn(d, w.Aggregated, w.Aggregated).Hours()*100) / 100; hours > 0 {
			t.UsedHours[d.ID] = hours
		}
		t.LastUsed[d.ID] = d.LastUsed
		if d.Session != nil {
			t.LastUsed[d.ID] = w.Now
		}
	}
	return t
}
