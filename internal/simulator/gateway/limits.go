package gateway

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// limitWindow is the length of the sliding window in which calls are limited.
// The documented text says "time:1 minute" and leaves open whether the window
// slides; who keeps to a sliding one keeps to both.
const limitWindow = time.Minute

// CallKey is one caller's budget of one API.
type CallKey struct {
	// AccessKey of the caller, "unknown" if it is not a known one.
	AccessKey string
	// Region of the project, "" if the request names no known project.
	Region string
	// Operation, Method and Path (template) of the API; Operation is "unknown"
	// if there is no such API.
	Operation, Method, Path string
	// Limit of calls in any 60 s as enforced, 0 for none.
	Limit int
}

// Calls is what one caller did with one API. All requests count, refused ones
// too.
type Calls struct {
	CallKey
	// Busiest is the largest number of calls in any sliding 60 s so far.
	Busiest int
	// Last60s is the number of calls in the 60 s up to the newest call.
	Last60s int
	// Total number of calls.
	Total int
}

// meter counts calls. Memory is bounded by the calls of 60 s.
type meter struct {
	mu   sync.Mutex
	keys map[CallKey]*window
}

// window is the calls of the last 60 s, oldest first.
type window struct {
	times          []time.Time
	busiest, total int
}

func newMeter() *meter { return &meter{keys: map[CallKey]*window{}} }

// record counts a call and returns the number of calls in the 60 s that end
// with it, itself included.
func (m *meter) record(key CallKey, at time.Time) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.keys[key]
	if w == nil {
		w = &window{}
		m.keys[key] = w
	}
	old := 0
	for old < len(w.times) && at.Sub(w.times[old]) >= limitWindow {
		old++
	}
	w.times = append(slices.Delete(w.times, 0, old), at)
	w.total++
	w.busiest = max(w.busiest, len(w.times))
	return len(w.times)
}

// calls lists what was counted, in a fixed order.
func (m *meter) calls() []Calls {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Calls, 0, len(m.keys))
	for key, w := range m.keys {
		all = append(all, Calls{CallKey: key, Busiest: w.busiest, Last60s: len(w.times), Total: w.total})
	}
	slices.SortFunc(all, func(a, b Calls) int {
		return cmp.Or(cmp.Compare(a.AccessKey, b.AccessKey), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Path, b.Path))
	})
	return all
}
