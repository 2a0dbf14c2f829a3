package simulator

import (
	"math"
	"time"
)

// UsageTruth is what is the case about users and the use of desktops.
type UsageTruth struct {
	Users         []User
	NotifyRules   []NotifyRule
	Notifications []Notification // of the last two days
	// UserDays are those of the newest aggregated day.
	UserDays []UserDay
	// UsedHours of each desktop that was used on that day, by desktop id, with
	// the two decimals that the API gives.
	UsedHours map[string]float64
	// LastUsed is when each desktop was last used, by desktop id; now for one
	// in use.
	LastUsed map[string]time.Time
}

func (w *world) usageTruth() UsageTruth {
	t := UsageTruth{
		Users:         w.users(),
		NotifyRules:   w.notifyRules(),
		Notifications: append(w.notifications(false), w.notifications(true)...),
		UserDays:      w.userDays(w.aggregated, w.aggregated),
		UsedHours:     map[string]float64{},
		LastUsed:      map[string]time.Time{},
	}
	for i := range w.desktops {
		d := &w.desktops[i]
		if hours := math.Round(w.usedIn(d, w.aggregated, w.aggregated).Hours()*100) / 100; hours > 0 {
			t.UsedHours[d.id] = hours
		}
		t.LastUsed[d.id] = d.lastUsed
		if d.open != nil {
			t.LastUsed[d.id] = w.now
		}
	}
	return t
}
