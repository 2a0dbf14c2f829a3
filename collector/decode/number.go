package decode

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Switch reads a switch in any of the API's spellings: true, 1 or ON. It has
// no value when the API sent none, or a word that is neither on nor off.
func Switch(t apiclient.Text) apiclient.Number {
	switch strings.ToLower(strings.TrimSpace(string(t))) {
	case "true", "1", "on", "yes":
		return apiclient.NumberOf(1)
	case "false", "0", "off", "no":
		return apiclient.NumberOf(0)
	default:
		return apiclient.Number{}
	}
}

// On tells whether a switch is on; one that the API did not send is not.
func On(t apiclient.Text) bool {
	v, _ := Switch(t).Value()
	return v == 1
}

// SwitchLabel is a switch as the value of a label: true, false or unknown.
func SwitchLabel(t apiclient.Text) string {
	if v, sent := Switch(t).Value(); sent {
		return strconv.FormatBool(v == 1)
	}
	return Unknown
}

// Scale returns n in another unit. What no float can hold is no measurement.
func Scale(n apiclient.Number, factor float64) apiclient.Number {
	v, sent := n.Value()
	if !sent || math.IsInf(v*factor, 0) {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(v * factor)
}

// switchMember reads an answer of which one switch is of interest.
// An empty answer, or one of the members beside it alone, leaves it open.
func switchMember(ctx context.Context, in area.Input, e apiclient.Endpoint, name string, beside []string) (apiclient.Number, error) {
	answer, err := Object(ctx, in, apiclient.Request{Endpoint: e})
	if err != nil {
		return apiclient.Number{}, err
	}
	data, present := answer[name]
	if !present && len(answer) > 0 && !has(answer, beside) {
		return apiclient.Number{}, Malformed(e, "answer has no member `%s`", name)
	}
	var t apiclient.Text
	if present {
		if err := json.Unmarshal(data, &t); err != nil {
			return apiclient.Number{}, Malformed(e, "member `%s` of the answer: %v", name, err)
		}
	}
	on := Switch(t)
	if _, told := on.Value(); !told {
		in.Skip(1, name, "absent or neither on nor off")
	}
	return on, nil
}

func has(answer map[string]json.RawMessage, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, present := answer[name]; return present })
}

// Measured tells whether there is a value; a negative one stands for none.
func Measured(n apiclient.Number) bool {
	v, sent := n.Value()
	return sent && v >= 0
}

// Bool is a condition as metrics show it.
func Bool(is bool) apiclient.Number {
	if is {
		return apiclient.NumberOf(1)
	}
	return apiclient.NumberOf(0)
}

// NotNegative is a count or a size: a number below 0, which stands for none or
// unlimited, has no value.
func NotNegative(n apiclient.Number) apiclient.Number {
	if v, _ := n.Value(); v < 0 {
		return apiclient.Number{}
	}
	return n
}

// Count reads a member of an answer that counts something. It has no value, and
// is counted as skipped, where the API sent none or no number.
func Count(in area.Input, place, name string, object map[string]json.RawMessage) apiclient.Number {
	var n apiclient.Number
	if data, present := object[name]; present && json.Unmarshal(data, &n) != nil {
		n = apiclient.Number{}
	}
	if _, sent := n.Value(); !sent {
		in.Skip(1, place+name, "absent or no number")
	}
	return NotNegative(n)
}

// Difference takes b from a; it has no value if one of them has none.
func Difference(a, b apiclient.Number) apiclient.Number {
	x, sentX := a.Value()
	y, sentY := b.Value()
	if !sentX || !sentY {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(x - y)
}

// Sum adds two numbers of which any may be missing.
func Sum(a, b apiclient.Number) apiclient.Number {
	x, sentX := a.Value()
	y, sentY := b.Value()
	if !sentX && !sentY || math.IsInf(x+y, 0) { // what no JSON can hold is nonsense
		return apiclient.Number{}
	}
	return apiclient.NumberOf(x + y)
}
