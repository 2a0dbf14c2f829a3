package world

import (
	"cmp"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// Notification is a message to a user that did not arrive.
type Notification struct {
	Type, User, Desktop, Pool, Result string
	At                                time.Time
}

// Notifications that can be read now, of desktops or of pools, the oldest
// first: up to 3 in each quarter of an hour of the last two days.
func (w *World) Notifications(ofPools bool) []Notification {
	var all []Notification
	if len(w.Desktops) == 0 {
		return nil
	}
	for slot := w.Now.Add(-2 * Day).Truncate(15 * time.Minute); !slot.After(w.Now); slot = slot.Add(15 * time.Minute) {
		n := random.Mix(w.seed ^ uint64(slot.Unix()))
		for i := range n % 4 {
			draw := random.Mix(n + i)
			d := &w.Desktops[draw%uint64(len(w.Desktops))]
			at := slot.Add(time.Duration(draw>>8%900) * time.Second)
			if (d.Pool != nil) != ofPools || at.After(w.Now) {
				continue
			}
			one := Notification{Type: []string{"EMAIL", "SMS"}[draw%2], User: UserName(d.Index), Desktop: d.Name, Result: []string{"FAIL", "INTERCEPTED"}[draw>>4%2], At: at}
			if d.Pool != nil {
				one.Pool = d.Pool.Name
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Notification) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.User, b.User)) })
	return all
}
