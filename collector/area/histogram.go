package area

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
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

// dto returns the histogram in the form that all exposition formats start
// from: cumulative classic buckets, and native ones as spans and deltas.
func (h Histogram) dto() *dto.Histogram {
	out := &dto.Histogram{
		SampleCount:   new(h.Count()),
		SampleSum:     new(h.Sum),
		Schema:        new(int32(nativeSchema)),
		ZeroThreshold: new(nativeZeroThreshold),
		ZeroCount:     new(h.Zero),
	}
	var cumulative uint64
	for i, bound := range h.Bounds {
		cumulative += h.Counts[i]
		out.Bucket = append(out.Bucket, &dto.Bucket{UpperBound: &bound, CumulativeCount: new(cumulative), Exemplar: h.exemplar(i)})
	}
	// The writers add the last bucket themselves, but without an exemplar.
	if beyond := h.exemplar(len(h.Bounds)); beyond != nil {
		out.Bucket = append(out.Bucket, &dto.Bucket{UpperBound: new(math.Inf(1)), CumulativeCount: out.SampleCount, Exemplar: beyond})
	}
	next, last := int32(0), int64(0)
	for n, i := range slices.Sorted(maps.Keys(h.Native)) {
		if n == 0 || i != next {
			out.PositiveSpan = append(out.PositiveSpan, &dto.BucketSpan{Offset: new(i - next), Length: new(uint32(0))})
		}
		*out.PositiveSpan[len(out.PositiveSpan)-1].Length++
		count := int64(h.Native[i]) //nolint:gosec // no count comes near 2^63
		out.PositiveDelta = append(out.PositiveDelta, count-last)
		next, last = i+1, count
	}
	return out
}

// exemplar returns that of a bucket, nil if it has none.
func (h Histogram) exemplar(bucket int) *dto.Exemplar {
	e, has := h.Exemplars[bucket]
	if !has {
		return nil
	}
	return &dto.Exemplar{
		Label:     []*dto.LabelPair{{Name: &e.Label, Value: new(strings.ToValidUTF8(e.Of, "\uFFFD"))}},
		Value:     &e.Value,
		Timestamp: timestamppb.New(e.Time),
	}
}
