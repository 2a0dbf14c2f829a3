package simulator

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Time formats of query parameters (API reference).
const (
	secondFormat = "2006-01-02T15:04:05Z"
	minuteFormat = "2006-01-02T15:04Z"
)

// param is the rule of one query parameter.
type param struct {
	name string
	// problem says what is wrong with a value, "" if nothing is.
	problem  func(value string) string
	many     bool // the key may be repeated
	required bool
}

// params of an operation, from groups of them.
func params(groups ...[]param) []param { return slices.Concat(groups...) }

// text parameters take any value.
func text(names ...string) []param {
	return rules(names, func(string) string { return "" })
}

// number parameters take integers from low to high.
func number(low, high int, names ...string) []param {
	return rules(names, func(value string) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return fmt.Sprintf("is not an integer from %d to %d", low, high)
		}
		return ""
	})
}

// one parameter that takes one of some values.
func one(name string, values ...string) []param {
	return rules([]string{name}, func(value string) string {
		if !slices.Contains(values, value) {
			return "is not one of " + strings.Join(values, ", ")
		}
		return ""
	})
}

// anyOf is a parameter that takes a comma separated list of some values.
func anyOf(name string, values ...string) []param {
	return rules([]string{name}, func(value string) string {
		for part := range strings.SplitSeq(value, ",") {
			if !slices.Contains(values, part) {
				return "has a member that is not one of " + strings.Join(values, ", ")
			}
		}
		return ""
	})
}

// flag parameters take true or false.
func flag(names ...string) []param {
	return rules(names, func(value string) string {
		if value != "true" && value != "false" {
			return "is not true or false"
		}
		return ""
	})
}

// moment parameters take a time in UTC of the given format.
func moment(format string, names ...string) []param {
	return rules(names, func(value string) string {
		if _, err := time.Parse(format, value); err != nil {
			return "is not a time like " + format
		}
		return ""
	})
}

// many allows parameters to be repeated.
func many(params []param) []param {
	for i := range params {
		params[i].many = true
	}
	return params
}

// required parameters must be there.
func required(params []param) []param {
	for i := range params {
		params[i].required = true
	}
	return params
}

// anyOffset is for lists without a documented ceiling of offset.
const anyOffset = math.MaxInt32

// paging is offset and limit with their documented maxima. A limit of 0 is
// documented for some operations without an effect; it is refused so that
// nobody comes to rely on it.
func paging(maxLimit, maxOffset int) []param {
	return params(number(0, maxOffset, "offset"), number(1, maxLimit, "limit"))
}

func rules(names []string, problem func(string) string) []param {
	var all []param
	for _, name := range names {
		all = append(all, param{name: name, problem: problem})
	}
	return all
}

// check holds a query against the rules of its operation.
func check(rules []param, query url.Values) error {
	for _, rule := range rules {
		values := query[rule.name]
		if rule.required && len(values) == 0 {
			return fmt.Errorf("parameter %s is missing", rule.name)
		}
		if len(values) > 1 && !rule.many {
			return fmt.Errorf("parameter %s is repeated", rule.name)
		}
		for _, value := range values {
			if problem := rule.problem(value); problem != "" {
				return fmt.Errorf("parameter %s: %q %s", rule.name, value, problem)
			}
		}
	}
	for name := range query {
		if !slices.ContainsFunc(rules, func(p param) bool { return p.name == name }) {
			return fmt.Errorf("parameter %s is unknown", name)
		}
	}
	return nil
}

// request is what an answer function sees. Parameters are checked before: the
// methods read values that are known to be well formed.
type request struct {
	path      map[string]string
	query     url.Values
	body      []byte
	accessKey string
	now       time.Time
}

func (r request) has(name string) bool { return r.query.Has(name) }

func (r request) text(name string) string { return r.query.Get(name) }

// list is all values of a repeated parameter.
func (r request) list(name string) []string { return r.query[name] }

func (r request) number(name string, fallback int) int {
	n, err := strconv.Atoi(r.text(name))
	if err != nil {
		return fallback
	}
	return n
}

// among tells whether a list is empty or has the value.
func among(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

func (r request) moment(name, format string) time.Time {
	t, _ := time.Parse(format, r.text(name)) // checked before
	return t
}

// page cuts the page out of a list that the request asks for.
func page[T any](r request, all []T, defaultLimit int) []T {
	from := min(r.number("offset", 0), len(all))
	to := min(from+r.number("limit", defaultLimit), len(all))
	return all[from:to]
}
