// Package simulator is a stateful stand-in for the Workspace API: a fleet of
// desktops that lives through working days, answered over HTTP as strictly as
// the API reference describes it. It serves --demo, `simulate` and the tests.
//
// It knows nothing of the product but the endpoint catalogue, from which its
// routes and limits are made, and it checks signatures by an implementation of
// its own: what it accepts has been judged by somebody else than the sender.
package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/control"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/truth"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// DefaultDesktops is a fleet worth looking at; `--demo` starts with it.
const DefaultDesktops = 3000

// defaultProject is what a Config without projects simulates.
var defaultProject = Project{ID: "0123456789abcdef0123456789abcdef", Region: "ap-southeast-3"}

// Config says what is simulated. The zero value is a running, empty fleet that
// nobody has a key for.
type Config struct {
	// Desktops is the number of desktops in each project. 0 is an empty fleet.
	Desktops int
	// Pools is the number of pools in each project; 0 chooses one that suits
	// Desktops, a negative number means none.
	Pools int
	// Projects default to one in ap-southeast-3.
	Projects []Project
	// AccessKeys maps each known access key to its secret key. A key is an IAM
	// user: limits are counted for each of them.
	AccessKeys map[string]string
	// SecurityToken, if set, makes all keys temporary: every request must carry
	// and sign it.
	SecurityToken string
	// SkipSignatures answers anybody. Signatures are checked otherwise.
	SkipSignatures bool

	// Seed makes a fleet; the same seed and clock make the same one.
	Seed uint64
	// StartHour is the simulated time of day at the start, 0 means 8.5 (24 is
	// midnight): people are just arriving.
	StartHour float64
	// Speed accelerates the working day, 0 means 1. Times on the wire stay
	// real; sessions, breaks and nights become shorter by this factor.
	Speed float64
	// MaxRecords bounds the login records kept for each project, 0 means 50,000.
	MaxRecords int

	// LimitScale multiplies the published limits, 0 means 1.
	LimitScale float64
	// Faults to start with, by operation; "" is every operation.
	Faults map[string]Fault
	// Now is the clock, by default time.Now.
	Now func() time.Time
}

// Simulator is the API. It is an http.Handler that serves Workspace and the
// project list of IAM for all its projects, whatever the host name. All
// methods may be called at any time from any goroutine.
type Simulator struct {
	*gateway.Gateway
	now    func() time.Time
	worlds worlds
}

// New makes the fleets and lives through the night before, so that the first
// answer already has a history.
func New(config Config) *Simulator {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Speed <= 0 {
		config.Speed = 1
	}
	if config.StartHour <= 0 {
		config.StartHour = 8.5
	}
	if config.MaxRecords <= 0 {
		config.MaxRecords = 50_000
	}
	if config.LimitScale <= 0 {
		config.LimitScale = 1
	}
	if len(config.Projects) == 0 {
		config.Projects = []Project{defaultProject}
	}
	s := &Simulator{now: config.Now}
	start := config.Now()
	for _, project := range world.Named(config.Projects) {
		s.worlds = append(s.worlds, world.New(world.Config{
			Desktops: config.Desktops, Pools: config.Pools, Seed: config.Seed,
			StartHour: config.StartHour, Speed: config.Speed, MaxRecords: config.MaxRecords,
		}, project, start))
	}
	s.Gateway = gateway.New(gateway.Config{
		Operations: operations(s.worlds), Projects: s.worlds,
		AccessKeys: config.AccessKeys, SecurityToken: config.SecurityToken, SkipSignatures: config.SkipSignatures,
		Seed: config.Seed, LimitScale: config.LimitScale, Faults: config.Faults, Now: config.Now,
	})
	return s
}

// SetDesktops grows or shrinks the fleet of the named projects, of all if none
// is named. The newest desktops go first.
func (s *Simulator) SetDesktops(n int, projectIDs ...string) {
	s.each(projectIDs, func(w *world.World) { w.Resize(n) })
}

// Freeze stops the fleets: nothing changes until Thaw, so that answers can be
// compared exactly.
func (s *Simulator) Freeze() { s.each(nil, (*world.World).Freeze) }

// Thaw lets life go on where Freeze stopped it; what was about to happen
// happens that much later.
func (s *Simulator) Thaw() {
	now := s.now()
	s.each(nil, func(w *world.World) { w.Thaw(now) })
}

// AddLoginRecord adds one record to a project's login records. A zero Visible
// means at once, a zero Setup or End that this has not happened (yet).
func (s *Simulator) AddLoginRecord(projectID string, record LoginRecord) {
	s.each([]string{projectID}, func(w *world.World) { w.AddRecord(record) })
}

// StartIncident begins an incident now in the named projects, in all if none is
// named. It does nothing where the incident is already on.
func (s *Simulator) StartIncident(kind Incident, projectIDs ...string) error {
	return s.incident(kind, projectIDs, (*world.World).StartIncident)
}

// EndIncident ends an incident now. It does nothing where the incident is not on.
func (s *Simulator) EndIncident(kind Incident, projectIDs ...string) error {
	return s.incident(kind, projectIDs, (*world.World).EndIncident)
}

func (s *Simulator) incident(kind Incident, projectIDs []string, change func(*world.World, Incident)) error {
	if !slices.Contains(world.Incidents(), kind) {
		return fmt.Errorf("no incident is called %q: choose one of %v", kind, world.Incidents())
	}
	s.each(projectIDs, func(w *world.World) { change(w, kind) })
	return nil
}

// WithControl serves the API, and the control of package control below
// ControlPath to anybody without a signature.
func (s *Simulator) WithControl() http.Handler {
	return control.Handler(s, s)
}

// Incidents are those that are on in the named projects, in all if none is
// named: since when, by project and kind.
func (s *Simulator) Incidents(projectIDs ...string) map[string]map[Incident]time.Time {
	on := map[string]map[Incident]time.Time{}
	s.each(projectIDs, func(w *world.World) { on[w.Project.ID] = w.Incidents() })
	return on
}

// Truth is what is the case now, counted without the answers' code.
func (s *Simulator) Truth() Truth {
	all := Truth{Projects: map[string]ProjectTruth{}}
	s.each(nil, func(w *world.World) {
		all.At = w.Now
		all.Projects[w.Project.ID] = truth.Of(w)
	})
	return all
}

// each brings worlds up to date and holds them while f looks at them.
func (s *Simulator) each(projectIDs []string, f func(*world.World)) {
	now := s.now()
	for _, w := range s.worlds {
		if len(projectIDs) == 0 || slices.Contains(projectIDs, w.Project.ID) {
			w.View(now, func() { f(w) })
		}
	}
}
