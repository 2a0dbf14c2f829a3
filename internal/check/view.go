package check

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// operation is one API of the enabled collectors and the outcome of its call.
type operation struct {
	endpoint   apiclient.Endpoint
	collectors []string
	// requested says that a collector wanted the call; skipped then says why it
	// was not made, if it was not.
	requested bool
	skipped   string
	body      []byte
	err       error
	took      time.Duration
	// repeats counts the requests that the first answer had to serve as well.
	repeats int
	judged  bool
}

// view is the API as the collectors see it while they are checked: a project
// with one object of each kind. Each operation is called once, by the first
// collector that asks, with its parameters but for the smallest page;
// everything after that is answered from memory. So the collectors' own code
// decides what is called and with which parameters, and none has to be
// declared a second time.
type view struct {
	api        apiclient.Caller
	operations map[string]*operation
	// halted says why no more calls are made, "" while they are.
	halted func() string
	// observe is called after each call.
	observe func(err error)
}

var (
	errNotDeclared = errors.New("the operation is none of those that the enabled collectors declare")
	errNotMade     = errors.New("the call was not made")
	errEndless     = errors.New("the collector asks again and again")
)

// maxRepeats ends a collector that would page for ever through the one answer
// there is.
const maxRepeats = 1000

func keyOf(e apiclient.Endpoint) string { return e.Method + " " + e.Path }

// Call implements apiclient.Caller.
func (v *view) Call(ctx context.Context, req apiclient.Request) ([]byte, error) {
	op := v.operations[keyOf(req.Endpoint)]
	if op == nil {
		return nil, errNotDeclared
	}
	if op.requested {
		if op.repeats++; op.repeats > maxRepeats {
			return nil, errEndless
		}
		return op.body, op.err
	}
	op.requested = true
	if op.skipped = v.halted(); op.skipped != "" {
		op.err = errNotMade
		return nil, op.err
	}
	begin := time.Now()
	op.body, op.err = v.api.Call(ctx, smallest(req))
	op.took = time.Since(begin)
	if op.err == nil {
		op.body = firstOnly(req.Endpoint, op.body)
	}
	v.observe(op.err)
	return op.body, op.err
}

// probe lets a collector make its calls and returns those that it was the
// first to make.
func (v *view) probe(ctx context.Context, c area.Collector, in area.Input) []*operation {
	in.API = v
	before := map[*operation]int{}
	for _, op := range v.operations {
		before[op] = op.repeats
	}
	err := c.Probe(ctx, in)
	var fresh []*operation
	for _, e := range c.Spec().Endpoints {
		op := v.operations[keyOf(e)]
		if !op.requested || op.judged {
			continue
		}
		op.judge(err, op.repeats > before[op])
		fresh = append(fresh, op)
	}
	return fresh
}

// judge looks at a call with the eyes of the collector, which ended with err.
func (op *operation) judge(err error, repeated bool) {
	op.judged = true
	failure, isAPI := errors.AsType[*apiclient.Error](err)
	switch {
	case op.err == nil && isAPI && failure.Kind == apiclient.Malformed && failure.Operation == op.endpoint.Operation && !repeated:
		// The answer came and cannot be used. One that had to serve other
		// requests too would prove nothing.
		op.err = failure
	case op.err != nil && err == nil:
		// The collector copes with an object that is gone.
		if refused, ok := errors.AsType[*apiclient.Error](op.err); ok && !strings.HasPrefix(refused.Code, "APIG") &&
			(refused.Kind == apiclient.NotFound || refused.Kind == apiclient.Client) {
			op.err = nil
		}
	}
}

// smallest returns the request for one entry of a list.
func smallest(req apiclient.Request) apiclient.Request {
	if req.Query.Has("limit") || req.Endpoint.Page.Size > 0 {
		query := maps.Clone(req.Query)
		if query == nil {
			query = url.Values{}
		}
		query.Set("limit", "1")
		req.Query = query
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(req.Body, &body) == nil && body["limit"] != nil {
		body["limit"] = json.RawMessage("1")
		if small, err := json.Marshal(body); err == nil {
			req.Body = small
		}
	}
	return req
}

// firstOnly cuts the list in an answer to its first entry, and its total with
// it, so that nobody asks for more. Answers of another form stay as they are.
func firstOnly(e apiclient.Endpoint, body []byte) []byte {
	if e.Page.Size == 0 {
		return body
	}
	var answer map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal(body, &answer) != nil || json.Unmarshal(answer[e.Page.Items], &items) != nil || items == nil {
		return body
	}
	items = items[:min(len(items), 1)]
	first, err := json.Marshal(items)
	if err != nil {
		return body
	}
	answer[e.Page.Items] = first
	if _, hasTotal := answer[e.Page.Total]; hasTotal {
		answer[e.Page.Total] = json.RawMessage(strconv.Itoa(len(items)))
	}
	cut, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return cut
}
