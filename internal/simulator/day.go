package simulator

import "time"

// phase is where a desktop is in its day.
type phase int

const (
	asleep      phase = iota // nobody expected before the next working day
	starting                 // powering on
	booted                   // running, its agent has not registered yet
	waiting                  // registered, its user has not come yet
	entering                 // its user is logging on
	working                  // in use
	away                     // disconnected, its user will be back
	finished                 // the day is over, still running
	stopping                 // powering off
	broken                   // fault
	unreachable              // running, but cannot be connected to
	maintained               // in maintenance mode
	lost                     // running, but an incident took its registration
	retired                  // nothing ever happens
)

// settle gives a new desktop the state of a quiet night, or, during working
// hours, of one that is about to be used.
func (w *world) settle(d *desktop, at time.Duration) {
	r := w.draw("settle", d.index)
	d.created = w.born.AddDate(0, 0, -700).Add(time.Duration(d.index) * 24 * time.Minute)
	if latest := w.now.AddDate(0, 0, -1); d.created.After(latest) {
		d.created = latest.UTC().Truncate(time.Second)
	}
	d.status, d.login = shutOff, unregistered
	switch n := r.IntN(1000); {
	case n < 5:
		d.status, d.unreachable, d.idle = active, true, true
	case n < 7:
		d.status, d.idle = faulty, true
	case d.frozen:
	case n < 250:
		d.status, d.login = active, registered
	case n < 350:
		d.status = hibernated
	}
	d.lastUsed = w.now.Add(-8 * time.Hour).UTC().Truncate(time.Second)
	if d.idle {
		d.lastUsed = d.lastUsed.AddDate(0, 0, -2-r.IntN(200))
		d.phase, d.next = retired, never
	} else {
		w.sleep(d, at)
		if hour := at - dayOf(at); hour > 7*time.Hour && hour < 16*time.Hour {
			d.arrive, d.leave = at+w.between(time.Minute, 30*time.Minute), dayOf(at)+w.leaving()
			d.next = at + w.between(0, time.Minute)
		}
	}
	d.settled = d.lastUsed
}

// step lets the next thing happen to a desktop.
func (w *world) step(d *desktop, at time.Duration) {
	switch d.phase {
	case asleep:
		w.wake(d, at)
	case starting:
		d.status, d.login, d.task = active, unregistered, ""
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
			d.unreachable, d.isolated = true, d.pool != nil && d.pool.kind == dynamic
			d.phase, d.next = unreachable, at+w.between(10*time.Minute, time.Hour)
			return
		}
		d.login = registered
		d.phase, d.next = waiting, max(d.arrive, at+5*time.Second)
	case waiting:
		w.arrival(d, at)
	case entering:
		d.attach = attached
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
		d.status, d.login, d.task = shutOff, unregistered, ""
		if w.chance(0.15) {
			d.status = hibernated
		}
		w.sleep(d, at)
	case broken, unreachable:
		d.status, d.login, d.unreachable, d.isolated = active, unregistered, false, false
		d.phase, d.next = booted, at+w.between(30*time.Second, 2*time.Minute)
	case maintained:
		d.maintenance = false
		w.sleep(d, at)
	case retired, lost:
		d.next = never
	}
}

// sleep waits for the next day on which the user works.
func (w *world) sleep(d *desktop, at time.Duration) {
	today := dayOf(at)
	if at-today >= 7*time.Hour {
		today += day
	}
	for w.chance(0.12) {
		today += day
	}
	// Arrivals pile up in the middle of half past seven to half past nine.
	d.arrive = today + 7*time.Hour + 30*time.Minute + w.between(0, time.Hour) + w.between(0, time.Hour)
	d.leave = today + w.leaving()
	d.phase, d.next = asleep, d.arrive-w.between(5*time.Minute, 25*time.Minute)
}

// leaving is the hour at which a user goes home; a few stay late.
func (w *world) leaving() time.Duration {
	if w.chance(0.01) {
		return w.between(20*time.Hour, 24*time.Hour)
	}
	return w.between(17*time.Hour, 19*time.Hour)
}

// wake begins a working day.
func (w *world) wake(d *desktop, at time.Duration) {
	switch {
	case w.chance(0.004):
		d.maintenance = true
		d.phase, d.next = maintained, at+w.between(2*time.Hour, 9*time.Hour)
	case d.status == active:
		d.phase, d.next = waiting, d.arrive
	default:
		d.task = "powering-on"
		d.phase, d.next = starting, at+w.between(20*time.Second, time.Minute)
	}
}

// arrival is when the user comes. A desktop of a dynamic pool has none of its
// own: one must be attached first.
func (w *world) arrival(d *desktop, at time.Duration) {
	if at >= d.leave {
		w.finish(d, at)
		return
	}
	d.phase, d.next = entering, at+time.Second
	if d.user < 0 {
		d.user, d.attach = w.userOf(d, at), attaching
		d.next = at + w.between(5*time.Second, 20*time.Second)
	}
}

// logon tries to connect; who fails tries again.
func (w *world) logon(d *desktop, at time.Duration, reconnect bool) {
	share := 0.04
	if w.incidents.on(LogonsFail) {
		share = 0.7
	}
	if w.chance(share) {
		w.failedLogon(d, at, reconnect)
		d.next = at + w.between(20*time.Second, 90*time.Second)
		return
	}
	setup := w.startSession(d, at, reconnect)
	d.login = connected
	// However fast the day goes: a session lasts longer than its set-up.
	shortest := w.clock.lasting(setup + 2*time.Second)
	d.phase, d.next = working, at+max(shortest, min(w.between(40*time.Minute, 5*time.Hour), d.leave-at))
}

// pause ends a session: for a while, for the day, or by a fault.
func (w *world) pause(d *desktop, at time.Duration) {
	w.endSession(d, at)
	switch {
	case at >= d.leave:
		w.finish(d, at)
	case w.chance(0.004):
		w.breakDown(d, at)
	default:
		d.login = disconnected
		d.phase, d.next = away, at+w.between(2*time.Minute, 50*time.Minute)
	}
}

func (w *world) breakDown(d *desktop, at time.Duration) {
	d.status, d.login, d.task = faulty, unregistered, ""
	d.phase, d.next = broken, at+w.between(10*time.Minute, 90*time.Minute)
}

// finish ends the working day; some users leave without logging out.
func (w *world) finish(d *desktop, at time.Duration) {
	d.login = registered
	if w.chance(0.3) {
		d.login = disconnected
	}
	d.phase, d.next = finished, at+w.between(5*time.Minute, 45*time.Minute)
}

// close lets go of the user and mostly powers off.
func (w *world) close(d *desktop, at time.Duration) {
	d.login = registered
	if d.owner < 0 {
		d.user, d.attach = -1, unattached
	}
	if w.chance(0.25) {
		w.sleep(d, at)
		return
	}
	d.task = "powering-off"
	d.phase, d.next = stopping, at+w.between(10*time.Second, 40*time.Second)
}
