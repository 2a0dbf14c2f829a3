package scraper

import (
	"maps"
	"reflect"
)

// Reload replaces what is polled. A loop that would be the same goes on as if
// nothing had happened. One whose settings change is stopped, and another one
// takes its place with its data, its moment and its counters. What is left out
// stops and leaves no series. The pauses of refused collectors end.
//
// Nothing in here can fail: whatever can was made before. Scrapes see the
// results of before until all is in place.
func (s *Scraper) Reload(plan Plan) {
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
		l := newLoop(s, target, enabled, plan)
		old := before[l.key()]
		delete(before, l.key())
		if old != nil && old.same(l) {
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
		old.causesOver()
	}
	for _, l := range begin {
		old := replaces[l]
		if old != nil {
			<-old.ended
		}
		switch {
		case old != nil:
			l.inherit(old)
		case s.config.Store != nil:
			l.restore() // it may have been configured before
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
		l.names == other.names && mine.API == theirs.API && maps.Equal(mine.Labels, theirs.Labels) &&
		reflect.DeepEqual(l.options, other.options)
}

// inherit takes over what a loop that has ended knew. The next poll comes soon
// all the same: with other settings it may find more.
func (l *loop) inherit(old *loop) {
	k := kept{status: *old.status.Load()}
	switch p := old.published.Load(); {
	case old.unproven != nil:
		k = *old.unproven
	case p != nil:
		k.result, k.of, k.seen = p.result, p.of, p.seen()
	default:
		old.causesOver()
		return
	}
	l.order, l.logged = old.order, old.logged
	if l.interval != old.interval {
		k.status.Interval, k.status.Effective = l.interval, l.interval
	}
	k.status.SeriesLimit, k.status.Refusal.pauses = l.maxSeries, 0
	l.adopt(k)
}
