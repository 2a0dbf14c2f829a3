package notifier

import (
	"slices"
	"sync"
	"time"
)

// queue holds the alerts that wait for one Alertmanager, each in its newest
// form only: after an outage Alertmanager learns how things are, not how they
// were.
type queue struct {
	// ready has a token when something was pushed.
	ready chan struct{}

	mu       sync.Mutex
	capacity int
	order    []string // keys, the oldest first
	waiting  map[string]alert
	dropped  uint64
}

func newQueue() *queue {
	return &queue{ready: make(chan struct{}, 1), waiting: map[string]alert{}}
}

// push adds alerts; the oldest are dropped when there are too many. It
// returns how many were.
func (q *queue) push(alerts []alert) int {
	q.mu.Lock()
	for _, a := range alerts {
		if _, again := q.waiting[a.key]; !again {
			q.order = append(q.order, a.key)
		}
		q.waiting[a.key] = a
	}
	dropped := q.trim()
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default: // there is a token
	}
	return dropped
}

// take removes the oldest alerts, up to most. Those that Alertmanager would
// have forgotten meanwhile are dropped: sent now, they would look resolved.
func (q *queue) take(most int, now time.Time) []alert {
	q.mu.Lock()
	defer q.mu.Unlock()
	var batch []alert
	taken := 0
	for ; taken < len(q.order) && len(batch) < most; taken++ {
		a := q.waiting[q.order[taken]]
		delete(q.waiting, a.key)
		if !a.resolved && !now.Before(a.EndsAt) {
			q.dropped++
			continue
		}
		batch = append(batch, a)
	}
	q.order = slices.Delete(q.order, 0, taken)
	return batch
}

// requeue returns alerts that could not be sent, unless there are newer ones.
func (q *queue) requeue(batch []alert) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var keys []string
	for _, a := range batch {
		if _, newer := q.waiting[a.key]; !newer {
			q.waiting[a.key] = a
			keys = append(keys, a.key)
		}
	}
	q.order = slices.Concat(keys, q.order)
	q.trim()
}

func (q *queue) resize(capacity int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.capacity = capacity
	q.trim()
}

// trim drops the oldest alerts beyond the capacity.
func (q *queue) trim() int {
	excess := len(q.order) - q.capacity
	if excess <= 0 {
		return 0
	}
	for _, k := range q.order[:excess] {
		delete(q.waiting, k)
	}
	q.order = slices.Delete(q.order, 0, excess)
	q.dropped += uint64(excess)
	return excess
}

// addDropped counts alerts that the sender gave up.
func (q *queue) addDropped(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dropped += uint64(n) //nolint:gosec // the length of a slice
}

// stats are the length, the capacity and how many were dropped.
func (q *queue) stats() (length, capacity int, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.order), q.capacity, q.dropped
}
