package capture

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/recording"
)

// recorded is what a collector called in a poll, in the clear.
type recorded struct {
	collector area.Collector
	options   area.Options
	probe     bool
	now       time.Time
	// peers that the collector asked for and got.
	peers  map[string]bool
	calls  []recordedCall
	result any
	err    error
}

type recordedCall struct {
	operation string
	path      map[string]string
	query     url.Values
	answer    []byte
	refused   *recording.Refusal
}

// recorder is the API as a collector sees it; it keeps what is answered.
type recorder struct {
	api apiclient.Caller

	mu    sync.Mutex
	calls []recordedCall
}

// Call implements apiclient.Caller.
func (r *recorder) Call(ctx context.Context, req apiclient.Request) ([]byte, error) {
	answer, err := r.api.Call(ctx, req)
	call := recordedCall{operation: req.Endpoint.Operation, path: maps.Clone(req.Path), query: maps.Clone(req.Query), answer: answer}
	if err != nil {
		call.answer = nil
		call.refused = &recording.Refusal{Kind: apiclient.KindOf(err)}
		if failure, ok := errors.AsType[*apiclient.Error](err); ok {
			call.refused.Status, call.refused.Code = failure.Status, failure.Code
		}
	}
	r.mu.Lock()
	r.calls = append(r.calls, call)
	r.mu.Unlock()
	return answer, err
}

// userName is how recordings show users, as the tests of the areas do.
func userName(name string) string { return "user:" + name }

// input is what a poll is given.
func input(api apiclient.Caller, options area.Options, peer func(string) area.Shared, now time.Time) area.Input {
	return area.Input{
		API: api, Options: options, UserName: userName, Peer: peer, Skips: &apiclient.Skips{}, Now: now, Log: slog.New(slog.DiscardHandler),
	}
}

// poll lets a collector poll once, for the first time.
func poll(ctx context.Context, api apiclient.Caller, c area.Collector, options area.Options, peer func(string) area.Shared) recorded {
	r := recorded{collector: c, options: options, now: time.Now().UTC(), peers: map[string]bool{}}
	calls := &recorder{api: api}
	in := input(calls, options, func(name string) area.Shared {
		shared := peer(name)
		if shared != nil {
			r.peers[name] = true
		}
		return shared
	}, r.now)
	r.result, r.err = c.Poll(ctx, in, nil)
	r.calls = calls.calls
	return r
}

// probe makes the calls that a first poll does not make, if there are any: some
// areas ask only about what comes later.
func probe(ctx context.Context, api apiclient.Caller, polled recorded) (recorded, bool) {
	called := map[string]bool{}
	for _, c := range polled.calls {
		called[c.operation] = true
	}
	missing := false
	for _, e := range polled.collector.Spec().Endpoints {
		missing = missing || !called[e.Operation]
	}
	if !missing {
		return recorded{}, false
	}
	r := recorded{collector: polled.collector, options: polled.options, probe: true, now: time.Now().UTC()}
	calls := &recorder{api: api}
	r.err = r.collector.Probe(ctx, input(calls, r.options, func(string) area.Shared { return nil }, r.now))
	r.calls = calls.calls
	fresh := false
	for _, c := range r.calls {
		fresh = fresh || !called[c.operation]
	}
	return r, fresh
}

// masked is the recording without anything personal. It is called twice, as
// the masker says.
func (r recorded) masked(m *masker) (recording.Recording, error) {
	rec := recording.Recording{Probe: r.probe, Polls: []recording.Poll{{Now: r.now, Calls: []*recording.Call{}}}}
	for _, o := range r.collector.Spec().Options {
		value, set := r.options[o.Name]
		if !set || reflect.DeepEqual(value, o.Default) {
			continue
		}
		if d, is := value.(time.Duration); is {
			value = model.Duration(d).String()
		}
		if rec.Options == nil {
			rec.Options = map[string]any{}
		}
		rec.Options[o.Name] = m.option(o.Name, value)
	}
	for _, c := range r.calls {
		call := &recording.Call{Operation: c.operation, Path: m.path(c.path), Query: m.query(c.query).Encode()}
		if c.refused != nil {
			refused := *c.refused
			refused.Code = m.text("error_code", refused.Code)
			call.Refused = &refused
		} else {
			answer, err := m.json("", c.answer)
			if err != nil {
				return rec, err
			}
			call.Answer = answer
		}
		rec.Polls[0].Calls = append(rec.Polls[0].Calls, call)
	}
	return rec, nil
}

func isDuration(s string) bool {
	_, err := time.ParseDuration(s)
	return err == nil
}
