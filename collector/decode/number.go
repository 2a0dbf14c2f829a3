package decode

import (
	"context"
	"encoding/json"
	"math"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Switch reads a switch in any of the API's spellings: true, 1 or ON. It has
// no value when the API sent none, or a word that is neither on nor off.
func Switch(t apiclient.Text) apiclient.Number {
	switch strings.ToLower(string(t)) {
	case "true", "1", "on":
		return apiclient.NumberOf(1)
	case "false", "0", "off":
		return apiclient.NumberOf(0)
	default:
		return apiclient.Number{}
	}
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
func switchMember(ctx context.Context, in area.Input, e apiclient.Endpoint, name string) (apiclient.Number, error) {
	answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return apiclient.Number{}, err
	}
	data, present := answer[name]
	if !present {
		return apiclient.Number{}, Malformed(e, "answer has no member `%s`", name)
	}
	var t apiclient.Text
	if err := json.Unmarshal(data, &t); err != nil {
		return apiclient.Number{}, Malformed(e, "member `%s` of the answer: %v", name, err)
	}
	return Switch(t), nil
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

// NotNegative takes a number below 0, which stands for none or unlimited, away.
func NotNegative(n apiclient.Number) apiclient.Number {
	if v, _ := n.Value(); v < 0 {
		return apiclient.Number{}
	}
	return n
}

// Number reads a member of an answer.
func Number(e apiclient.Endpoint, name string, data json.RawMessage) (apiclient.Number, error) {
	var n apiclient.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return n, Malformed(e, "member `%s` of the answer: %v", name, err)
	}
	return n, nil
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
