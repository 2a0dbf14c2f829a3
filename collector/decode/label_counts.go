package decode

import (
	"maps"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// LabelCounts are counts by label values, which hold no line break.
type LabelCounts map[string]uint64

// LabelKey is the key of label values.
func LabelKey(values ...string) string { return strings.Join(values, "\n") }

// LabelValues are the values of a key.
func LabelValues(key string) []string { return strings.Split(key, "\n") }

// Plus returns the counts with n added for each of the keys.
func (c LabelCounts) Plus(keys []string, n uint64) LabelCounts {
	sum := maps.Clone(c)
	if sum == nil {
		sum = LabelCounts{}
	}
	for _, key := range keys {
		sum[key] += n
	}
	return sum
}

// Put puts one sample for each key.
func (c LabelCounts) Put(put area.Put) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		put.Value(float64(c[key]), LabelValues(key)...)
	}
}

// Column returns the values of one label.
func (c LabelCounts) Column(i int) []string {
	var values []string
	for key := range c {
		values = append(values, LabelValues(key)[i])
	}
	return values
}
