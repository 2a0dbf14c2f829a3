package area

import (
	"slices"
)

// PutState puts the state of one object as a state set: a series for each
// known state, 1 for the current one and 0 for the others, so that a change of
// state is seen in values and not in series that come and go. A state that is
// not known here is shown beside them; without a current state there is
// nothing to say. The state is the last label.
func PutState(put Put, known []string, current string, labels ...string) {
	if current == "" {
		return
	}
	for _, state := range known {
		value := 0.0
		if state == current {
			value = 1
		}
		put.Value(value, append(slices.Clone(labels), state)...)
	}
	if !slices.Contains(known, current) {
		put.Value(1, append(slices.Clone(labels), current)...)
	}
}
