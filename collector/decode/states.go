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
		answer, err := Object(ctx, in, apiclient.Request{Endpoint: e})
		if err != nil {
			return nil, err
		}
		return StatesOf(in, e, answer, known)
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
// its own name. A total is no state.
func StatesOf(in area.Input, e apiclient.Endpoint, object map[string]json.RawMessage, known []Member) (States, error) {
	found, err := PickStates(in, e, object, known)
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
		if v, sent := NotNegative(n).Value(); sent {
			found[state] = v
		}
	}
	return found, nil
}

// PickStates reads the known members of an object alone. One that is absent,
// null or no number has no count. An object with fewer than half of them, or
// without any count, is another answer and must not pass for zero desktops.
func PickStates(in area.Input, e apiclient.Endpoint, object map[string]json.RawMessage, known []Member) (States, error) {
	present := 0
	for _, m := range known {
		if _, sent := object[m.Name()]; sent {
			present++
		}
	}
	found := States{}
	for _, m := range known {
		var n apiclient.Number
		if json.Unmarshal(object[m.Name()], &n) != nil {
			continue
		}
		if v, sent := NotNegative(n).Value(); sent {
			found[m.State()] = v
		}
	}
	if 2*present < len(known) || len(found) == 0 {
		names := make([]string, len(known))
		for i, m := range known {
			names[i] = m.Name()
		}
		return nil, Malformed(e, "answer has %d of the %d members %s, %d of them with a count", present, len(known), strings.Join(names, ", "), len(found))
	}
	for _, m := range known {
		if _, counted := found[m.State()]; !counted {
			in.Skip(1, m.Name(), "absent or no number")
		}
	}
	return found, nil
}

// State is a word for a state as the API documents it: the letter case that it
// is sent in makes no other state of it. A word that is not among known is
// spelled as they are; "" is no state.
func State(t apiclient.Text, known []string) string {
	s := strings.TrimSpace(string(t))
	for _, k := range known {
		if strings.EqualFold(s, k) {
			return k
		}
	}
	switch {
	case !slices.ContainsFunc(known, func(k string) bool { return k != strings.ToUpper(k) }):
		return strings.ToUpper(s)
	case !slices.ContainsFunc(known, func(k string) bool { return k != strings.ToLower(k) }):
		return strings.ToLower(s)
	default:
		return s
	}
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
