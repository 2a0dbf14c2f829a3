package collector

import (
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Object is what a series is about, such as one desktop: the label that names
// it and its value.
type Object struct{ Label, ID string }

// Keep tells whether the series of an object are wanted.
type Keep func(Object) bool

// Census is how many series a result gives and about which objects.
type Census struct {
	// Series is the number of all series.
	Series int
	// Objects are in the order in which they were put, each once; Of counts
	// the series of each in all families.
	Objects []Object
	Of      map[Object]int
}

func takeCensus[T any](families []Family[T], result T) Census {
	c := Census{Of: map[Object]int{}}
	for _, f := range families {
		f.Map(result, &counter{census: &c, labels: f.Labels, object: objectLabel(f.Labels)})
	}
	return c
}

// objectLabel is the index of the label that names the object, -1 if the
// family is about no single one.
func objectLabel(labels []string) int {
	return slices.IndexFunc(labels, func(l string) bool {
		return strings.HasSuffix(l, "_id") || l == "user" || l == "group"
	})
}

// counter implements Put by counting.
type counter struct {
	census *Census
	labels []string
	object int
}

func (c *counter) count(values []string) {
	c.census.Series++
	if c.object < 0 || c.object >= len(values) {
		return
	}
	o := Object{c.labels[c.object], strings.ToValidUTF8(values[c.object], "�")}
	if c.census.Of[o] == 0 {
		c.census.Objects = append(c.census.Objects, o)
	}
	c.census.Of[o]++
}

// Value implements Put.
func (c *counter) Value(_ float64, labels ...string) { c.count(labels) }

// Number implements Put.
func (c *counter) Number(n apiclient.Number, labels ...string) {
	if _, ok := n.Value(); ok {
		c.count(labels)
	}
}

// Histogram implements Put.
func (c *counter) Histogram(h Histogram, labels ...string) {
	// In text a histogram is one series a bucket, with +Inf, sum and count.
	for range len(h.Bounds) + 3 {
		c.count(labels)
	}
}
