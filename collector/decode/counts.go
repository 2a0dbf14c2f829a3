package decode

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Total returns how many records a list holds for a filter. One row is
// asked for: only the total is of interest.
func Total(ctx context.Context, in area.Input, req apiclient.Request) (apiclient.Number, error) {
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
		return apiclient.Number{}, Malformed(e, "answer has no member `%s`", e.Page.Total)
	}
	return Number(e, e.Page.Total, total)
}

// CountEach counts the records of a list by a query parameter, one call for
// each of its values.
func CountEach(ctx context.Context, in area.Input, req apiclient.Request, parameter string, values []string) (States, error) {
	counts := States{}
	for _, value := range values {
		one := req
		one.Query = maps.Clone(req.Query)
		if one.Query == nil {
			one.Query = url.Values{}
		}
		one.Query.Set(parameter, value)
		n, err := Total(ctx, in, one)
		if err != nil {
			return nil, err
		}
		if v, sent := n.Value(); sent {
			counts[value] = v
		}
	}
	return counts, nil
}

// Zeros are states without a record, so that each known one has a series.
func Zeros(known []string) States {
	counts := make(States, len(known))
	for _, state := range known {
		counts[state] = 0
	}
	return counts
}

// CountBy counts things by a state; one without it counts as unknown.
func CountBy[T any](things []T, known []string, state func(T) string) States {
	counts := Zeros(known)
	for _, thing := range things {
		name := state(thing)
		if name == "" {
			name = Unknown
		}
		counts[name]++
	}
	return counts
}

// FetchCounts counts the entries of a list by their state; member is what the
// API calls their id.
func FetchCounts[T any](e apiclient.Endpoint, member string, id func(T) string, known []string, state func(T) string) area.Fetch[States] {
	return func(ctx context.Context, in area.Input, _ States) (States, error) {
		list, err := List(ctx, in, e, member, id)
		if err != nil {
			return nil, err
		}
		return CountBy(list, known, state), nil
	}
}

// Rows makes a list of counts by several labels, sorted by them.
func Rows[K comparable, N, R any](counts map[K]N, row func(K, N) R, labels func(R) []string) []R {
	rows := make([]R, 0, len(counts))
	for key, n := range counts {
		rows = append(rows, row(key, n))
	}
	slices.SortFunc(rows, func(a, b R) int { return slices.Compare(labels(a), labels(b)) })
	return rows
}

// StatesFamily is a gauge of counts by one label.
func StatesFamily(name, help, label string) area.Family[States] {
	return area.Family[States]{
		Name: name, Help: help, Type: area.Gauge, Labels: []string{label},
		Map: func(s States, put area.Put) { s.Put(put) },
	}
}

// NumberFamily is a gauge of a single number.
func NumberFamily(name, help string) area.Family[apiclient.Number] {
	return area.Family[apiclient.Number]{
		Name: name, Help: help, Type: area.Gauge,
		Map: func(n apiclient.Number, put area.Put) { put.Number(n) },
	}
}

// TotalArea is an area that is no more than the number of records of a list.
func TotalArea(name, help string, interval time.Duration, disabled bool, e apiclient.Endpoint, family area.Family[apiclient.Number]) area.Collector {
	return area.Declaration[apiclient.Number]{
		Name: name, Help: help, Disabled: disabled, Interval: interval,
		Calls:  []area.Call{area.Once(e)},
		Series: area.Series(1, nil),
		Fetch: func(ctx context.Context, in area.Input, _ apiclient.Number) (apiclient.Number, error) {
			return Total(ctx, in, apiclient.Request{Endpoint: e})
		},
		Families: []area.Family[apiclient.Number]{family},
	}
}

// CountByArea is an area of the numbers of records in each state that the
// list can be filtered by.
func CountByArea(name, help string, interval time.Duration, disabled bool, e apiclient.Endpoint, parameter string, values []string, family area.Family[States]) area.Collector {
	return area.Declaration[States]{
		Name: name, Help: help, Disabled: disabled, Interval: interval,
		Calls:  []area.Call{area.Calls(len(values), e)},
		Series: area.Series(float64(len(values)), nil),
		Fetch: func(ctx context.Context, in area.Input, _ States) (States, error) {
			return CountEach(ctx, in, apiclient.Request{Endpoint: e}, parameter, values)
		},
		Families: []area.Family[States]{family},
	}
}

// SwitchArea is an area of one switch of an answer that has no other use. It
// is off by default: its operation is in no table of limits and may lack in a
// region.
func SwitchArea(name, help string, e apiclient.Endpoint, member string, family area.Family[apiclient.Number]) area.Collector {
	return area.Declaration[apiclient.Number]{
		Name: name, Help: help, Disabled: true, Interval: time.Hour,
		Calls:  []area.Call{area.Once(e)},
		Series: area.Series(1, nil),
		Fetch: func(ctx context.Context, in area.Input, _ apiclient.Number) (apiclient.Number, error) {
			return switchMember(ctx, in, e, member)
		},
		Families: []area.Family[apiclient.Number]{family},
	}
}

// ObjectCount is the number of things that belong to an object.
type ObjectCount struct {
	ID    string           `json:"id"`
	Count apiclient.Number `json:"count"`
}

// TotalOfEach asks for the number of things that belong to each object.
func TotalOfEach[T any](ctx context.Context, in area.Input, e apiclient.Endpoint, member string, objects []T, id func(T) string) ([]ObjectCount, error) {
	counts := make([]ObjectCount, len(objects))
	for i, o := range objects {
		n, err := Total(ctx, in, apiclient.Request{Endpoint: e, Path: map[string]string{member: id(o)}})
		if err != nil {
			return nil, err
		}
		counts[i] = ObjectCount{ID: id(o), Count: n}
	}
	return counts, nil
}
