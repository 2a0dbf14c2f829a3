package gateway

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
)

// Fault is something that goes wrong with calls that are otherwise in order:
// signed, allowed and within the limit. The functions of this file make the
// usual ones; members can be combined.
type Fault struct {
	// Latency delays the answer.
	Latency time.Duration
	// Hang never answers: until the client gives up or the fault ends.
	Hang bool
	// Disconnect closes the connection without an answer.
	Disconnect bool
	// Status, if not 0, replaces the answer by an error body of this status,
	// Code and Message. 200 is possible: an error object in a good answer.
	Status        int
	Code, Message string
	// RetryAfter is sent as that header with Status.
	RetryAfter string
	// Damage spoils the body.
	Damage Damage
	// Calls is the number of calls that are hit, 0 means until repaired.
	Calls int
}

// Damage is a way to spoil a body.
type Damage string

// Ways to spoil a body; the HTTP framing stays intact.
const (
	Intact Damage = ""
	// Truncated cuts the JSON text in half.
	Truncated Damage = "truncated"
	// WrongShape is valid JSON, yet an array in place of an object or the
	// other way round.
	WrongShape Damage = "wrong-shape"
	// HTML is a proxy's page, with Status or else 200.
	HTML Damage = "html"
)

// Failing answers a status with an error code of the service.
func Failing(status int, code string) Fault {
	return Fault{Status: status, Code: code, Message: "The simulated service fails"}
}

// Throttling answers 429 to everything; retryAfter is the header's value, ""
// sends none.
func Throttling(retryAfter string) Fault {
	return Fault{Status: http.StatusTooManyRequests, Code: "APIGW.0308", RetryAfter: retryAfter,
		Message: "The throttling threshold has been reached: policy user over ratelimit,limit:1,time:1 minute"}
}

// TokenExpired answers 401 as for a temporary key that has run out.
func TokenExpired() Fault {
	return Fault{Status: http.StatusUnauthorized, Code: "APIGW.0301",
		Message: "Incorrect IAM authentication information: token expired"}
}

// Forbidden answers 403 as for a missing permission. The code is invented: the
// reference leaves open which one Workspace sends.
func Forbidden() Fault {
	return Fault{Status: http.StatusForbidden, Code: "WKS.00000403", Message: "Policy does not allow this action to be performed"}
}

// Unsubscribed answers 403 as in a project where Workspace was never opened.
func Unsubscribed() Fault {
	return Fault{Status: http.StatusForbidden, Code: "WKS.00010099", Message: "The Workspace service is disabled"}
}

// faults in force.
type faults struct {
	mu     sync.Mutex
	active map[string]*activeFault
}

// activeFault is a fault, the calls it still hits, and its end.
type activeFault struct {
	Fault
	left int
	over chan struct{}
}

func newFaults(initial map[string]Fault) *faults {
	f := &faults{active: map[string]*activeFault{}}
	for operation, fault := range initial {
		f.set(operation, fault)
	}
	return f
}

func (f *faults) set(operation string, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end(operation)
	f.active[operation] = &activeFault{Fault: fault, left: fault.Calls, over: make(chan struct{})}
}

func (f *faults) repair(operation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if operation != "" {
		f.end(operation)
		return
	}
	for operation := range maps.Clone(f.active) {
		f.end(operation)
	}
}

// end releases the calls that hang in a fault. It needs the lock.
func (f *faults) end(operation string) {
	if active := f.active[operation]; active != nil {
		close(active.over)
		delete(f.active, operation)
	}
}

// hit returns the fault that strikes a call of the operation now, if any. The
// operation's own fault goes before the one of all operations.
func (f *faults) hit(operation string) *activeFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range []string{operation, ""} {
		active := f.active[name]
		if active == nil || active.Calls > 0 && active.left == 0 {
			continue
		}
		active.left--
		return active
	}
	return nil
}

// strike lets the fault of an operation happen. It returns the answer to give
// instead of the true one, or else the fault that still has to spoil it.
func (f *faults) strike(ctx context.Context, operation string) (Fault, *response.Response) {
	fault := f.hit(operation)
	if fault == nil {
		return Fault{}, nil
	}
	if fault.Latency > 0 {
		timer := time.NewTimer(fault.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return Fault{}, &response.Response{Abort: true}
		}
	}
	switch {
	case fault.Hang:
		select {
		case <-fault.over:
		case <-ctx.Done():
		}
		return Fault{}, &response.Response{Abort: true}
	case fault.Disconnect:
		return Fault{}, &response.Response{Abort: true}
	case fault.Status != 0 && fault.Damage == Intact:
		r := response.Refuse(fault.Status, fault.Code, fault.Message)
		r.RetryAfter = fault.RetryAfter
		return Fault{}, &r
	}
	return fault.Fault, nil
}

// damage spoils a good answer.
func (f Fault) damage(r response.Response) response.Response {
	if r.Problem != nil {
		return r
	}
	if f.Damage != Intact && f.Status != 0 {
		r.Status = f.Status
	}
	switch f.Damage {
	case Truncated:
		r.Body = r.Body[:len(r.Body)/2]
	case WrongShape:
		if len(r.Body) > 0 && r.Body[0] == '[' {
			r.Body = []byte(`{"unexpected":{"shape":true}}`)
		} else {
			r.Body = []byte(`[{"unexpected":"shape"}]`)
		}
	case HTML:
		r.ContentType = "text/html"
		r.Body = []byte("<html><head><title>Service</title></head><body><h1>It works</h1></body></html>\n")
	}
	return r
}
