package decode

import (
	"cmp"
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
	answer, err := Object(ctx, in, req)
	if err != nil {
		return apiclient.Number{}, err
	}
	data, present := answer[e.Page.Total]
	if !present {
		return apiclient.Number{}, Malformed(e, "answer has no member `%s`", e.Page.Total)
	}
	var n apiclient.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return apiclient.Number{}, Malformed(e, "member `%s` of the answer: %v", e.Page.Total, err)
	}
	return Count(in, "", e.Page.Total, answer), nil
}

// CountEach counts the records of a list by a query parameter, one call for
// each value that is known and one for all: what no value asks for is other,
// which may be off by what changed between the calls.
func CountEach(ctx context.Context, in area.Input, req apiclient.Request, parameter string, known []Member) (States, error) {
	rest, err := Total(ctx, in, req)
	if err != nil {
		return nil, err
	}
	counts := States{}
	for _, m := range known {
		one := req
		one.Query = maps.Clone(req.Query)
		if one.Query == nil {
			one.Query = url.Values{}
		}
		one.Query.Set(parameter, m.Name())
		n, err := Total(ctx, in, one)
		if err != nil {
			return nil, err
		}
		rest = Difference(rest, n)
		if v, sent := n.Value(); sent {
			counts[m.State()] = v
		}
	}
	if v, sent := rest.Value(); sent {
		counts[Other] = max(v, 0)
	}
	return counts, nil
}

// Filters are members whose names are their states.
func Filters(names ...string) []Member {
	members := make([]Member, len(names))
	for i, name := range names {
		members[i] = Member{name, name}
	}
	return members
}

// Zeros are states without a record, so that each known one has a series.
func Zeros(known []string) States {
	counts := make(States, len(known))
	for _, state := range known {
		counts[state] = 0
	}
	return counts
}

// CountBy counts things by a state; one without it counts as unknown, and as
// skipped by the place of the member. If none has it there are no counts.
func CountBy[T any](in area.Input, place string, things []T, known []string, state func(T) apiclient.Text) States {
	counts, absent := Zeros(known), 0
	for _, thing := range things {
		name := State(state(thing), known)
		if name == "" {
			absent++
		}
		counts[cmp.Or(name, Unknown)]++
	}
	in.Skip(absent, place, "absent")
	if absent > 0 && absent == len(things) {
		return States{}
	}
	return counts
}

// FetchCounts counts the entries of a list by their state; member is what the
// API calls their id, state what it calls the state.
func FetchCounts[T any](e apiclient.Endpoint, member string, id func(T) string, state string, known []string, of func(T) apiclient.Text) area.Fetch[States] {
	return func(ctx context.Context, in area.Input, _ States) (States, error) {
		list, err := List(ctx, in, e, member, id)
		if err != nil {
			return nil, err
		}
		return CountBy(in, e.Page.Items+"[]."+state, list, known, of), nil
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
func CountByArea(name, help string, interval time.Duration, disabled bool, e apiclient.Endpoint, parameter string, known []Member, family area.Family[States]) area.Collector {
	return area.Declaration[States]{
		Name: name, Help: help, Disabled: disabled, Interval: interval,
		Calls:  []area.Call{area.Calls(len(known)+1, e)},
		Series: area.Series(float64(len(known)+1), nil),
		Fetch: func(ctx context.Context, in area.Input, _ States) (States, error) {
			return CountEach(ctx, in, apiclient.Request{Endpoint: e}, parameter, known)
		},
		Families: []area.Family[States]{family},
	}
}

// SwitchArea is an area of one switch of an answer that has no other use. It
// is off by default: its operation is in no table of limits and may lack in a
// region.
func SwitchArea(name, help string, e apiclient.Endpoint, member string, beside []string, family area.Family[apiclient.Number]) area.Collector {
	return area.Declaration[apiclient.Number]{
		Name: name, Help: help, Disabled: true, Interval: time.Hour,
		Calls:  []area.Call{area.Once(e)},
		Series: area.Series(1, nil),
		Fetch: func(ctx context.Context, in area.Input, _ apiclient.Number) (apiclient.Number, error) {
			return switchMember(ctx, in, e, member, beside)
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
	return Each(in, e, objects, ObjectMissing, func(o T) (ObjectCount, error) {
		n, err := Total(ctx, in, apiclient.Request{Endpoint: e, Path: map[string]string{member: id(o)}})
		return ObjectCount{ID: id(o), Count: n}, err
	})
}
