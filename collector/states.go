package collector

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// states are counts by the value of the state label.
type states map[string]float64

// member is the name of a count in an answer and the state it stands for.
type member [2]string

func (m member) name() string  { return m[0] }
func (m member) state() string { return m[1] }

// decodeStates reads the known members of an object and any other one that is
// a number and ends like them: a state that is new to us stays visible under
// its own name. A total is no state. An object without one known member is
// no answer at all and must not pass for zero desktops.
func decodeStates(e apiclient.Endpoint, object map[string]json.RawMessage, known []member) (states, error) {
	found, err := pickStates(e, object, known)
	if err != nil {
		return nil, err
	}
	suffix := known[0].name()[strings.LastIndexByte(known[0].name(), '_'):]
	for name, data := range object {
		state, counts := strings.CutSuffix(name, suffix)
		if !counts || state == "" || state == "total" || slices.ContainsFunc(known, func(m member) bool { return m.name() == name }) {
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

// pickStates reads the known members of an object alone. null has no count.
func pickStates(e apiclient.Endpoint, object map[string]json.RawMessage, known []member) (states, error) {
	found := states{}
	answered := false
	for _, m := range known {
		data, present := object[m.name()]
		if !present {
			continue
		}
		answered = true
		n, err := decodeNumber(e, m.name(), data)
		if err != nil {
			return nil, err
		}
		if v, sent := n.Value(); sent {
			found[m.state()] = v
		}
	}
	if !answered {
		return nil, noneOf(e, known)
	}
	return found, nil
}

// put puts one sample for each state, which is the last label.
func (s states) put(put Put, labels ...string) {
	for _, state := range slices.Sorted(maps.Keys(s)) {
		put.Value(s[state], slices.Concat(labels, []string{state})...)
	}
}

// plus returns the sum of both.
func (s states) plus(other states) states {
	sum := maps.Clone(s)
	for state, n := range other {
		sum[state] += n
	}
	return sum
}

func decodeNumber(e apiclient.Endpoint, name string, data json.RawMessage) (apiclient.Number, error) {
	var n apiclient.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return n, malformed(e, "member `%s` of the answer: %v", name, err)
	}
	return n, nil
}

func noneOf(e apiclient.Endpoint, members []member) error {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.name()
	}
	return malformed(e, "answer has none of the members %s", strings.Join(names, ", "))
}

func malformed(e apiclient.Endpoint, format string, args ...any) error {
	return &apiclient.Error{Operation: e.Operation, Kind: apiclient.Malformed, Message: fmt.Sprintf(format, args...)}
}
