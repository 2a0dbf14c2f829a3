// Package gateway does with a request what an API gateway does before a service
// sees it: it checks who calls, whether they may, how often and with which
// parameters. Injected faults happen here, too.
package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
)

// Projects is what a gateway knows of the projects behind it.
type Projects interface {
	// Region of a project, "" if there is none.
	Region(projectID string) string
	// Allows reports whether an access key may use a project.
	Allows(projectID, accessKey string) bool
}

// Config is explained by the simulator's Config.
type Config struct {
	Operations     []Operation
	Projects       Projects
	AccessKeys     map[string]string
	SecurityToken  string
	SkipSignatures bool
	Seed           uint64
	LimitScale     float64
	Faults         map[string]Fault
	Now            func() time.Time
}

// Gateway is an http.Handler.
type Gateway struct {
	router   Router
	projects Projects
	now      func() time.Time
	seed     uint64
	scale    float64
	verifier *verifier
	meter    *meter
	faults   *faults
	requests atomic.Uint64
}

// New makes a gateway in front of some projects.
func New(c Config) *Gateway {
	return &Gateway{
		router: NewRouter(c.Operations), projects: c.Projects, now: c.Now, seed: c.Seed, scale: c.LimitScale,
		verifier: newVerifier(c.AccessKeys, c.SecurityToken, !c.SkipSignatures),
		meter:    newMeter(),
		faults:   newFaults(c.Faults),
	}
}

// ServeHTTP answers one request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := g.now()
	id := fmt.Sprintf("%016x%016x", random.Mix(g.seed), random.Mix(g.requests.Add(1)))
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("X-Request-Id", id)

	reply := g.reply(r, now)
	if reply.Abort {
		// The server closes the connection without an answer.
		panic(http.ErrAbortHandler)
	}
	reply.Write(w, id)
}

// reply is the gateway's order of things: who calls, may they, how often, and
// only then what.
func (g *Gateway) reply(r *http.Request, now time.Time) response.Response {
	var body []byte
	if r.Body != nil { // nil if a client's request is handed over directly
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxSignedBody+1)); err != nil {
			return response.Response{Abort: true}
		}
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	operation, path := g.router.Match(r.Method, r.URL.Path)
	project := path["project_id"]
	calls := g.meter.record(g.callKey(r, project, operation), now)

	switch {
	case operation == nil:
		return response.Refuse(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
	case len(body) > maxSignedBody:
		return response.Refuse(http.StatusRequestEntityTooLarge, "APIGW.0201", "Bad request, body size over limit")
	case err != nil:
		return response.Refuse(http.StatusBadRequest, "APIGW.0201", "Bad request, query: "+err.Error())
	}
	accessKey, denied := g.verifier.check(r, values, body, now)
	if denied != nil {
		return *denied
	}
	header := r.Header.Get("X-Project-Id")
	if operation.inProject() && (header != "" && header != project || !g.projects.Allows(project, accessKey)) {
		return response.Refuse(http.StatusForbidden, "APIGW.0310", "The project is not accessible")
	}
	if limit := operation.limit(g.scale); limit > 0 && calls > limit {
		return response.Refuse(http.StatusTooManyRequests, "APIGW.0308",
			fmt.Sprintf("The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:1 minute", limit))
	}
	fault, instead := g.faults.strike(r.Context(), operation.Operation)
	if instead != nil {
		return *instead
	}
	if err := query.Check(operation.Params, values); err != nil {
		return response.BadRequest(err)
	}
	return fault.damage(response.Encode(operation.Answer(query.Request{Path: path, Query: values, Body: body, AccessKey: accessKey, Now: now})))
}

// callKey says whose budget a request takes from.
func (g *Gateway) callKey(r *http.Request, project string, operation *Operation) CallKey {
	key := CallKey{AccessKey: g.verifier.claimed(r), Region: g.projects.Region(project), Operation: "unknown"}
	if operation != nil {
		key.Operation, key.Method, key.Path, key.Limit = operation.Operation, operation.Method, operation.Path, operation.limit(g.scale)
	}
	return key
}

// SetKeys replaces the known access keys and the required security token
// ("" for none), as a rotation in IAM does. Locks are lifted.
func (g *Gateway) SetKeys(accessKeys map[string]string, securityToken string) {
	g.verifier.setKeys(accessKeys, securityToken)
}

// SetFault breaks an operation ("" every operation) until Repair. It replaces
// an earlier fault of the same operation.
func (g *Gateway) SetFault(operation string, f Fault) { g.faults.set(operation, f) }

// Repair ends the fault of an operation ("" all faults).
func (g *Gateway) Repair(operation string) { g.faults.repair(operation) }

// Calls tells for each key and API how often it was called.
func (g *Gateway) Calls() []Calls { return g.meter.calls() }
