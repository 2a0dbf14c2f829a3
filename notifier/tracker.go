package notifier

import (
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
	if t.projects[p] == nil {
		t.projects[p] = &projectAlerts{entries: map[string]*trackedAlert{}}
	}
	project := t.projects[p]
	project.alarms, project.expires = alarms, expires
	t.reconcile(p, project, now)
}

// reconcile brings the alerts of a project in line with its alarms.
func (t *tracker) reconcile(p Project, project *projectAlerts, now time.Time) {
	fresh := t.config.alerts(p, project.alarms)
	for k, a := range fresh {
		e := project.entries[k]
		if e == nil || e.resolved {
			e = &trackedAlert{alert: alert{StartsAt: now}, next: now}
			project.entries[k] = e
		}
		if a.StartsAt.IsZero() || a.StartsAt.After(now) {
			// No beginning, or one by a clock that is ahead: an alert that
			// ends before it starts would be refused.
			a.StartsAt = e.StartsAt
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
		expired := !now.Before(project.expires)
		for k, e := range project.entries {
			switch {
			case e.resolved && now.Sub(e.EndsAt) > resolvedRetention:
				delete(project.entries, k)
				continue
			case !e.resolved && expired:
				continue // not known whether it is still active
			case !e.next.After(now.Add(resend / earlyFraction)):
				e.next = now.Add(resend)
				a := e.alert
				if !a.resolved {
					a.EndsAt = now.Add(validFor * resend)
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

// active counts the alerts that are being sent, by project.
func (t *tracker) active(now time.Time) map[Project]int {
	counts := map[Project]int{}
	for p := range t.config.Projects {
		counts[p] = 0
		if project := t.projects[p]; project != nil && now.Before(project.expires) {
			for _, e := range project.entries {
				if !e.resolved {
					counts[p]++
				}
			}
		}
	}
	return counts
}
