// Package filter picks the entries of a list that a request asks for.
package filter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
)

// Func reports whether a thing passes the values of one query parameter.
type Func[T any] func(thing T, values []string) bool

// Set has filters by query parameter.
type Set[T any] map[string]Func[T]

// For returns the filter of a request: only the parameters that were sent are looked at, so that a
// list without filters costs nothing.
func (f Set[T]) For(r query.Request) func(T) bool {
	type sent struct {
		Func[T]
		values []string
	}
	var all []sent
	for name, filter := range f {
		if values := r.Query[name]; len(values) > 0 {
			all = append(all, sent{filter, values})
		}
	}
	return func(thing T) bool {
		for _, s := range all {
			if !s.Func(thing, s.values) {
				return false
			}
		}
		return true
	}
}

// Apply returns the things that a request asks for.
func (f Set[T]) Apply(r query.Request, things []T) []T {
	wanted := f.For(r)
	found := []T{}
	for _, thing := range things {
		if wanted(thing) {
			found = append(found, thing)
		}
	}
	return found
}

// Equal is the given text, or one of them if the parameter is repeated.
func Equal[T any](text func(T) string) Func[T] {
	return func(thing T, values []string) bool { return slices.Contains(values, text(thing)) }
}

// In is one of a comma separated list.
func In[T any](text func(T) string) Func[T] {
	return func(thing T, values []string) bool {
		return slices.Contains(strings.Split(values[0], ","), text(thing))
	}
}

// Contains is a text that contains the given one, or one of them.
func Contains[T any](text func(T) string) Func[T] {
	return func(thing T, values []string) bool {
		return slices.ContainsFunc(values, func(part string) bool { return strings.Contains(text(thing), part) })
	}
}

// Bool is a flag of the given value.
func Bool[T any](flag func(T) bool) Func[T] {
	return func(thing T, values []string) bool { return values[0] == strconv.FormatBool(flag(thing)) }
}

// Const is a text that all things have in common.
func Const[T any](text string) Func[T] {
	return func(_ T, values []string) bool { return slices.Contains(values, text) }
}

// Bound is a number within a bound: compare gets number and bound.
func Bound[T any](number func(T) int, compare func(number, bound int) bool) Func[T] {
	return func(thing T, values []string) bool {
		bound, _ := strconv.Atoi(values[0]) // checked before
		return compare(number(thing), bound)
	}
}

// AtLeast and AtMost are comparisons for Bound.
func AtLeast(number, bound int) bool { return number >= bound }

// AtMost includes the bound.
func AtMost(number, bound int) bool { return number <= bound }
