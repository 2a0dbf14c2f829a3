package collector

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// userEvents are the counters made from user events, and what is needed to go
// on counting.
type userEvents struct {
	eventLog
	// Events are by type and result, Failures by type and error code.
	Events   labelCounts `json:"events"`
	Failures labelCounts `json:"failures"`
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

func userEventsArea() Collector {
	return Area[userEvents]{
		Name:     "user_events",
		Help:     "What users did and whether it worked, counted from the user events.",
		Interval: time.Minute,
		Calls: []Call{{
			Endpoint: apiclient.ListUserEvents, Says: "1 for each 1,000 events of the overlap",
			// Who logs in logs out again.
			Of: func(l Load) float64 {
				return pages(2*l.loginsWithin(l.Options.Duration("overlap")+l.Interval), apiclient.ListUserEvents.Page.Size)
			},
		}},
		Series:  series(14, nil),
		Options: []Option{{Name: "overlap", Default: 15 * time.Minute, Help: "How late an event may appear in the API and still be counted."}},
		Fetch:   fetchUserEvents,
		Families: []Family[userEvents]{
			{
				Name: "user_events_total",
				Help: "User events since counting began, by type and result.",
				Type: Counter, Labels: []string{"event_type", "result"},
				Map: func(e userEvents, put Put) { e.Events.put(put) },
			},
			{
				Name: "user_event_failures_total",
				Help: "Failed user events since counting began, by the service's error code; other stands for every failure without one.",
				Type: Counter, Labels: []string{"event_type", "error_code"},
				Map: func(e userEvents, put Put) { e.Failures.put(put) },
			},
		},
	}
}

// userEvent is an entry of ListUserEvents. Several events may have one trace
// id: it joins those that belong together. User and addresses only tell events
// apart; they go no further.
type userEvent struct {
	Trace      apiclient.Text `json:"event_trace_id"`
	Type       apiclient.Text `json:"event_type"`
	Time       apiclient.Time `json:"event_time"`
	Success    apiclient.Text `json:"is_success"`
	Code       apiclient.Text `json:"error_code"`
	User       apiclient.Text `json:"username"`
	ResourceID apiclient.Text `json:"resource_id"`
	Action     apiclient.Text `json:"action_type"`
	MAC        apiclient.Text `json:"client_mac"`
	IP         apiclient.Text `json:"client_ip"`
}

func (e userEvent) key() string {
	return digest(string(e.Trace), string(e.Type), e.at().Format(time.RFC3339Nano), string(e.Success), string(e.Code),
		string(e.User), string(e.ResourceID), string(e.Action), string(e.MAC), string(e.IP))
}

func (e userEvent) at() time.Time { return e.Time.Time() }

func (e userEvent) result() string {
	switch ok, sent := switched(e.Success).Value(); {
	case !sent:
		return unknownLabel
	case ok == 1:
		return eventSuccess
	default:
		return eventFailure
	}
}

// kept is how far back the API lists events; an hour is for the time that a
// poll takes.
const kept = 30*day - time.Hour

func fetchUserEvents(ctx context.Context, in Input, prev userEvents) (userEvents, error) {
	overlap := in.Options.Duration("overlap")
	from := later(prev.from(in.Now, overlap), in.Now.UTC().Add(-kept).Truncate(time.Second))
	// A clock that was set back must not turn the range round.
	to := later(in.Now.UTC().Truncate(time.Second), from).Add(time.Minute)
	events, err := apiclient.List(ctx, in.API, apiclient.Request{
		Endpoint: apiclient.ListUserEvents,
		Query:    url.Values{"start_time": {from.Format(time.RFC3339)}, "end_time": {to.Format(time.RFC3339)}},
	}, userEvent.key)
	if err != nil {
		return userEvents{}, err
	}
	for _, e := range events {
		if e.Type == "" && e.at().IsZero() {
			return userEvents{}, malformed(apiclient.ListUserEvents, "an entry of `items` has neither `event_type` nor `event_time`")
		}
	}
	next, n := prev, uint64(1)
	var fresh []userEvent
	next.eventLog, fresh = addEvents(prev.eventLog, events, in.Now, overlap)
	if prev.first() {
		// The series of what is there begin at 0.
		fresh, n = events, 0
	}
	return next.count(fresh, n), nil
}

// count adds n for each of the events.
func (e userEvents) count(events []userEvent, n uint64) userEvents {
	types := make([]string, len(events))
	for i, event := range events {
		types[i] = codeLike(string(event.Type))
	}
	boundedType := bounded(e.Events.column(0), types, maxEventTypes)
	all, pairs := make([]string, len(events)), []string{}
	var failed []int
	for i, event := range events {
		types[i] = boundedType(types[i])
		all[i] = labelKey(types[i], event.result())
		if event.result() == eventFailure {
			pairs = append(pairs, labelKey(types[i], codeLike(string(event.Code))))
			failed = append(failed, i)
		}
	}
	var admitted []string
	for pair := range e.Failures {
		admitted = append(admitted, pair)
	}
	boundedPair := bounded(admitted, pairs, maxEventFailures)
	for i, pair := range pairs {
		if boundedPair(pair) != pair {
			pairs[i] = labelKey(types[failed[i]], otherLabel)
		}
	}
	// A type that is seen has all its series: without a 0 the first failure
	// would be no increase.
	var results, others []string
	for _, t := range types {
		results = append(results, labelKey(t, eventSuccess), labelKey(t, eventFailure))
		others = append(others, labelKey(t, otherLabel))
	}
	e.Events, e.Failures = e.Events.plus(results, 0).plus(all, n), e.Failures.plus(others, 0).plus(pairs, n)
	return e
}
