package collector

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// totalOf returns how many records a list holds for a filter. One row is
// asked for: only the total is of interest.
func totalOf(ctx context.Context, in Input, req apiclient.Request) (apiclient.Number, error) {
	e := req.Endpoint
	query := maps.Clone(req.Query)
	if query == nil {
		query = url.Values{}
	}
	query.Set("limit", "1")
	query.Set("offset", "0")
	req.Query = query
	answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, req)
	if err != nil {
		return apiclient.Number{}, err
	}
	total, present := answer[e.Page.Total]
	if !present {
		return apiclient.Number{}, malformed(e, "answer has no member `%s`", e.Page.Total)
	}
	return decodeNumber(e, e.Page.Total, total)
}

// countEach counts the records of a list by a query parameter, one call for
// each of its values.
func countEach(ctx context.Context, in Input, req apiclient.Request, parameter string, values []string) (states, error) {
	counts := states{}
	for _, value := range values {
		one := req
		one.Query = maps.Clone(req.Query)
		if one.Query == nil {
			one.Query = url.Values{}
		}
		one.Query.Set(parameter, value)
		n, err := totalOf(ctx, in, one)
		if err != nil {
			return nil, err
		}
		if v, sent := n.Value(); sent {
			counts[value] = v
		}
	}
	return counts, nil
}

// zeros are states without a record, so that each known one has a series.
func zeros(known []string) states {
	counts := make(states, len(known))
	for _, state := range known {
		counts[state] = 0
	}
	return counts
}

// tallyBy counts things by a state; one without it counts as unknown.
func tallyBy[T any](things []T, known []string, state func(T) string) states {
	counts := zeros(known)
	for _, thing := range things {
		name := state(thing)
		if name == "" {
			name = unknownLabel
		}
		counts[name]++
	}
	return counts
}

// statesFamily is a gauge of counts by one label.
func statesFamily(name, help, label string) Family[states] {
	return Family[states]{
		Name: name, Help: help, Type: Gauge, Labels: []string{label},
		Map: func(s states, put Put) { s.put(put) },
	}
}

// numberFamily is a gauge of a single number.
func numberFamily(name, help string) Family[apiclient.Number] {
	return Family[apiclient.Number]{
		Name: name, Help: help, Type: Gauge,
		Map: func(n apiclient.Number, put Put) { put.Number(n) },
	}
}

// countArea is an area that is no more than the number of records of a list.
func countArea(name, help string, interval time.Duration, disabled bool, e apiclient.Endpoint, family Family[apiclient.Number]) Collector {
	return Area[apiclient.Number]{
		Name: name, Help: help, Disabled: disabled, Interval: interval,
		Calls:  []Call{once(e)},
		Series: series(1, nil),
		Fetch: func(ctx context.Context, in Input, _ apiclient.Number) (apiclient.Number, error) {
			return totalOf(ctx, in, apiclient.Request{Endpoint: e})
		},
		Families: []Family[apiclient.Number]{family},
	}
}

// countByArea is an area of the numbers of records in each state that the
// list can be filtered by.
func countByArea(name, help string, interval time.Duration, disabled bool, e apiclient.Endpoint, parameter string, values []string, family Family[states]) Collector {
	return Area[states]{
		Name: name, Help: help, Disabled: disabled, Interval: interval,
		Calls:  []Call{calls(len(values), e)},
		Series: series(float64(len(values)), nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			return countEach(ctx, in, apiclient.Request{Endpoint: e}, parameter, values)
		},
		Families: []Family[states]{family},
	}
}

// switchOf reads an answer of which one switch is of interest.
func switchOf(ctx context.Context, in Input, e apiclient.Endpoint, name string) (apiclient.Number, error) {
	answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return apiclient.Number{}, err
	}
	data, present := answer[name]
	if !present {
		return apiclient.Number{}, malformed(e, "answer has no member `%s`", name)
	}
	var t apiclient.Text
	if err := json.Unmarshal(data, &t); err != nil {
		return apiclient.Number{}, malformed(e, "member `%s` of the answer: %v", name, err)
	}
	return switched(t), nil
}
