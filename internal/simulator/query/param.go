// Package query holds the query parameters of an operation against their rules
// and reads their values.
package query

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Param is the rule of one query parameter.
type Param struct {
	Name string
	// problem says what is wrong with a value, "" if nothing is.
	problem  func(value string) string
	many     bool // the key may be repeated
	required bool
}

// Params of an operation, from groups of them.
func Params(groups ...[]Param) []Param { return slices.Concat(groups...) }

// Text parameters take any value.
func Text(names ...string) []Param {
	return rules(names, func(string) string { return "" })
}

// Number parameters take integers from low to high.
func Number(low, high int, names ...string) []Param {
	return rules(names, func(value string) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return fmt.Sprintf("is not an integer from %d to %d", low, high)
		}
		return ""
	})
}

// OneOf parameter that takes one of some values.
func OneOf(name string, values ...string) []Param {
	return rules([]string{name}, func(value string) string {
		if !slices.Contains(values, value) {
			return "is not one of " + strings.Join(values, ", ")
		}
		return ""
	})
}

// ListOf is a parameter that takes a comma separated list of some values.
func ListOf(name string, values ...string) []Param {
	return rules([]string{name}, func(value string) string {
		for part := range strings.SplitSeq(value, ",") {
			if !slices.Contains(values, part) {
				return "has a member that is not one of " + strings.Join(values, ", ")
			}
		}
		return ""
	})
}

// Bool parameters take true or false.
func Bool(names ...string) []Param {
	return rules(names, func(value string) string {
		if value != "true" && value != "false" {
			return "is not true or false"
		}
		return ""
	})
}

// Time parameters take a time in UTC of the given format.
func Time(format string, names ...string) []Param {
	return rules(names, func(value string) string {
		if _, err := time.Parse(format, value); err != nil {
			return "is not a time like " + format
		}
		return ""
	})
}

// Repeated allows parameters to be repeated.
func Repeated(params []Param) []Param {
	for i := range params {
		params[i].many = true
	}
	return params
}

// Required parameters must be there.
func Required(params []Param) []Param {
	for i := range params {
		params[i].required = true
	}
	return params
}

// TimeRange is the required start_time and end_time.
func TimeRange() []Param { return Required(Time(SecondFormat, "start_time", "end_time")) }

// AnyOffset is for lists without a documented ceiling of offset.
const AnyOffset = math.MaxInt32

// Paging is offset and limit with their documented maxima. A limit of 0 is
// documented for some operations without an effect; it is refused so that
// nobody comes to rely on it.
func Paging(maxLimit, maxOffset int) []Param {
	return Params(Number(0, maxOffset, "offset"), Number(1, maxLimit, "limit"))
}

func rules(names []string, problem func(string) string) []Param {
	var all []Param
	for _, name := range names {
		all = append(all, Param{Name: name, problem: problem})
	}
	return all
}

// Check holds a query against the rules of its operation.
func Check(rules []Param, query url.Values) error {
	for _, rule := range rules {
		values := query[rule.Name]
		if rule.required && len(values) == 0 {
			return fmt.Errorf("parameter %s is missing", rule.Name)
		}
		if len(values) > 1 && !rule.many {
			return fmt.Errorf("parameter %s is repeated", rule.Name)
		}
		for _, value := range values {
			if problem := rule.problem(value); problem != "" {
				return fmt.Errorf("parameter %s: %q %s", rule.Name, value, problem)
			}
		}
	}
	for name := range query {
		if !slices.ContainsFunc(rules, func(p Param) bool { return p.Name == name }) {
			return fmt.Errorf("parameter %s is unknown", name)
		}
	}
	return nil
}
