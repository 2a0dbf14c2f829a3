package world

import "time"

// settle gives a new desktop the state of a quiet night, or, during working
// hours, of one that is about to be used.
func (w *World) settle(d *Desktop, at time.Duration) {
	r := w.source("settle", d.Index)
	d.Created = w.Started.AddDate(0, 0, -700).Add(time.Duration(d.Index) * 24 * time.Minute)
	if latest := w.Now.AddDate(0, 0, -1); d.Created.After(latest) {
		d.Created = latest.UTC().Truncate(time.Second)
	}
	d.Status, d.Login = ShutOff, Unregistered
	switch n := r.IntN(1000); {
	case n < 5:
		d.Status, d.Unreachable, d.idle = Active, true, true
	case n < 7:
		d.Status, d.idle = Faulty, true
	case d.Frozen:
	case n < 250:
		d.Status, d.Login = Active, Registered
	case n < 350:
		d.Status = Hibernated
	}
	d.LastUsed = w.Now.Add(-8 * time.Hour).UTC().Truncate(time.Second)
	if d.idle {
		d.LastUsed = d.LastUsed.AddDate(0, 0, -2-r.IntN(200))
		d.phase, d.next = retired, never
	} else {
		w.sleep(d, at)
		if hour := at - dayOf(at); hour > 7*time.Hour && hour < 16*time.Hour {
			d.arrive, d.leave = at+w.between(time.Minute, 30*time.Minute), dayOf(at)+w.leaving()
			d.next = at + w.between(0, time.Minute)
		}
	}
	d.settled = d.LastUsed
}

// step lets the next thing happen to a desktop.
func (w *World) step(d *Desktop, at time.Duration) {
	switch d.phase {
	case asleep:
		w.wake(d, at)
	case starting:
		d.Status, d.Login, d.Task = Active, Unregistered, ""
		if w.chance(0.003) {
			w.breakDown(d, at)
			return
		}
		d.phase, d.next = booted, at+w.between(20*time.Second, 2*time.Minute)
	case booted:
		if w.loses(d) {
			d.phase, d.next = lost, never
			return
		}
		if w.chance(0.006) {
			d.Unreachable, d.Isolated = true, d.Pool != nil && d.Pool.Kind == Dynamic
			d.phase, d.next = unreachable, at+w.between(10*time.Minute, time.Hour)
			return
		}
		d.Login = Registered
		d.phase, d.next = waiting, max(d.arrive, at+5*time.Second)
	case waiting:
		w.arrival(d, at)
	case entering:
		d.Attach = Attached
		w.logon(d, at, false)
	case working:
		w.pause(d, at)
	case away:
		if at >= d.leave {
			w.finish(d, at)
			return
		}
		w.logon(d, at, true)
	case finished:
		w.close(d, at)
	case stopping:
		d.Status, d.Login, d.Task = ShutOff, Unregistered, ""
		if w.chance(0.15) {
			d.Status = Hibernated
		}
		w.sleep(d, at)
	case broken, unreachable:
		d.Status, d.Login, d.Unreachable, d.Isolated = Active, Unregistered, false, false
		d.phase, d.next = booted, at+w.between(30*time.Second, 2*time.Minute)
	case maintained:
		d.Maintenance = false
		w.sleep(d, at)
	case retired, lost:
		d.next = never
	}
}

// sleep waits for the next day on which the user works.
func (w *World) sleep(d *Desktop, at time.Duration) {
	today := dayOf(at)
	if at-today >= 7*time.Hour {
		today += Day
	}
	for w.chance(0.12) {
		today += Day
	}
	// Arrivals pile up in the middle of half past seven to half past nine.
	d.arrive = today + 7*time.Hour + 30*time.Minute + w.between(0, time.Hour) + w.between(0, time.Hour)
	d.leave = today + w.leaving()
	d.phase, d.next = asleep, d.arrive-w.between(5*time.Minute, 25*time.Minute)
}

// leaving is the hour at which a user goes home; a few stay late.
func (w *World) leaving() time.Duration {
	if w.chance(0.01) {
		return w.between(20*time.Hour, 24*time.Hour)
	}
	return w.between(17*time.Hour, 19*time.Hour)
}

// wake begins a working day.
func (w *World) wake(d *Desktop, at time.Duration) {
	switch {
	case w.chance(0.004):
		d.Maintenance = true
		d.phase, d.next = maintained, at+w.between(2*time.Hour, 9*time.Hour)
	case d.Status == Active:
		d.phase, d.next = waiting, d.arrive
	default:
		d.Task = "powering-on"
		d.phase, d.next = starting, at+w.between(20*time.Second, time.Minute)
	}
}

// arrival is when the user comes. A desktop of a dynamic pool has none of its
// own: one must be attached first.
func (w *World) arrival(d *Desktop, at time.Duration) {
	if at >= d.leave {
		w.finish(d, at)
		return
	}
	d.phase, d.next = entering, at+time.Second
	if d.User < 0 {
		d.User, d.Attach = w.userOf(d, at), Attaching
		d.next = at + w.between(5*time.Second, 20*time.Second)
	}
}

// logon tries to connect; who fails tries again.
func (w *World) logon(d *Desktop, at time.Duration, reconnect bool) {
	share := 0.04
	if w.incidents.has(LogonsFail) {
		share = 0.7
	}
	if w.chance(share) {
		w.failedLogon(d, at, reconnect)
		d.next = at + w.between(20*time.Second, 90*time.Second)
		return
	}
	setup := w.startSession(d, at, reconnect)
	d.Login = Connected
	// However fast the day goes: a session lasts longer than its set-up.
	shortest := w.clock.lasting(setup + 2*time.Second)
	d.phase, d.next = working, at+max(shortest, min(w.between(40*time.Minute, 5*time.Hour), d.leave-at))
}

// pause ends a session: for a while, for the day, or by a fault.
func (w *World) pause(d *Desktop, at time.Duration) {
	w.endSession(d, at)
	switch {
	case at >= d.leave:
		w.finish(d, at)
	case w.chance(0.004):
		w.breakDown(d, at)
	default:
		d.Login = Disconnected
		d.phase, d.next = away, at+w.between(2*time.Minute, 50*time.Minute)
	}
}

func (w *World) breakDown(d *Desktop, at time.Duration) {
	d.Status, d.Login, d.Task = Faulty, Unregistered, ""
	d.phase, d.next = broken, at+w.between(10*time.Minute, 90*time.Minute)
}

// finish ends the working day; some users leave without logging out.
func (w *World) finish(d *Desktop, at time.Duration) {
	d.Login = Registered
	if w.chance(0.3) {
		d.Login = Disconnected
	}
	d.phase, d.next = finished, at+w.between(5*time.Minute, 45*time.Minute)
}

// close lets go of the user and mostly powers off.
func (w *World) close(d *Desktop, at time.Duration) {
	d.Login = Registered
	if d.Owner < 0 {
		d.User, d.Attach = -1, Unattached
	}
	if w.chance(0.25) {
		w.sleep(d, at)
		return
	}
	d.Task = "powering-off"
	d.phase, d.next = stopping, at+w.between(10*time.Second, 40*time.Second)
}
