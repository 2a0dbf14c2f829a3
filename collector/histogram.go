package collector

import (
	"maps"
	"math"
	"slices"
	"time"
)

// nativeSchema is the resolution of native buckets: 2^(1/8) between two
// bounds, a relative error below 4.4 %.
const nativeSchema = 3

// nativeZeroThreshold is client_golang's default: in practice only 0 itself
// is "zero".
const nativeZeroThreshold = 0x1p-128

// Histogram is an immutable histogram with classic and native buckets. It
// can be stored as JSON, unlike client_golang's, because counts made from
// records must go on where they stopped.
type Histogram struct {
	// Bounds are the upper bounds of the classic buckets, ascending, without +Inf.
	Bounds []float64 `json:"bounds"`
	// Counts are per bucket (not cumulative); the last one is beyond Bounds.
	Counts []uint64 `json:"counts"`
	Sum    float64  `json:"sum"`
	// Zero counts observations up to nativeZeroThreshold; Native the others by
	// bucket index.
	Zero   uint64           `json:"zero,omitempty"`
	Native map[int32]uint64 `json:"native,omitempty"`
	// Exemplars are the newest by the index of their classic bucket.
	Exemplars map[int]Exemplar `json:"exemplars,omitempty"`
}

// Exemplar is one observation and what it was of, for those who want to look
// closer. It becomes a label of OpenMetrics, which has room for 128 runes of
// names and values.
type Exemplar struct {
	Label string    `json:"label"`
	Of    string    `json:"of"`
	Value float64   `json:"value"`
	Time  time.Time `json:"time"`
}

// NewHistogram returns an empty histogram.
func NewHistogram(bounds []float64) Histogram {
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

// Count is the number of observations.
func (h Histogram) Count() uint64 {
	var n uint64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// With returns h with the observations added. Values are finite and not
// negative.
func (h Histogram) With(values ...float64) Histogram {
	out := h
	out.Counts = slices.Clone(h.Counts)
	out.Native = make(map[int32]uint64, len(h.Native)+1)
	for i, c := range h.Native {
		out.Native[i] = c
	}
	for _, v := range values {
		i, _ := slices.BinarySearch(out.Bounds, v)
		out.Counts[i]++
		out.Sum += v
		if v <= nativeZeroThreshold {
			out.Zero++
			continue
		}
		out.Native[nativeIndex(v)]++
	}
	return out
}

// WithExemplar returns h with the observation added and remembered, unless its
// bucket has a newer one.
func (h Histogram) WithExemplar(e Exemplar) Histogram {
	out := h.With(e.Value)
	bucket, _ := slices.BinarySearch(h.Bounds, e.Value)
	if e.Time.Before(h.Exemplars[bucket].Time) {
		return out
	}
	out.Exemplars = maps.Clone(h.Exemplars)
	if out.Exemplars == nil {
		out.Exemplars = map[int]Exemplar{}
	}
	out.Exemplars[bucket] = e
	return out
}

// nativeIndex is the index of the native bucket (2^((i-1)/8), 2^(i/8)]
// that holds v.
func nativeIndex(v float64) int32 {
	return int32(math.Ceil(math.Log2(v) * (1 << nativeSchema)))
}
