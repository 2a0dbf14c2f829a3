package query

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Request is what an answer function sees. Parameters are checked before: the
// methods read values that are known to be well formed.
type Request struct {
	Path      map[string]string
	Query     url.Values
	Body      []byte
	AccessKey string
	Now       time.Time
}

// Has reports whether a parameter was sent.
func (r Request) Has(name string) bool { return r.Query.Has(name) }

// Text is the value of a parameter, "" without one.
func (r Request) Text(name string) string { return r.Query.Get(name) }

// List is all values of a repeated parameter.
func (r Request) List(name string) []string { return r.Query[name] }

// Number is the value of a parameter, or else the fallback.
func (r Request) Number(name string, fallback int) int {
	n, err := strconv.Atoi(r.Text(name))
	if err != nil {
		return fallback
	}
	return n
}

// Time is the value of a parameter, the zero time without one.
func (r Request) Time(name, format string) time.Time {
	t, _ := time.Parse(format, r.Text(name)) // checked before
	return t
}

// Range is start_time and end_time.
func (r Request) Range(format string) (from, to time.Time) {
	return r.Time("start_time", format), r.Time("end_time", format)
}

// Page cuts the page out of a list that the request asks for.
func Page[T any](r Request, all []T, defaultLimit int) []T {
	from := min(r.Number("offset", 0), len(all))
	to := min(from+r.Number("limit", defaultLimit), len(all))
	return all[from:to]
}

// SortBy sorts if the request asks for it.
func SortBy[T any](r Request, list []T, compare func(a, b T) int) {
	if !r.Has("sort_field") {
		return
	}
	slices.SortStableFunc(list, func(a, b T) int {
		if r.Text("sort_type") == "DESC" {
			a, b = b, a
		}
		return compare(a, b)
	})
}

// Allows reports whether a list is empty or has the value.
func Allows(list []string, value string) bool {
	return len(list) == 0 || slices.Contains(list, value)
}
