package decode

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// FetchStates reads an answer that is one object of counts.
func FetchStates(e apiclient.Endpoint, known []Member) area.Fetch[States] {
	return func(ctx context.Context, in area.Input, _ States) (States, error) {
		answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e})
		if err != nil {
			return nil, err
		}
		return StatesOf(e, answer, known)
	}
}

// States are counts by the value of the state label.
type States map[string]float64

// Member is the name of a count in an answer and the state it stands for.
type Member [2]string

// Name is that of the member in the answer.
func (m Member) Name() string { return m[0] }

// State is what the member counts.
func (m Member) State() string { return m[1] }

// StatesOf reads the known members of an object and any other one that is
// a number and ends like them: a state that is new to us stays visible under
// its own name. A total is no state. An object without one known member is
// no answer at all and must not pass for zero desktops.
func StatesOf(e apiclient.Endpoint, object map[string]json.RawMessage, known []Member) (States, error) {
	found, err := PickStates(e, object, known)
	if err != nil {
		return nil, err
	}
	suffix := known[0].Name()[strings.LastIndexByte(known[0].Name(), '_'):]
	for name, data := range object {
		state, counts := strings.CutSuffix(name, suffix)
		if !counts || state == "" || state == "total" || slices.ContainsFunc(known, func(m Member) bool { return m.Name() == name }) {
			continue
		}
		if _, taken := found[state]; taken {
			continue
		}
		var n apiclient.Number
		if json.Unmarshal(data, &n) != nil {
			continue
		}
		if v, sent := n.Value(); sent {
			found[state] = v
		}
	}
	return found, nil
}

// PickStates reads the known members of an object alone. null has no count.
func PickStates(e apiclient.Endpoint, object map[string]json.RawMessage, known []Member) (States, error) {
	found := States{}
	answered := false
	for _, m := range known {
		data, present := object[m.Name()]
		if !present {
			continue
		}
		answered = true
		n, err := Number(e, m.Name(), data)
		if err != nil {
			return nil, err
		}
		if v, sent := n.Value(); sent {
			found[m.State()] = v
		}
	}
	if !answered {
		return nil, noneOf(e, known)
	}
	return found, nil
}

// Put puts one sample for each state, which is the last label.
func (s States) Put(put area.Put, labels ...string) {
	for _, state := range slices.Sorted(maps.Keys(s)) {
		put.Value(s[state], slices.Concat(labels, []string{state})...)
	}
}

// Plus returns the sum of both.
func (s States) Plus(other States) States {
	sum := maps.Clone(s)
	for state, n := range other {
		sum[state] += n
	}
	return sum
}

func noneOf(e apiclient.Endpoint, members []Member) error {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Name()
	}
	return Malformed(e, "answer has none of the members %s", strings.Join(names, ", "))
}
