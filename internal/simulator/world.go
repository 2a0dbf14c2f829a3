package simulator

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// world is the life of one project. It advances lazily, when somebody looks:
// things happen one after another, each at its own simulated time, so that
// the state at a given time does not depend on when or how often anybody
// looked before. All methods need the lock.
type world struct {
	// Fixed.
	project    Project
	domain     string // account id
	seed       uint64
	maxRecords int
	born       time.Time
	products   []*product
	images     []*image
	sites      []*site
	pools      []*pool

	mu    sync.Mutex
	clock clock
	now   time.Time // real time up to which all has happened
	// frozen is the real time of Freeze, zero while life goes on.
	frozen time.Time
	rand   *rand.Rand
	// desktops by index; events has one entry for each of them and one for the
	// alarms.
	desktops []desktop
	events   events
	alarms   alarms
	records  records
	// incidents that are on.
	incidents incidents
	// seen marks the users who have ever logged on.
	seen []bool
	// aggregated is the end of the newest day whose use has been added up.
	aggregated time.Time
}

func newWorld(config Config, project Project, start time.Time) *world {
	w := &world{
		project:    project,
		seed:       mix(config.Seed) ^ hash(project.ID),
		maxRecords: config.MaxRecords,
		born:       start.UTC().Truncate(time.Second),
		products:   catalogueOfProducts(),
		images:     catalogueOfImages(),
		sites:      sitesOf(project.Region),
		clock:      newClock(start, config.StartHour, config.Speed),
		alarms:     newAlarms(),
		records:    newRecords(),
		incidents:  incidents{},
	}
	w.domain = (&world{seed: config.Seed}).hex("account "+strings.Join(project.AccessKeys, " "), 0)
	w.rand = w.draw("life", 0)
	// The night before the last one is where life begins.
	w.now = w.clock.real(morning)
	w.aggregated = lastAggregated(w.now)
	n := config.Pools
	if n == 0 {
		n = min(4+config.Desktops/250, 60)
	}
	w.makePools(max(n, 0))
	w.events = events{{at: morning, actor: alarmActor}}
	w.resize(config.Desktops)
	w.advance(start)
	return w
}

// allows tells whether a key may use the project; header is X-Project-Id, ""
// if it was not sent.
func (w *world) allows(accessKey, header string) bool {
	if w == nil || header != "" && header != w.project.ID {
		return false
	}
	return among(w.project.AccessKeys, accessKey)
}

// advance lets happen what is due.
func (w *world) advance(now time.Time) {
	if !w.frozen.IsZero() {
		now = w.frozen
	}
	if !now.After(w.now) {
		return
	}
	for until := w.clock.simulated(now); w.events[0].at <= until; heap.Fix(&w.events, 0) {
		due := &w.events[0]
		w.aggregate(w.clock.real(due.at))
		if due.actor == alarmActor {
			due.at = w.stepAlarms(due.at)
			continue
		}
		d := &w.desktops[due.actor]
		w.step(d, due.at)
		due.at = d.next
	}
	w.aggregate(now)
	w.now = now
}

// freeze stops everything at the present.
func (w *world) freeze() {
	if w.frozen.IsZero() {
		w.frozen = w.now
	}
}

// thaw moves what has not happened yet by the time that was stood still.
func (w *world) thaw(now time.Time) {
	if w.frozen.IsZero() {
		return
	}
	stood := now.Sub(w.frozen)
	w.clock.origin = w.clock.origin.Add(stood)
	w.records.postpone(w.frozen, stood)
	w.frozen = time.Time{}
}

// resize grows or shrinks the fleet.
func (w *world) resize(n int) {
	n = max(n, 0)
	at := w.clock.simulated(w.now)
	for i := n; i < len(w.desktops); i++ {
		w.endSession(&w.desktops[i], at)
	}
	if n < len(w.desktops) {
		w.alarms.forget(w.desktops[n:])
		w.desktops = slices.Delete(w.desktops, n, len(w.desktops))
		w.events = slices.DeleteFunc(w.events, func(e event) bool { return e.actor >= n })
	}
	first := len(w.desktops)
	w.desktops = slices.Grow(w.desktops, n-first)
	for i := first; i < n; i++ {
		w.desktops = append(w.desktops, *w.newDesktop(i))
	}
	w.indexPools()
	w.seen = append(w.seen, make([]bool, max(n-len(w.seen), 0))...)
	for i := first; i < n; i++ {
		w.settle(&w.desktops[i], at)
		w.events = append(w.events, event{at: w.desktops[i].next, actor: i})
	}
	heap.Init(&w.events)
}

// chance is true with probability p.
func (w *world) chance(p float64) bool { return w.rand.Float64() < p }

// between draws a time from low to high.
func (w *world) between(low, high time.Duration) time.Duration {
	return low + time.Duration(w.rand.Int64N(int64(high-low)))
}

// alarmActor is the actor that raises and clears alarms; the others are the
// desktops, by index.
const alarmActor = -1

// event is the next thing that happens to an actor.
type event struct {
	at    time.Duration // simulated
	actor int
}

// events is a heap, the earliest first. Ties are broken by actor: the order of
// all that happens is fixed.
type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].actor < e[j].actor
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push and Pop complete heap.Interface; the number of actors changes only in
// resize.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop removes the last element.
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
