package world

import "time"

// Snapshot of a desktop.
type Snapshot struct {
	Desktop *Desktop
	// Kind is AUTO or MANUALLY.
	Kind                  string
	Taken                 time.Time
	Status, RestoreFailed string // RestoreFailed is a reason
}

// Snapshots are an automatic one of every fifth desktop, made last night, and
// a few made by hand.
func (w *World) Snapshots() []Snapshot {
	night := w.Now.UTC().Truncate(Day).Add(time.Hour)
	if night.After(w.Now) {
		night = night.Add(-Day)
	}
	var all []Snapshot
	add := func(d *Desktop, kind string, at time.Time) {
		s := Snapshot{Desktop: d, Kind: kind, Taken: at, Status: "create_success"}
		n := w.RandomAt("snapshot "+kind+d.ID, at)
		switch {
		case w.Now.Sub(at) < 5*time.Minute:
			s.Status = "creating"
		case n%50 == 0:
			s.Status = "create_failed"
		case n%31 == 0 && kind == "MANUALLY":
			s.Status = "restore_success"
		case n%67 == 0 && kind == "MANUALLY":
			s.Status, s.RestoreFailed = "restore_failed", "the desktop is busy"
		}
		all = append(all, s)
	}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if i%5 == 0 {
			// One after the other, as the service has not room for all at once.
			if at := night.Add(time.Duration(i) * time.Second); !at.After(w.Now) {
				add(d, "AUTO", at)
			}
		}
		if i%20 == 0 {
			add(d, "MANUALLY", w.Started.Add(-time.Duration(1+i%90)*Day-time.Duration(i)*time.Minute))
		}
	}
	return all
}
