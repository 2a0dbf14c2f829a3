// Package world is the life of the simulated projects: their desktops, users and
// alarms, and what happens to them in a day. It knows neither HTTP nor JSON.
package world

import (
	"container/heap"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// World is the life of one project. It advances lazily, when somebody looks:
// things happen one after another, each at its own simulated time, so that
// the state at a given time does not depend on when or how often anybody
// looked before. All methods but View need the lock, which View takes.
type World struct {
	// Fixed.
	Project    Project
	Domain     string // account id
	seed       uint64
	maxRecords int
	Started    time.Time
	Products   []*Product
	Images     []*Image
	Sites      []*Site
	Pools      []*Pool

	mu    sync.Mutex
	clock clock
	Now   time.Time // real time up to which all has happened
	// frozen is the real time of Freeze, zero while life goes on.
	frozen time.Time
	rand   *rand.Rand
	// Desktops by index; events has one entry for each of them and one for the
	// alarms.
	Desktops []Desktop
	events   events
	Alarms   Alarms
	Records  Records
	// incidents that are on.
	incidents incidents
	// loggedOn marks the users who have ever logged on.
	loggedOn []bool
	// Aggregated is the end of the newest day whose use has been added up.
	Aggregated time.Time
}

// Config of a world; the simulator's Config explains them.
type Config struct {
	Desktops, Pools  int
	Seed             uint64
	StartHour, Speed float64
	MaxRecords       int
}

// New makes a project and lets it live until start.
func New(config Config, project Project, start time.Time) *World {
	w := &World{
		Project:    project,
		seed:       random.Mix(config.Seed) ^ random.Hash(project.ID),
		maxRecords: config.MaxRecords,
		Started:    start.UTC().Truncate(time.Second),
		Products:   catalogueOfProducts(),
		Images:     catalogueOfImages(),
		Sites:      sitesOf(project.Region),
		clock:      newClock(start, config.StartHour, config.Speed),
		Alarms:     newAlarms(),
		Records:    newRecords(),
		incidents:  incidents{},
	}
	w.Domain = random.Hex(config.Seed, "account "+strings.Join(project.AccessKeys, " "), 0)
	w.rand = w.source("life", 0)
	// The night before the last one is where life begins.
	w.Now = w.clock.real(morning)
	w.Aggregated = lastAggregated(w.Now)
	n := config.Pools
	if n == 0 {
		n = min(4+config.Desktops/250, 60)
	}
	w.makePools(max(n, 0))
	w.events = events{{at: morning, actor: alarmActor}}
	w.Resize(config.Desktops)
	w.advance(start)
	return w
}

// View brings the world to a time and holds it still during look.
func (w *World) View(now time.Time, look func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.advance(now)
	look()
}

// DesktopsWhere lists the desktops that pass a filter, in ascending order.
func (w *World) DesktopsWhere(in func(*Desktop) bool) []*Desktop {
	var found []*Desktop
	for i := range w.Desktops {
		if in(&w.Desktops[i]) {
			found = append(found, &w.Desktops[i])
		}
	}
	return found
}

// advance lets happen what is due.
func (w *World) advance(now time.Time) {
	if !w.frozen.IsZero() {
		now = w.frozen
	}
	if !now.After(w.Now) {
		return
	}
	for until := w.clock.simulated(now); w.events[0].at <= until; heap.Fix(&w.events, 0) {
		due := &w.events[0]
		w.aggregate(w.clock.real(due.at))
		if due.actor == alarmActor {
			due.at = w.stepAlarms(due.at)
			continue
		}
		d := &w.Desktops[due.actor]
		w.step(d, due.at)
		due.at = d.next
	}
	w.aggregate(now)
	w.Now = now
}

// Freeze stops everything at the present.
func (w *World) Freeze() {
	if w.frozen.IsZero() {
		w.frozen = w.Now
	}
}

// Thaw moves what has not happened yet by the length of the pause.
func (w *World) Thaw(now time.Time) {
	if w.frozen.IsZero() {
		return
	}
	paused := now.Sub(w.frozen)
	w.clock.origin = w.clock.origin.Add(paused)
	w.Records.postpone(w.frozen, paused)
	w.frozen = time.Time{}
}
