package notifier

import (
	"time"
)

const (
	// aliveFor is for how many resend intervals Alertmanager keeps an alert
	// that is not sent again.
	aliveFor = 4
	// resolvedFor is how long a resolution is repeated: one that was lost
	// would leave the alert there until Alertmanager forgets it.
	resolvedFor = 15 * time.Minute
	// atOnce is the part of the resend interval by which alerts may be sent
	// earlier to go together with others.
	atOnce = 10
)

// book knows all alerts that are active or were until lately. It is for one
// goroutine at a time.
type book struct {
	config   Config
	projects map[Project]*page
}

// page is a project of the book.
type page struct {
	alarms  []Alarm
	expires time.Time
	entries map[string]*entry // by the alert's key
}

type entry struct {
	alert
	next time.Time // when it is sent
}

func newBook() book { return book{projects: map[Project]*page{}} }

// configure changes what alerts look like and which projects there are.
func (b *book) configure(config Config, now time.Time) {
	b.config = config
	for p, page := range b.projects {
		if _, watched := config.Projects[p]; !watched {
			page.alarms = nil
		}
		b.write(p, page, now)
		for _, e := range page.entries {
			// A resend interval that became shorter counts at once.
			if latest := now.Add(config.ResendInterval); e.next.After(latest) {
				e.next = latest
			}
		}
	}
}

// update takes what a poll found.
func (b *book) update(p Project, alarms []Alarm, expires, now time.Time) {
	if _, watched := b.config.Projects[p]; !watched {
		return
	}
	if b.projects[p] == nil {
		b.projects[p] = &page{entries: map[string]*entry{}}
	}
	page := b.projects[p]
	page.alarms, page.expires = alarms, expires
	b.write(p, page, now)
}

// write brings the entries of a project in line with its alarms.
func (b *book) write(p Project, page *page, now time.Time) {
	fresh := b.config.alerts(p, page.alarms)
	for k, a := range fresh {
		e := page.entries[k]
		if e == nil || e.resolved {
			e = &entry{alert: alert{StartsAt: now}, next: now}
			page.entries[k] = e
		}
		if a.StartsAt.IsZero() || a.StartsAt.After(now) {
			// No beginning, or one by a clock that is ahead: an alert that
			// ends before it starts would be refused.
			a.StartsAt = e.StartsAt
		}
		e.alert = a
	}
	for k, e := range page.entries {
		if _, active := fresh[k]; !active && !e.resolved {
			e.resolved, e.EndsAt, e.next = true, now, now
		}
	}
}

// allDue lets everything be sent at once.
func (b *book) allDue() {
	for _, page := range b.projects {
		for _, e := range page.entries {
			e.next = time.Time{}
		}
	}
}

// due returns the alerts to send now and when the next ones are due.
func (b *book) due(now time.Time) ([]alert, time.Time) {
	var all []alert
	again := b.config.ResendInterval
	next := now.Add(again)
	for p, page := range b.projects {
		expired := !now.Before(page.expires)
		for k, e := range page.entries {
			switch {
			case e.resolved && now.Sub(e.EndsAt) > resolvedFor:
				delete(page.entries, k)
				continue
			case !e.resolved && expired:
				continue // nobody knows
			case !e.next.After(now.Add(again / atOnce)):
				e.next = now.Add(again)
				a := e.alert
				if !a.resolved {
					a.EndsAt = now.Add(aliveFor * again)
				}
				all = append(all, a)
			}
			if e.next.Before(next) {
				next = e.next
			}
		}
		if _, watched := b.config.Projects[p]; !watched && len(page.entries) == 0 {
			delete(b.projects, p)
		}
	}
	return all, next
}

// active counts the alerts that are being sent, by project.
func (b *book) active(now time.Time) map[Project]int {
	counts := map[Project]int{}
	for p := range b.config.Projects {
		counts[p] = 0
		if page := b.projects[p]; page != nil && now.Before(page.expires) {
			for _, e := range page.entries {
				if !e.resolved {
					counts[p]++
				}
			}
		}
	}
	return counts
}
