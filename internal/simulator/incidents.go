package simulator

import (
	"container/heap"
	"fmt"
	"slices"
	"time"
)

// Incident is a kind of trouble that the users of a project have while its API
// works: what monitoring must notice. Faults, in contrast, are of the API.
type Incident string

// The kinds of incidents.
const (
	// RegistrationLost takes the registration from the running desktops of the
	// pool that has the most of them, and those that start do not register.
	RegistrationLost Incident = "registration"
	// LogonsFail lets most attempts to connect fail with IncidentReason, and the
	// others take a minute.
	LogonsFail Incident = "logon"
	// ServiceDown gives the service and its main site the status
	// SUBSCRIPTION_FAILED, closes their access and locks the service.
	ServiceDown Incident = "service"
	// CriticalAlarm raises one alarm of level critical, IncidentAlarm.
	CriticalAlarm Incident = "alarm"
)

// What an incident can be told by.
const (
	IncidentReason = "CONNECTION_TIMEOUT"
	IncidentAlarm  = "simulated-incident"
)

// Incidents are all kinds.
func Incidents() []Incident {
	return []Incident{RegistrationLost, LogonsFail, ServiceDown, CriticalAlarm}
}

// IncidentHelp says in a few words what each kind is.
func IncidentHelp() []string {
	return []string{
		string(RegistrationLost) + " (the running desktops of one pool lose their registration)",
		string(LogonsFail) + " (most logons fail with " + IncidentReason + ", the others are slow)",
		string(ServiceDown) + " (the service is down and locked)",
		string(CriticalAlarm) + " (the critical alarm " + IncidentAlarm + " is active)",
	}
}

// StartIncident begins an incident now in the named projects, in all if none is
// named. It does nothing where the incident is already on.
func (s *Simulator) StartIncident(kind Incident, projectIDs ...string) error {
	if !slices.Contains(Incidents(), kind) {
		return fmt.Errorf("no incident is called %q: choose one of %v", kind, Incidents())
	}
	s.each(projectIDs, func(w *world) { w.startIncident(kind) })
	return nil
}

// EndIncident ends an incident now. It does nothing where the incident is not on.
func (s *Simulator) EndIncident(kind Incident, projectIDs ...string) error {
	if !slices.Contains(Incidents(), kind) {
		return fmt.Errorf("no incident is called %q: choose one of %v", kind, Incidents())
	}
	s.each(projectIDs, func(w *world) { w.endIncident(kind) })
	return nil
}

// incidents are those that are on, by kind.
type incidents map[Incident]incident

// incident is one that is on.
type incident struct {
	since time.Time
	pool  *pool  // of RegistrationLost, nil if none has a running desktop
	alarm *alarm // of CriticalAlarm
}

func (i incidents) on(kind Incident) bool {
	_, on := i[kind]
	return on
}

func (w *world) startIncident(kind Incident) {
	if w.incidents.on(kind) {
		return
	}
	one, at := incident{since: w.now.UTC().Truncate(time.Second)}, w.clock.simulated(w.now)
	switch kind {
	case RegistrationLost:
		one.pool = w.busiestPool()
		w.loseRegistration(one.pool, at)
	case CriticalAlarm:
		one.alarm = w.raiseIncident(one.since)
	}
	w.incidents[kind] = one
}

func (w *world) endIncident(kind Incident) {
	one, on := w.incidents[kind]
	if !on {
		return
	}
	delete(w.incidents, kind)
	switch kind {
	case RegistrationLost:
		w.registerAgain(w.clock.simulated(w.now))
	case CriticalAlarm:
		if one.alarm.status == alarmActive {
			one.alarm.status = alarmOK
		}
	}
}

// loses tells whether an incident keeps a desktop from being registered.
func (w *world) loses(d *desktop) bool {
	p := w.incidents[RegistrationLost].pool
	return p != nil && p == d.pool
}

// canLose tells whether a desktop has, or is about to have, a registration.
func canLose(d *desktop) bool {
	return d.status == active && d.task == "" && !d.maintenance && !d.unreachable
}

// busiestPool is the pool with the most running desktops, nil if there is none.
func (w *world) busiestPool() *pool {
	var busiest *pool
	most := 0
	for _, p := range w.pools {
		n := 0
		for _, i := range p.members {
			if canLose(&w.desktops[i]) {
				n++
			}
		}
		if n > most && !p.maintenance {
			busiest, most = p, n
		}
	}
	return busiest
}

func (w *world) loseRegistration(p *pool, at time.Duration) {
	if p == nil {
		return
	}
	for _, i := range p.members {
		if d := &w.desktops[i]; canLose(d) {
			w.endSession(d, at)
			d.login, d.phase, d.next = unregistered, lost, never
		}
	}
	w.replan()
}

// registerAgain lets desktops go on as if they had just booted; those that are
// never used only register.
func (w *world) registerAgain(at time.Duration) {
	for i := range w.desktops {
		d := &w.desktops[i]
		switch {
		case d.phase != lost:
		case d.idle:
			d.login, d.phase = registered, retired
		default:
			d.phase, d.next = booted, at+w.between(30*time.Second, 2*time.Minute)
		}
	}
	w.replan()
}

// replan takes over when desktops want to be looked at next.
func (w *world) replan() {
	for i := range w.events {
		if e := &w.events[i]; e.actor != alarmActor {
			e.at = w.desktops[e.actor].next
		}
	}
	heap.Init(&w.events)
}

// raiseIncident raises an alarm that ends with its incident. It is about the
// first desktop, or the service where there is none.
func (w *world) raiseIncident(begin time.Time) *alarm {
	w.alarms.serial++
	a := &alarm{
		id:     fmt.Sprintf("ah-%08x-%06d", uint32(w.seed), w.alarms.serial),
		rule:   alarmRule{id: "al-incident", name: IncidentAlarm, metric: "simulatedIncident", level: 1, event: true},
		status: alarmActive, begin: begin, desktop: -1, desktopID: w.hex("service", 0), desktopName: "service", until: never,
	}
	if len(w.desktops) > 0 {
		d := &w.desktops[0]
		a.desktop, a.desktopID, a.desktopName = d.index, d.id, d.name
	}
	w.alarms.list = append(w.alarms.list, a)
	w.alarms.trim()
	return a
}

// ServiceTruth is the state of the service and of its main site.
type ServiceTruth struct {
	Status, AccessStatus string
	// LockedSince is the zero time if the service is not locked.
	LockedSince time.Time
}

func (w *world) service() ServiceTruth {
	if w.incidents.on(ServiceDown) {
		return ServiceTruth{Status: "SUBSCRIPTION_FAILED", AccessStatus: "internetOpenFailed", LockedSince: w.incidents[ServiceDown].since}
	}
	return healthyService()
}

// healthyService is the service without an incident, and every other site.
func healthyService() ServiceTruth {
	return ServiceTruth{Status: "SUBSCRIBED", AccessStatus: "available"}
}

// serviceAt is the state of the service at a site.
func (w *world) serviceAt(s *site) ServiceTruth {
	if s == w.sites[0] {
		return w.service()
	}
	return healthyService()
}

// incidentTruth tells since when incidents are on.
func (w *world) incidentTruth() map[Incident]time.Time {
	truth := map[Incident]time.Time{}
	for kind, one := range w.incidents {
		truth[kind] = one.since
	}
	return truth
}
