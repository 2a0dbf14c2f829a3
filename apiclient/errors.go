package apiclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind tells failures apart by what can be done about them.
type Kind string

// The kinds of failure. The zero Kind is a failure outside this package.
const (
	Network      Kind = "network"      // no connection, or it broke
	Timeout      Kind = "timeout"      // no complete answer in time
	Throttled    Kind = "throttled"    // HTTP 429: over the limit of the API
	Unauthorized Kind = "unauthorized" // HTTP 401, or no credentials at hand
	Forbidden    Kind = "forbidden"    // HTTP 403: a permission is missing
	Unsubscribed Kind = "unsubscribed" // the project does not use Workspace
	NotFound     Kind = "not_found"    // no such API here, or no such object
	Client       Kind = "client"       // the request itself was refused
	Server       Kind = "server"       // HTTP 5xx
	Malformed    Kind = "malformed"    // the answer cannot be understood
	Paused       Kind = "paused"       // not sent: the account is paused after a 401
	Canceled     Kind = "canceled"     // the caller gave up, as on shutdown
)

// Error is a failed call. It never holds credentials or query values.
type Error struct {
	// Operation is the endpoint's name.
	Operation string
	// Kind says what can be done about it.
	Kind Kind
	// Status is the HTTP status, 0 without an answer.
	Status int
	// Message says in our words what is wrong, "" if the rest does.
	Message string
	// Code and RequestID are what the answer said, "" if nothing.
	Code, RequestID string
	// Said is what the answer said in words of its own, bounded and without
	// addresses. It may still name somebody, and Error leaves it out.
	Said string
	// Action is the IAM action the endpoint needs, "" if unconfirmed.
	Action string
	// RetryAt is when the account or the API accepts calls again; set for
	// Paused and Throttled.
	RetryAt time.Time
	// Err is the cause below HTTP, if any.
	Err error
}

// Error says what happened and, where somebody can act, what to do. Nothing in
// it is in words of the answer.
func (e *Error) Error() string { return e.text(e.Fact()) }

// Detail is Error with what the answer said.
func (e *Error) Detail() string { return e.text(e.FullFact()) }

func (e *Error) text(fact string) string {
	var b strings.Builder
	b.WriteString(e.Operation)
	b.WriteString(": ")
	b.WriteString(fact)
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request id %s)", e.RequestID)
	}
	if advice := e.Advice(); advice != "" {
		b.WriteString(": ")
		b.WriteString(advice)
	}
	return b.String()
}

// Unwrap returns the cause below HTTP.
func (e *Error) Unwrap() error { return e.Err }

// Fact says what happened.
func (e *Error) Fact() string { return e.fact("") }

// FullFact is Fact with what the answer said.
func (e *Error) FullFact() string { return e.fact(e.Said) }

func (e *Error) fact(said string) string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, e.Code)))
	}
	message := e.Message
	if e.Kind == Malformed {
		message = withoutValue(message)
	}
	for _, text := range []string{message, said} {
		if text != "" {
			parts = append(parts, strings.TrimRight(text, ". "))
		}
	}
	if len(parts) == 1 && e.Status != 0 && e.Err == nil {
		parts = append(parts, cmp.Or(http.StatusText(e.Status), "no further text"))
	}
	if e.Err != nil && !errors.Is(e.Err, context.Canceled) && !errors.Is(e.Err, context.DeadlineExceeded) {
		parts = append(parts, withoutValue(cleanText(e.Err.Error())))
	}
	return strings.Join(parts, ": ")
}

// Advice says what can be done about it, "" if nothing is known.
func (e *Error) Advice() string {
	switch e.Kind {
	case Network:
		return "check endpoint, proxy and firewall"
	case Throttled:
		return "calls are slowed down; if other programs use this key, lower budget.share"
	case Timeout:
		return "check the network, or whether the API is slow"
	case Server:
		return "the service is in trouble: calls go on"
	case Malformed:
		return "if this lasts, check whether endpoint and proxy lead to the API, and whether it has changed"
	case Unauthorized, Paused:
		return "check access key, secret key, security token and the clock of this machine"
	case Forbidden:
		return e.forbiddenAdvice()
	case Unsubscribed:
		return "Workspace is not in use in this project: subscribe to it or remove the project from the configuration"
	case NotFound:
		if gatewayCode(e.Code) == "0101" {
			return "this API is not published in this region: check region and endpoint, or disable the collector"
		}
		return "check endpoint and project_id"
	default:
		return ""
	}
}

func (e *Error) forbiddenAdvice() string {
	switch gatewayCode(e.Code) {
	case "0401", "0402":
		return "access control refuses this source address or account: ask your administrator to allow it"
	case "0310":
		return "the key has no access to this project: check project_id"
	}
	if e.Action == "" {
		return "ask your administrator to allow this read operation"
	}
	return "ask your administrator to allow " + e.Action
}

// KindOf returns the kind of a failed call, "" if err is nil or not from an
// API call.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	default:
		return ""
	}
}
