package world

import (
	"container/heap"
	"time"
)

// StartIncident begins an incident, unless it is on.
func (w *World) StartIncident(kind Incident) {
	if w.incidents.has(kind) {
		return
	}
	one, at := incident{since: w.Now.UTC().Truncate(time.Second)}, w.clock.simulated(w.Now)
	switch kind {
	case RegistrationLost:
		one.pool = w.busiestPool()
		w.loseRegistration(one.pool, at)
	case CriticalAlarm:
		one.alarm = w.raiseIncident(one.since)
	}
	w.incidents[kind] = one
}

// EndIncident ends an incident if it is on.
func (w *World) EndIncident(kind Incident) {
	one, on := w.incidents[kind]
	if !on {
		return
	}
	delete(w.incidents, kind)
	switch kind {
	case RegistrationLost:
		w.registerAgain(w.clock.simulated(w.Now))
	case CriticalAlarm:
		if one.alarm.Status == AlarmActive {
			one.alarm.Status = AlarmOK
		}
	}
}

// loses reports whether an incident keeps a desktop from being registered.
func (w *World) loses(d *Desktop) bool {
	p := w.incidents[RegistrationLost].pool
	return p != nil && p == d.Pool
}

// canLose reports whether a desktop has, or is about to have, a registration.
func canLose(d *Desktop) bool {
	return d.Status == Active && d.Task == "" && !d.Maintenance && !d.Unreachable
}

// busiestPool is the pool with the most running desktops, nil if there is none.
func (w *World) busiestPool() *Pool {
	var busiest *Pool
	most := 0
	for _, p := range w.Pools {
		n := 0
		for _, i := range p.Members {
			if canLose(&w.Desktops[i]) {
				n++
			}
		}
		if n > most && !p.Maintenance {
			busiest, most = p, n
		}
	}
	return busiest
}

func (w *World) loseRegistration(p *Pool, at time.Duration) {
	if p == nil {
		return
	}
	for _, i := range p.Members {
		if d := &w.Desktops[i]; canLose(d) {
			w.endSession(d, at)
			d.Login, d.phase, d.next = Unregistered, lost, never
		}
	}
	w.replan()
}

// registerAgain lets desktops go on as if they had just booted; those that are
// never used only register.
func (w *World) registerAgain(at time.Duration) {
	for i := range w.Desktops {
		d := &w.Desktops[i]
		switch {
		case d.phase != lost:
		case d.idle:
			d.Login, d.phase = Registered, retired
		default:
			d.phase, d.next = booted, at+w.between(30*time.Second, 2*time.Minute)
		}
	}
	w.replan()
}

// replan takes over when desktops want to be looked at next.
func (w *World) replan() {
	for i := range w.events {
		if e := &w.events[i]; e.actor != alarmActor {
			e.at = w.Desktops[e.actor].next
		}
	}
	heap.Init(&w.events)
}

// Incidents tells since when incidents are on.
func (w *World) Incidents() map[Incident]time.Time {
	truth := map[Incident]time.Time{}
	for kind, one := range w.incidents {
		truth[kind] = one.since
	}
	return truth
}
