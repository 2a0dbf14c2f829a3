package apiclient

import (
	"context"
	"net/url"
)

// Request is one call of an endpoint, before paging, pacing and signing.
type Request struct {
	Endpoint Endpoint
	// Path fills the braces of the path template except {project_id}.
	Path  map[string]string
	Query url.Values
	// Body is the JSON body of the few reads that are POST.
	Body []byte
}

// Caller makes one call and returns the whole body of a successful answer.
// Failures are or wrap an *Error. Collectors see the API through it alone.
type Caller interface {
	Call(ctx context.Context, req Request) ([]byte, error)
}
