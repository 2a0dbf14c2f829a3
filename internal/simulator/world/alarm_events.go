package world

import (
	"fmt"
	"time"
)

// stepAlarms raises and clears what is due and returns when it wants to be
// called again.
func (w *World) stepAlarms(at time.Duration) time.Duration {
	for _, a := range w.Alarms.List {
		if a.Status == AlarmActive && a.until <= at {
			a.Status = AlarmOK
			if w.chance(0.1) {
				a.Status = AlarmInvalid
			}
		}
	}
	if at >= w.Alarms.next {
		if len(w.Desktops) > 0 {
			w.raise(at)
		}
		// About one desktop in 300 has an alarm at any time.
		gap := time.Hour
		if n := len(w.Desktops); n > 0 {
			gap = min(max(8*time.Hour*30/time.Duration(n), 30*time.Second), 40*time.Minute)
		}
		w.Alarms.next = at + w.between(gap/2, gap*3/2)
	}
	next := w.Alarms.next
	for _, a := range w.Alarms.List {
		if a.Status == AlarmActive {
			next = min(next, a.until)
		}
	}
	return next
}

// raise begins an alarm of some desktop.
func (w *World) raise(at time.Duration) {
	rule := w.Alarms.rules[w.rand.IntN(len(w.Alarms.rules))]
	d := &w.Desktops[w.rand.IntN(len(w.Desktops))]
	w.Alarms.serial++
	w.Alarms.List = append(w.Alarms.List, &Alarm{
		ID:          fmt.Sprintf("ah-%08x-%06d", uint32(w.seed), w.Alarms.serial),
		Rule:        rule,
		Status:      AlarmActive,
		Begin:       w.clock.real(at),
		desktop:     d.Index,
		DesktopID:   d.ID,
		DesktopName: d.Name,
		Value:       rule.Threshold * (1 + w.rand.Float64()/20),
		until:       at + w.between(5*time.Minute, 90*time.Minute),
	})
	w.Alarms.trim()
}

// raiseIncident raises an alarm that ends with its incident. It is about the
// first desktop, or the service where there is none.
func (w *World) raiseIncident(begin time.Time) *Alarm {
	w.Alarms.serial++
	a := &Alarm{
		ID:     fmt.Sprintf("ah-%08x-%06d", uint32(w.seed), w.Alarms.serial),
		Rule:   AlarmRule{ID: "al-incident", Name: IncidentAlarm, Metric: "simulatedIncident", Level: 1, Event: true},
		Status: AlarmActive, Begin: begin, desktop: -1, DesktopID: w.HexID("service", 0), DesktopName: "service", until: never,
	}
	if len(w.Desktops) > 0 {
		d := &w.Desktops[0]
		a.desktop, a.DesktopID, a.DesktopName = d.Index, d.ID, d.Name
	}
	w.Alarms.List = append(w.Alarms.List, a)
	w.Alarms.trim()
	return a
}
