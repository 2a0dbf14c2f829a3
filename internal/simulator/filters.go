package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// filter tells whether a thing passes the values of one query parameter.
type filter[T any] func(thing T, values []string) bool

// filters by query parameter.
type filters[T any] map[string]filter[T]

// of a request: only the parameters that were sent are looked at, so that a
// list without filters costs nothing.
func (f filters[T]) of(r request) func(T) bool {
	type sent struct {
		filter[T]
		values []string
	}
	var all []sent
	for name, filter := range f {
		if values := r.query[name]; len(values) > 0 {
			all = append(all, sent{filter, values})
		}
	}
	return func(thing T) bool {
		for _, s := range all {
			if !s.filter(thing, s.values) {
				return false
			}
		}
		return true
	}
}

// exactly the given text, or one of them if the parameter is repeated.
func exactly[T any](text func(T) string) filter[T] {
	return func(thing T, values []string) bool { return slices.Contains(values, text(thing)) }
}

// listed is one of a comma separated list.
func listed[T any](text func(T) string) filter[T] {
	return func(thing T, values []string) bool {
		return slices.Contains(strings.Split(values[0], ","), text(thing))
	}
}

// partly is a text that contains the given one, or one of them.
func partly[T any](text func(T) string) filter[T] {
	return func(thing T, values []string) bool {
		return slices.ContainsFunc(values, func(part string) bool { return strings.Contains(text(thing), part) })
	}
}

// flagged is a flag of the given value.
func flagged[T any](flag func(T) bool) filter[T] {
	return func(thing T, values []string) bool { return values[0] == strconv.FormatBool(flag(thing)) }
}

// always is a text that all things have in common.
func always[T any](text string) filter[T] {
	return func(_ T, values []string) bool { return slices.Contains(values, text) }
}

// bounded is a number within a bound: compare gets number and bound.
func bounded[T any](number func(T) int, compare func(number, bound int) bool) filter[T] {
	return func(thing T, values []string) bool {
		bound, _ := strconv.Atoi(values[0]) // checked before
		return compare(number(thing), bound)
	}
}

func atLeast(number, bound int) bool { return number >= bound }

func atMost(number, bound int) bool { return number <= bound }
