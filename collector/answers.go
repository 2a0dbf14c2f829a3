package collector

import (
	"context"
	"math"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// listIdentified reads a list whose entries are nothing without an id, which
// the API calls member.
func listIdentified[T any](ctx context.Context, in Input, e apiclient.Endpoint, member string, id func(T) string) ([]T, error) {
	list, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e}, id)
	if err != nil {
		return nil, err
	}
	for _, entry := range list {
		if id(entry) == "" {
			return nil, malformed(e, "an entry of `%s` has no `%s`", e.Page.Items, member)
		}
	}
	return list, nil
}

// each makes the mapping of a family with one sample for each element.
func each[T any](sample func(T, Put)) func([]T, Put) {
	return func(all []T, put Put) {
		for _, one := range all {
			sample(one, put)
		}
	}
}

// switched reads a switch in any of the API's spellings: true, 1 or ON. It has
// no value when the API sent none, or a word that is neither on nor off.
func switched(t apiclient.Text) apiclient.Number {
	switch strings.ToLower(string(t)) {
	case "true", "1", "on":
		return apiclient.NumberOf(1)
	case "false", "0", "off":
		return apiclient.NumberOf(0)
	default:
		return apiclient.Number{}
	}
}

// times returns n in another unit. What no float can hold is no measurement.
func times(n apiclient.Number, factor float64) apiclient.Number {
	v, sent := n.Value()
	if !sent || math.IsInf(v*factor, 0) {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(v * factor)
}
