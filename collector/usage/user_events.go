package usage

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// userEvents are the counters made from user events, and what is needed to go
// on counting.
type userEvents struct {
	decode.EventLog
	// Identified tells that events have a trace id: one without it is odd.
	Identified bool `json:"identified,omitempty"`
	// Events are by type and result, Failures by type and error code.
	Events   decode.LabelCounts `json:"events"`
	Failures decode.LabelCounts `json:"failures"`
}

// Results of events.
const (
	eventSuccess = "success"
	eventFailure = "failure"
)

// Bounds of label values that the API does not document.
const (
	maxEventTypes    = 50
	maxEventFailures = 200 // pairs of type and error code
)

func userEventsArea() area.Collector {
	return area.Declaration[userEvents]{
		Name:     "user_events",
		Help:     "What users did and whether it worked, counted from the user events.",
		Interval: time.Minute,
		Calls: []area.Call{{
			Endpoint: apiclient.ListUserEvents, Says: "1 for each 1,000 events of the overlap",
			// Who logs in logs out again.
			Of: func(l area.Load) float64 {
				return area.Pages(2*l.LoginsWithin(l.Options.Duration("overlap")+l.Interval), apiclient.ListUserEvents.Page.Size)
			},
		}},
		Series:  area.Series(14, nil),
		Options: []area.Option{{Name: "overlap", Default: 15 * time.Minute, Help: "How late an event may appear in the API and still be counted."}},
		Fetch:   fetchUserEvents,
		Families: []area.Family[userEvents]{
			{
				Name: "user_events_total",
				Help: "User events since counting began, by type and result.",
				Type: area.Counter, Labels: []string{"event_type", "result"},
				Map: func(e userEvents, put area.Put) { e.Events.Put(put) },
			},
			{
				Name: "user_event_failures_total",
				Help: "Failed user events since counting began, by the service's error code; other stands for every failure without one.",
				Type: area.Counter, Labels: []string{"event_type", "error_code"},
				Map: func(e userEvents, put area.Put) { e.Failures.Put(put) },
			},
		},
	}
}

// userEvent is an entry of ListUserEvents. Several events may have one trace
// id: it joins those that belong together.
type userEvent struct {
	Trace   apiclient.Text `json:"event_trace_id"`
	Type    apiclient.Text `json:"event_type"`
	Time    apiclient.Time `json:"event_time"`
	Success apiclient.Text `json:"is_success" sent:"always"`
	Code    apiclient.Text `json:"error_code"`
}

// Key implements decode.Event.
func (e userEvent) Key() string {
	return decode.Digest(strings.ToLower(string(e.Trace)), strings.ToUpper(string(e.Type)), e.At().Format(time.RFC3339))
}

// At implements decode.Event.
func (e userEvent) At() time.Time { return e.Time.Time() }

func (e userEvent) result() string {
	switch ok, sent := decode.Switch(e.Success).Value(); {
	case !sent:
		return decode.Unknown
	case ok == 1:
		return eventSuccess
	default:
		return eventFailure
	}
}

func fetchUserEvents(ctx context.Context, in area.Input, prev userEvents) (userEvents, error) {
	overlap := in.Options.Duration("overlap")
	from := decode.Later(prev.From(in.Now, overlap), in.Now.UTC().Add(-decode.Retention).Truncate(time.Second))
	// A clock that was set back must not turn the range round.
	to := decode.Later(in.Now.UTC().Truncate(time.Second), from).Add(time.Minute)
	e := apiclient.ListUserEvents
	all, err := decode.Records[userEvent](ctx, in, apiclient.Request{
		Endpoint: e,
		Query:    url.Values{"start_time": {from.Format(time.RFC3339)}, "end_time": {to.Format(time.RFC3339)}},
	})
	if err != nil {
		return userEvents{}, err
	}
	events := slices.DeleteFunc(slices.Clone(all), func(e userEvent) bool { return e.Type == "" || e.At().IsZero() })
	if err := decode.Nameless(in, e, "event_type", len(all)-len(events), len(all)); err != nil {
		return userEvents{}, err
	}
	events, identified, err := decode.Identified(in, e, "event_trace_id", events, prev.Identified, func(e userEvent) string { return string(e.Trace) })
	if err != nil {
		return userEvents{}, err
	}
	next, n := prev, uint64(1)
	next.Identified = identified
	var fresh []userEvent
	next.EventLog, fresh = decode.AddEvents(prev.EventLog, events, in.Now, overlap)
	if prev.First() {
		// The series of what is there begin at 0.
		fresh, n = events, 0
	}
	return next.count(fresh, n), nil
}

// count adds n for each of the events.
func (e userEvents) count(events []userEvent, n uint64) userEvents {
	types := make([]string, len(events))
	for i, event := range events {
		types[i] = decode.CodeLabel(strings.ToUpper(string(event.Type)))
	}
	boundedType := decode.Bounded(e.Events.Column(0), types, maxEventTypes)
	all, pairs := make([]string, len(events)), []string{}
	var failed []int
	for i, event := range events {
		types[i] = boundedType(types[i])
		all[i] = decode.LabelKey(types[i], event.result())
		if event.result() == eventFailure {
			pairs = append(pairs, decode.LabelKey(types[i], decode.ErrorLabel(string(event.Code))))
			failed = append(failed, i)
		}
	}
	var admitted []string
	for pair := range e.Failures {
		admitted = append(admitted, pair)
	}
	boundedPair := decode.Bounded(admitted, pairs, maxEventFailures)
	for i, pair := range pairs {
		if boundedPair(pair) != pair {
			pairs[i] = decode.LabelKey(types[failed[i]], decode.Other)
		}
	}
	// A type that is seen has all its series: without a 0 the first failure
	// would be no increase.
	var results, others []string
	for _, t := range types {
		results = append(results, decode.LabelKey(t, eventSuccess), decode.LabelKey(t, eventFailure))
		others = append(others, decode.LabelKey(t, decode.Other))
	}
	e.Events, e.Failures = e.Events.Plus(results, 0).Plus(all, n), e.Failures.Plus(others, 0).Plus(pairs, n)
	return e
}
