package drift

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

const (
	// interval is how often an answer of an operation of a project is compared.
	interval = time.Hour
	// patience is how long a certain answer is waited for: of a list of many
	// pages another one is taken each time.
	patience = 10 * time.Minute
	pages    = 4
	// enough comparisons have shown every member that comes at all.
	enough = 3
	// memory is how long a difference is told of after it was seen last. It
	// covers operations that are called once a day.
	memory = 26 * time.Hour
	// maxPlaces of one operation are kept: more tell nothing more.
	maxPlaces = 50
)

// Place is where an operation's answers differ.
type Place struct {
	Operation string
	Difference
	// First and Last are when it was seen.
	First, Last time.Time
}

// Monitor compares answers of all projects now and then. It is an
// apiclient.AnswerObserver and safe for concurrent use.
type Monitor struct {
	model *Model
	// every makes it compare each answer.
	every bool

	mu       sync.Mutex
	projects map[Project]map[string]*record // by operation
}

// Project names a project of the configuration.
type Project struct{ Account, Region, Name string }

// record is what is known of an operation of a project.
type record struct {
	due     time.Time // of the next comparison
	skipped int       // answers since then
	samples int       // comparisons so far

	places map[Difference]*Place
	// absences counts the comparisons in which a member that is read did not
	// come; one that came once is present for good.
	absences map[string]int
	present  map[string]bool
}

// NewMonitor returns a Monitor that compares one answer of each operation and
// project an hour.
func NewMonitor(model *Model) *Monitor {
	return &Monitor{model: model, projects: map[Project]map[string]*record{}}
}

// NewFullMonitor returns one that compares every answer.
func NewFullMonitor(model *Model) *Monitor {
	m := NewMonitor(model)
	m.every = true
	return m
}

// ObserveAnswer implements apiclient.AnswerObserver. It compares in the
// caller's goroutine: a page of 500 desktops takes some milliseconds, once an
// hour.
func (m *Monitor) ObserveAnswer(a apiclient.Answer) {
	project := Project{a.Account, a.Region, a.Project}
	now := time.Now()
	if !m.due(project, a.Endpoint.Operation, now) {
		return
	}
	compared := m.model.Compare(Answer{Endpoint: a.Endpoint, Query: a.Query, Body: a.Body})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.record(project, a.Endpoint.Operation).add(a.Endpoint.Operation, compared, now)
}

// due decides whether an answer is compared, and when the next one is.
func (m *Monitor) due(project Project, operation string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.record(project, operation)
	if m.every {
		return true
	}
	if now.Before(r.due) {
		return false
	}
	if r.skipped < r.samples%pages && now.Before(r.due.Add(patience)) {
		r.skipped++
		return false
	}
	r.due, r.skipped = now.Add(interval), 0
	r.samples++
	return true
}

func (m *Monitor) record(project Project, operation string) *record {
	if m.projects[project] == nil {
		m.projects[project] = map[string]*record{}
	}
	r := m.projects[project][operation]
	if r == nil {
		r = &record{places: map[Difference]*Place{}, absences: map[string]int{}, present: map[string]bool{}}
		m.projects[project][operation] = r
	}
	return r
}

// add notes the outcome of a comparison.
func (r *record) add(operation string, c Comparison, now time.Time) {
	for _, d := range c.Differences {
		r.see(operation, d, now)
	}
	for _, place := range c.Present {
		r.present[place] = true
		delete(r.absences, place)
		if p := r.places[Difference{place, MissingMember}]; p != nil {
			delete(r.places, p.Difference)
		}
	}
	for _, place := range c.Absent {
		if r.present[place] {
			continue
		}
		if r.absences[place]++; r.absences[place] >= enough {
			r.see(operation, Difference{place, MissingMember}, now)
		}
	}
	for d, p := range r.places {
		if now.Sub(p.Last) > memory {
			delete(r.places, d)
		}
	}
}

func (r *record) see(operation string, d Difference, now time.Time) {
	p := r.places[d]
	if p == nil {
		if len(r.places) >= maxPlaces {
			return
		}
		p = &Place{Operation: operation, Difference: d, First: now}
		r.places[d] = p
	}
	p.Last = now
}

// Places returns where the answers of a project differ, by operation and
// place.
func (m *Monitor) Places(project Project) []Place {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Place
	for _, r := range m.projects[project] {
		for _, p := range r.places {
			all = append(all, *p)
		}
	}
	slices.SortFunc(all, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// Compared returns of how many operations of a project an answer was compared.
func (m *Monitor) Compared(project Project) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.projects[project])
}

// Retain forgets all other projects.
func (m *Monitor) Retain(projects []Project) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for project := range m.projects {
		if !slices.Contains(projects, project) {
			delete(m.projects, project)
		}
	}
}
