package area

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Load is what the cost of a poll depends on.
type Load struct {
	Fleet   Fleet
	Options Options
	// Interval is the time between two polls.
	Interval time.Duration
	// Peer returns the options of another area of the same project that runs,
	// nil for one that does not.
	Peer func(area string) Options
}

// Cost is what a poll costs, once the first ones are over.
type Cost struct {
	// Calls of a poll by operation. Averages: what only every fifth poll asks
	// for is a fifth of a call.
	Calls map[string]float64
	// Series of the result.
	Series float64
}

// Call is an operation that a poll calls, and how often.
type Call struct {
	Endpoint apiclient.Endpoint
	// Says how often, for the documentation; "" says nothing.
	Says string
	Of   func(Load) float64
}

// Calls is a number of calls that never changes.
func Calls(n int, e apiclient.Endpoint) Call {
	return Call{e, fmt.Sprint(n), func(Load) float64 { return float64(n) }}
}

// Once is a single call.
func Once(e apiclient.Endpoint) Call { return Calls(1, e) }

// CallPages reads a whole list of things.
func CallPages(e apiclient.Endpoint, kind Kind) Call {
	return Call{e, fmt.Sprintf("1 for each %s %s", thousands(e.Page.Size), plural(kind)), func(l Load) float64 {
		n := Pages(l.Fleet[kind], e.Page.Size)
		if e.Page.MaxOffset > 0 {
			n = min(n, float64(e.Page.MaxOffset/e.Page.Size+2)) // the last page begins at MaxOffset
		}
		return n
	}}
}

// CallEach asks for each thing alone.
func CallEach(e apiclient.Endpoint, kind Kind) Call {
	return Call{e, "1 for each " + kindOf(kind).One, func(l Load) float64 { return l.Fleet[kind] }}
}

// With leaves a call out unless all of the area's options are on.
func (c Call) With(options ...string) Call {
	of := c.Of
	c.Says = fmt.Sprintf("with `%s` %s", strings.Join(options, "` and `"), c.Says)
	c.Of = func(l Load) float64 {
		for _, name := range options {
			if !l.Options.Bool(name) {
				return 0
			}
		}
		return of(l)
	}
	return c
}

// Within is how many things of an hourly kind come in a time.
func (l Load) Within(kind Kind, t time.Duration) float64 { return l.Fleet[kind] * t.Hours() }

// LoginsWithin is how many logins come in a time at the busiest hour.
func (l Load) LoginsWithin(t time.Duration) float64 { return l.Within(LoginsPerHour, t) }

// Pages is how many pages of a list n things take; an empty list has one too.
// Each page but the first begins with the last thing of the one before it.
func Pages(n float64, size int) float64 {
	return 1 + max(0, math.Ceil((n-float64(size))/max(1, float64(size-1))))
}

// PlainPages is Pages for lists whose pages have nothing in common.
func PlainPages(n float64, size int) float64 { return max(1, math.Ceil(n/float64(size))) }

func plural(kind Kind) string {
	one := kindOf(kind).One
	if stem, y := strings.CutSuffix(one, "y"); y {
		return stem + "ies"
	}
	return one + "s"
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// Per is how many series there are for each thing of a kind.
type Per map[Kind]float64

// Series is a number of series and those for each thing.
func Series(fixed float64, of Per) func(Load) float64 {
	return func(l Load) float64 {
		n := fixed
		for kind, each := range of {
			n += each * l.Fleet[kind]
		}
		return n
	}
}

// cost adds up what an area declares.
func (a Declaration[T]) cost(l Load) Cost {
	c := Cost{Calls: make(map[string]float64, len(a.Calls))}
	for _, call := range a.Calls {
		if n := call.Of(l); n > 0 {
			c.Calls[call.Endpoint.Operation] += n
		}
	}
	c.Series = a.Series(l)
	return c
}

// endpoints are those of the declared calls, each once.
func (a Declaration[T]) endpoints() []apiclient.Endpoint {
	var all []apiclient.Endpoint
	for _, call := range a.Calls {
		if !slices.Contains(all, call.Endpoint) {
			all = append(all, call.Endpoint)
		}
	}
	return all
}

// callsText joins what the declared calls say.
func (a Declaration[T]) callsText() string {
	var all []string
	fixed := 0
	for _, call := range a.Calls {
		var n int
		if _, err := fmt.Sscanf(call.Says+"\n", "%d\n", &n); err == nil {
			fixed += n
		} else if call.Says != "" {
			all = append(all, call.Says)
		}
	}
	if fixed > 0 {
		all = append([]string{fmt.Sprint(fixed)}, all...)
	}
	return strings.Join(all, ", and ")
}
