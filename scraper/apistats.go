package scraper

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// requestBuckets are the upper bounds, in seconds, for the duration of a call.
var requestBuckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// APIStats counts the requests on the wire of all projects. It is the
// Observer of every account.
type APIStats struct {
	mu    sync.Mutex
	calls map[callKey]*callStats
}

type callKey struct{ account, region, project, operation string }

type callStats struct {
	codes    map[string]uint64
	duration area.Histogram
}

// NewAPIStats returns empty statistics.
func NewAPIStats() *APIStats {
	return &APIStats{calls: map[callKey]*callStats{}}
}

// Observe implements apiclient.Observer.
func (s *APIStats) Observe(o apiclient.Observation) {
	key := callKey{o.Account, o.Region, o.Project, o.Operation}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calls[key]
	if c == nil {
		c = &callStats{codes: map[string]uint64{}, duration: area.NewHistogram(requestBuckets)}
		s.calls[key] = c
	}
	c.codes[o.Code]++
	c.duration = c.duration.With(o.Duration.Seconds())
}

// operationStats are the calls of one operation for one project.
type operationStats struct {
	operation string
	codes     map[string]uint64
	duration  area.Histogram
}

// of returns the statistics of one target, by operation.
func (s *APIStats) of(t *Target) []operationStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []operationStats
	for key, c := range s.calls {
		if key.account == t.Account && key.region == t.Region && key.project == t.Project {
			all = append(all, operationStats{key.operation, maps.Clone(c.codes), c.duration})
		}
	}
	slices.SortFunc(all, func(a, b operationStats) int { return cmp.Compare(a.operation, b.operation) })
	return all
}

// retain forgets the calls of all other targets.
func (s *APIStats) retain(targets []Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.calls, func(key callKey, _ *callStats) bool {
		return !slices.ContainsFunc(targets, func(t Target) bool {
			return key.account == t.Account && key.region == t.Region && key.project == t.Project
		})
	})
}
