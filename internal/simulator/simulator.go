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
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
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

// Project is one simulated project.
type Project struct {
	// ID as it stands in paths.
	ID string
	// Region id. Limits are counted for each region separately.
	Region string
	// Name in IAM. The default is the region id, as IAM names the default
	// project; further projects of a region that share a key with it get a
	// numbered suffix.
	Name string
	// AccessKeys that may use the project; empty means all.
	AccessKeys []string
}

// Simulator is the API. It is an http.Handler that serves Workspace and the
// project list of IAM for all its projects, whatever the host name. All
// methods may be called at any time from any goroutine.
type Simulator struct {
	routes   []route
	now      func() time.Time
	seed     uint64
	scale    float64
	worlds   []*world
	verifier *verifier
	meter    *meter
	faults   *faults
	requests atomic.Uint64
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
	s := &Simulator{
		routes:   routes(),
		now:      config.Now,
		seed:     config.Seed,
		scale:    config.LimitScale,
		verifier: newVerifier(config.AccessKeys, config.SecurityToken, !config.SkipSignatures),
		meter:    newMeter(),
		faults:   newFaults(config.Faults),
	}
	start := config.Now()
	for _, project := range named(config.Projects) {
		s.worlds = append(s.worlds, newWorld(config, project, start))
	}
	return s
}

// named gives every project its IAM name.
func named(projects []Project) []Project {
	named := slices.Clone(projects)
	for i := range named {
		p := &named[i]
		if p.Name != "" {
			continue
		}
		p.Name = p.Region
		n := 1
		for _, earlier := range named[:i] {
			if earlier.Region == p.Region && sharesKey(earlier, *p) {
				n++
				p.Name = fmt.Sprintf("%s_%d", p.Region, n)
			}
		}
	}
	return named
}

// sharesKey tells whether somebody may use both projects.
func sharesKey(a, b Project) bool {
	return len(a.AccessKeys) == 0 || len(b.AccessKeys) == 0 ||
		slices.ContainsFunc(a.AccessKeys, func(key string) bool { return slices.Contains(b.AccessKeys, key) })
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.now()
	id := fmt.Sprintf("%016x%016x", mix(s.seed), mix(s.requests.Add(1)))
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("X-Request-Id", id)

	reply := s.reply(r, now)
	if reply.abort {
		// The server closes the connection without an answer.
		panic(http.ErrAbortHandler)
	}
	reply.write(w, id)
}

// reply is the gateway's order of things: who calls, may they, how often, and
// only then what.
func (s *Simulator) reply(r *http.Request, now time.Time) response {
	var body []byte
	if r.Body != nil { // nil if a client's request is handed over directly
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxSignedBody+1)); err != nil {
			return response{abort: true}
		}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	route, path := match(s.routes, r.Method, r.URL.Path)
	world := s.world(path["project_id"])
	calls := s.meter.record(s.callKey(r, world, route), now)

	switch {
	case route == nil:
		return refuse(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
	case len(body) > maxSignedBody:
		return refuse(http.StatusRequestEntityTooLarge, "APIGW.0201", "Bad request, body size over limit")
	case err != nil:
		return refuse(http.StatusBadRequest, "APIGW.0201", "Bad request, query: "+err.Error())
	}
	accessKey, denied := s.verifier.check(r, query, body, now)
	if denied != nil {
		return *denied
	}
	if route.inProject() && !world.allows(accessKey, r.Header.Get("X-Project-Id")) {
		return refuse(http.StatusForbidden, "APIGW.0310", "The project is not accessible")
	}
	if limit := route.limit(s.scale); limit > 0 && calls > limit {
		return refuse(http.StatusTooManyRequests, "APIGW.0308",
			fmt.Sprintf("The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:1 minute", limit))
	}
	fault, instead := s.faults.strike(r.Context(), route.Operation)
	if instead != nil {
		return *instead
	}
	req := request{path: path, query: query, body: body, accessKey: accessKey, now: now}
	if err := check(route.answer.params, query); err != nil {
		return badRequest(err)
	}
	return fault.damage(encode(route.answer.make(s, world, req)))
}

// world of a project id, nil if there is none.
func (s *Simulator) world(projectID string) *world {
	for _, w := range s.worlds {
		if w.project.ID == projectID {
			return w
		}
	}
	return nil
}

// callKey says whose budget a request takes from.
func (s *Simulator) callKey(r *http.Request, w *world, route *route) CallKey {
	key := CallKey{AccessKey: s.verifier.claimed(r), Operation: "unknown"}
	if w != nil {
		key.Region = w.project.Region
	}
	if route != nil {
		key.Operation, key.Method, key.Path, key.Limit = route.Operation, route.Method, route.Path, route.limit(s.scale)
	}
	return key
}

// SetKeys replaces the known access keys and the required security token
// ("" for none), as a rotation in IAM does. Locks are lifted.
func (s *Simulator) SetKeys(accessKeys map[string]string, securityToken string) {
	s.verifier.setKeys(accessKeys, securityToken)
}

// SetFault breaks an operation ("" every operation) until Repair. It replaces
// an earlier fault of the same operation.
func (s *Simulator) SetFault(operation string, f Fault) { s.faults.set(operation, f) }

// Repair ends the fault of an operation ("" all faults).
func (s *Simulator) Repair(operation string) { s.faults.repair(operation) }

// Calls tells for each key and API how often it was called.
func (s *Simulator) Calls() []Calls { return s.meter.calls() }

// SetDesktops grows or shrinks the fleet of the named projects, of all if none
// is named. The newest desktops go first.
func (s *Simulator) SetDesktops(n int, projectIDs ...string) {
	s.each(projectIDs, func(w *world) { w.resize(n) })
}

// Freeze stops the fleets: nothing changes until Thaw, so that answers can be
// compared exactly.
func (s *Simulator) Freeze() { s.each(nil, (*world).freeze) }

// Thaw lets life go on where Freeze stopped it; what was about to happen
// happens that much later.
func (s *Simulator) Thaw() {
	now := s.now()
	s.each(nil, func(w *world) { w.thaw(now) })
}

// AddLoginRecord adds one record to a project's login records. A zero Visible
// means at once, a zero Setup or End that this has not happened (yet).
func (s *Simulator) AddLoginRecord(projectID string, record LoginRecord) {
	s.each([]string{projectID}, func(w *world) { w.addRecord(record) })
}

// Truth is what is the case now, counted without the answers' code.
func (s *Simulator) Truth() Truth {
	truth := Truth{Projects: map[string]ProjectTruth{}}
	s.each(nil, func(w *world) {
		truth.At = w.now
		truth.Projects[w.project.ID] = w.truth()
	})
	return truth
}

// each brings worlds up to date and holds them while f looks at them.
func (s *Simulator) each(projectIDs []string, f func(*world)) {
	now := s.now()
	for _, w := range s.worlds {
		if len(projectIDs) > 0 && !slices.Contains(projectIDs, w.project.ID) {
			continue
		}
		w.mu.Lock()
		w.advance(now)
		f(w)
		w.mu.Unlock()
	}
}
