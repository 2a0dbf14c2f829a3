package notifier

import (
	"cmp"
	"log/slog"
	"maps"
	"slices"
	"time"
)

const (
	// validFor is for how many resend intervals Alertmanager keeps an alert
	// that is not sent again.
	validFor = 4
	// resolvedRetention is how long a resolution is repeated: if it is lost,
	// Alertmanager keeps the alert until it expires.
	resolvedRetention = 15 * time.Minute
	// earlyFraction is the part of the resend interval, one in so many, by
	// which alerts may be sent earlier to share a request with others.
	earlyFraction = 10
	// unconfirmedFor is how long active alerts are sent on while the alarms of
	// their project cannot be read. Nobody knows then that one has ended, and
	// Alertmanager would end them all.
	unconfirmedFor = 24 * time.Hour
	// restoredGrace is how long alerts wait for the first poll that were too old
	// already when they came: the process did not run for a while.
	restoredGrace = time.Minute
)

// confirmation is what is known of the alerts of a project.
type confirmation int

const (
	confirmed   confirmation = iota // read lately
	unconfirmed                     // not read lately; they are sent on
	forgotten                       // not read for too long; they are not sent
)

// tracker holds all alerts that are active or were resolved lately. It is not
// safe for concurrent use.
type tracker struct {
	config   Config
	projects map[Project]*projectAlerts
}

// projectAlerts are the alarms of a project and the alerts made of them.
type projectAlerts struct {
	alarms  []Alarm
	expires time.Time
	entries map[string]*trackedAlert // by the alert's key
	// read is when the alarms were read, as far as is known.
	read time.Time
	// quietUntil is before when nothing unconfirmed is sent.
	quietUntil time.Time
	// told is what the log last said.
	told confirmation
}

// standing is what is known at now.
func (p *projectAlerts) standing(now time.Time) confirmation {
	switch {
	case now.Before(p.expires):
		return confirmed
	case now.Sub(p.expires) < unconfirmedFor:
		return unconfirmed
	default:
		return forgotten
	}
}

// active counts the alerts that have not ended.
func (p *projectAlerts) active() int {
	n := 0
	for _, e := range p.entries {
		if !e.resolved {
			n++
		}
	}
	return n
}

type trackedAlert struct {
	alert
	next time.Time // when it is sent
}

func newTracker() tracker { return tracker{projects: map[Project]*projectAlerts{}} }

// configure changes what alerts look like and which projects there are.
func (t *tracker) configure(config Config, now time.Time) {
	t.config = config
	for p, project := range t.projects {
		if _, watched := config.Projects[p]; !watched {
			project.alarms = nil
		}
		t.reconcile(p, project, now)
		for _, e := range project.entries {
			// A resend interval that became shorter counts at once.
			if latest := now.Add(config.ResendInterval); e.next.After(latest) {
				e.next = latest
			}
		}
	}
}

// update takes what a poll found.
func (t *tracker) update(p Project, alarms []Alarm, expires, now time.Time) {
	if _, watched := t.config.Projects[p]; !watched {
		return
	}
	project, before := t.projects[p], true
	if project == nil {
		project, before = &projectAlerts{entries: map[string]*trackedAlert{}}, false
		t.projects[p] = project
	}
	project.alarms = alarms
	// By the clock that nobody sets, from whatever clock the moment was saved.
	project.expires = now.Add(min(expires.Sub(now), unconfirmedFor))
	switch {
	case now.Before(project.expires):
		project.read, project.quietUntil = now, time.Time{}
	case !before:
		project.read, project.quietUntil = project.expires, now.Add(restoredGrace)
	default: // a reload tells again what is known and sent
	}
	t.reconcile(p, project, now)
}

// reconcile brings the alerts of a project in line with its alarms.
func (t *tracker) reconcile(p Project, project *projectAlerts, now time.Time) {
	fresh := t.config.alerts(p, project.alarms)
	for k, a := range fresh {
		e := project.entries[k]
		if e == nil || e.resolved {
			e = &trackedAlert{alert: alert{StartsAt: now, ours: true}, next: now}
			project.entries[k] = e
		}
		if a.StartsAt.IsZero() || a.StartsAt.After(now) {
			// No beginning, or one by a clock that is ahead: an alert that
			// ends before it starts would be refused.
			a.StartsAt, a.ours = e.StartsAt, e.ours
		}
		e.alert = a
	}
	for k, e := range project.entries {
		if _, active := fresh[k]; !active && !e.resolved {
			e.resolved, e.EndsAt, e.next = true, now, now
		}
	}
}

// sendAll makes all alerts due at once.
func (t *tracker) sendAll() {
	for _, project := range t.projects {
		for _, e := range project.entries {
			e.next = time.Time{}
		}
	}
}

// due returns the alerts to send now and when the next ones are due.
func (t *tracker) due(now time.Time) ([]alert, time.Time) {
	var all []alert
	resend := t.config.ResendInterval
	next := now.Add(resend)
	for p, project := range t.projects {
		standing := project.standing(now)
		for k, e := range project.entries {
			switch {
			case e.resolved && now.Sub(e.EndsAt) > resolvedRetention:
				delete(project.entries, k)
				continue
			case !e.resolved && (standing == forgotten || standing == unconfirmed && now.Before(project.quietUntil)):
				continue // not known whether it is still active
			case !e.next.After(now.Add(resend / earlyFraction)):
				e.next = now.Add(resend)
				a := e.alert
				if !a.resolved {
					a.EndsAt = now.Add(validFor * resend)
					if standing == unconfirmed {
						a.Annotations = unconfirmedAnnotations(a.Annotations, project.read)
					}
				}
				all = append(all, a)
			}
			if e.next.Before(next) {
				next = e.next
			}
		}
		if _, watched := t.config.Projects[p]; !watched && len(project.entries) == 0 {
			delete(t.projects, p)
		}
	}
	return all, next
}

// unconfirmedAnnotations say what is not known.
func unconfirmedAnnotations(known map[string]string, read time.Time) map[string]string {
	texts, at := maps.Clone(known), read.UTC().Format("2006-01-02 15:04:05 UTC")
	annotate(texts, "unconfirmed_since", read.UTC().Format(time.RFC3339))
	annotate(texts, "description", texts["description"]+" Not confirmed since "+at+": the alarms of the project cannot be read, and it may have ended.")
	return texts
}

// active counts the alerts that are being sent, by project.
func (t *tracker) active(now time.Time) map[Project]int {
	counts := map[Project]int{}
	for p := range t.config.Projects {
		counts[p] = 0
		if project := t.projects[p]; project != nil && project.standing(now) != forgotten {
			counts[p] = project.active()
		}
	}
	return counts
}

// Unconfirmed are the alerts of a project that are sent although nobody knows
// whether they are still active: its alarms cannot be read.
type Unconfirmed struct {
	Project Project
	Alerts  int
	// Read is when the alarms could last be read.
	Read time.Time
}

// unconfirmed lists them for all projects, also for those that have none.
func (t *tracker) unconfirmed(now time.Time) []Unconfirmed {
	var all []Unconfirmed
	for p := range t.config.Projects {
		u := Unconfirmed{Project: p}
		if project := t.projects[p]; project != nil && project.standing(now) == unconfirmed {
			u.Alerts, u.Read = project.active(), project.read
		}
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unconfirmed) int {
		return cmp.Or(cmp.Compare(a.Project.Account, b.Project.Account), cmp.Compare(a.Project.Region, b.Project.Region), cmp.Compare(a.Project.Name, b.Project.Name))
	})
	return all
}

// tell logs of each project when its alerts begin and cease to be unconfirmed.
func (t *tracker) tell(log *slog.Logger, now time.Time) {
	for p, project := range t.projects {
		n, standing := project.active(), project.standing(now)
		if n == 0 && standing != confirmed {
			continue // nothing to tell of
		}
		if standing == project.told || standing == unconfirmed && now.Before(project.quietUntil) {
			continue
		}
		project.told = standing
		log := log.With("account", p.Account, "region", p.Region, "project", p.Name)
		switch standing {
		case unconfirmed:
			log.Warn("the alarms of the project cannot be read: its active alerts are sent on unconfirmed", "alerts", n,
				"last_read", project.read.UTC().Format(time.RFC3339), "at_most_for", unconfirmedFor)
		case forgotten:
			log.Error("the alarms of the project could not be read for too long: its alerts are no longer sent, and Alertmanager ends them",
				"alerts", n, "last_read", project.read.UTC().Format(time.RFC3339))
		default:
			log.Info("the alarms of the project can be read again", "alerts", n)
		}
	}
}
