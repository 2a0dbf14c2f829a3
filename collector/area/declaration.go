// Package area is what an area of the Workspace API is declared with: its
// options, calls, cost and metric families, and how results become families.
package area

import (
	"context"
	"log/slog"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Declaration declares one area of the API: what is fetched, how often, and which
// metric families come out of it. T is the whole result of a poll; it is
// never changed once Fetch has returned it.
type Declaration[T any] struct {
	// Name is the `collector` label and the key in the configuration.
	Name string
	// Help says in a sentence what the area shows.
	Help string
	// Core areas count for readiness.
	Core bool
	// Disabled areas run only when the configuration enables them.
	Disabled bool
	// Interval is the default time between two polls.
	Interval time.Duration
	// Calls lists every operation Fetch may call and how often it does.
	Calls []Call
	// Series is how many series a result has, for the planner.
	Series func(Load) float64
	// Options are the configuration keys beside `enabled` and `interval`.
	Options []Option
	// Fetch reads the area. prev is the last good result (the zero value at
	// first): areas that follow events or measure time since build on it.
	Fetch Fetch[T]
	// Sample makes the calls of Fetch for one object, whichever: for the few
	// areas whose Fetch asks only about some objects, or about those that
	// another area found. nil means that a first Fetch makes all its calls.
	Sample func(ctx context.Context, in Input) error
	// Families are the metrics, one literal each.
	Families []Family[T]
	// Unnamed makes what is left of a result when names of people are to be
	// shown in another way than when it was read; false: nothing is. nil says
	// that the result holds no such names, and Input.UserName then gives none.
	Unnamed func(result T) (T, bool)
	// Shares makes what other areas may see of a result; nil shares nothing.
	Shares func(result T) Shared
}

// Fetch reads an area once.
type Fetch[T any] = func(ctx context.Context, in Input, prev T) (T, error)

// NothingUnnamed is the Unnamed of areas whose result is about people alone.
func NothingUnnamed[T any](T) (T, bool) {
	var none T
	return none, false
}

// Option is one configuration key of an area; the type of Default (bool,
// int, string, time.Duration, []string) is the type of the key.
type Option struct {
	Name    string
	Help    string
	Default any
}

// Options holds the checked values of an area's options by name.
type Options map[string]any

// Bool returns the value of a boolean option.
func (o Options) Bool(name string) bool { return o[name].(bool) }

// Int returns the value of an integer option.
func (o Options) Int(name string) int { return o[name].(int) }

// Duration returns the value of a duration option.
func (o Options) Duration(name string) time.Duration { return o[name].(time.Duration) }

// Text returns the value of a text option.
func (o Options) Text(name string) string { return o[name].(string) }

// Strings returns the value of a list option.
func (o Options) Strings(name string) []string { return o[name].([]string) }

// Input is what a poll is given.
type Input struct {
	API     apiclient.Caller
	Options Options
	// UserName turns a user's name into what privacy.user_names allows; nothing
	// in areas that do not declare Unnamed.
	UserName func(string) string
	// Peer returns what another area of the same project shares, nil if there
	// is nothing. Areas call the function Peer instead.
	Peer func(area string) Shared
	// Skips counts what of the answers could not be read and was left out; nil
	// counts nothing.
	Skips *apiclient.Skips
	// Now is the time at which the poll started.
	Now time.Time
	Log *slog.Logger
}

// Skip counts n entries or members at a place in an answer, such as
// `pools[].status`, that were left out for a reason.
func (in Input) Skip(n int, place, problem string) {
	if in.Skips != nil {
		in.Skips.Add(n, place, problem)
	}
}
