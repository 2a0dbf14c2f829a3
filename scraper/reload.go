package scraper

import (
	"maps"
	"reflect"
)

// Reload replaces what is polled. A loop that would be the same goes on as if
// nothing had happened. One whose settings change is stopped, and another one
// takes its place with its data, its moment and its counters. What is left out
// stops and leaves no series. The pauses of refused collectors end. anew means that nothing that was read before may
// be shown or built on, as when names of users are to be shown in another way.
//
// Nothing in here can fail: whatever can was made before. Scrapes see the
// results of before until all is in place.
func (s *Scraper) Reload(plan Plan, anew bool) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	before := map[string]*loop{}
	for _, l := range s.loops() {
		before[l.key()] = l
	}
	next := &generation{Plan: plan}
	var begin []*loop
	replaces := map[*loop]*loop{}
	next.each(func(target *Target, enabled Enabled) {
		l := newLoop(s, target, enabled, plan.UserName)
		old := before[l.key()]
		delete(before, l.key())
		if old != nil && !anew && old.same(l) {
			next.loops = append(next.loops, old)
			// Its labels and API are the same; the share may not be.
			old.target.Store(target)
			old.retry()
			return
		}
		next.loops = append(next.loops, l)
		begin = append(begin, l)
		if old != nil {
			replaces[l] = old
		}
	})

	// All at once, so that polls under way end together.
	for _, old := range replaces {
		old.cancel()
	}
	for _, old := range before {
		old.cancel()
	}
	for _, old := range before {
		<-old.ended
	}
	for _, l := range begin {
		old := replaces[l]
		if old != nil {
			<-old.ended
		}
		switch {
		case anew:
		case old == nil:
			if s.config.Store != nil {
				l.restore() // it may have been configured before
			}
		case old.target.Load().API.SameAs(l.target.Load().API):
			l.inherit(old)
		}
	}
	s.present.Store(next)
	s.version.Add(1)
	s.config.Stats.retain(next.Targets)
	for _, l := range begin {
		l.start(s.ctx)
	}
}

// same tells whether the loop need not be replaced by other.
func (l *loop) same(other *loop) bool {
	mine, theirs := l.target.Load(), other.target.Load()
	return l.interval == other.interval && l.maxSeries == other.maxSeries &&
		mine.API == theirs.API && maps.Equal(mine.Labels, theirs.Labels) &&
		reflect.DeepEqual(l.options, other.options)
}

// inherit takes over what a loop that has ended knew of the same project. The
// next poll comes soon all the same: with other settings it may find more.
func (l *loop) inherit(old *loop) {
	p := old.published.Load()
	if p == nil {
		return
	}
	l.order, l.logged = old.order, old.logged
	status := *old.status.Load()
	if l.interval != old.interval {
		status.Interval, status.Effective = l.interval, l.interval
	}
	status.SeriesLimit, status.Refusal.pauses = l.maxSeries, 0
	if err := l.resume(p.result, status, p.seen()); err != nil {
		l.log.Error("the last good result does not fit the new settings: the collector begins anew", "err", err)
	}
}
