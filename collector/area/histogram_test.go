package area

import (
	"encoding/json"
	"maps"
	"math"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

// TestHistogramIsThatOfTheLibrary compares with client_golang's histogram.
func TestHistogramIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	bounds := []float64{0.1, 1, 10, 100}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.OneOf(
			rapid.Float64Range(0, 1000),
			rapid.SampledFrom([]float64{0, 0.1, 1, 10, 100, 0.5, 2, 4, 1 << 20, 1e-6, 604800}),
		)).Draw(t, "values")

		library := prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "h", Buckets: bounds, NativeHistogramBucketFactor: math.Exp2(math.Exp2(-nativeSchema)),
		})
		h := NewHistogram(bounds)
		for _, v := range values {
			library.Observe(v)
			before := h.Count()
			next := h.With(v)
			if h.Count() != before || next.Count() != before+1 {
				t.Fatal("With changed its receiver")
			}
			h = next
		}
		var m dto.Metric
		if err := library.Write(&m); err != nil {
			t.Fatal(err)
		}
		want, got := m.Histogram, h.dto()
		if got, want := nativeBuckets(got), nativeBuckets(want); !maps.Equal(got, want) {
			t.Fatalf("native buckets are %v, want %v", got, want)
		}
		for _, d := range []*dto.Histogram{got, want} {
			d.PositiveSpan, d.PositiveDelta, d.CreatedTimestamp = nil, nil, nil
		}
		if !proto.Equal(got, want) {
			t.Fatalf("histogram is\n%s\nwant\n%s", prototext.Format(got), prototext.Format(want))
		}

		data, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		var again Histogram
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatal(err)
		}
		if got := again.With(values...).dto(); !proto.Equal(got, h.With(values...).dto()) {
			t.Fatalf("after a way through JSON the histogram is\n%s", prototext.Format(got))
		}
	})
}

// nativeBuckets undoes spans and deltas. Empty buckets are left out: the
// library bridges small gaps between spans with them.
func nativeBuckets(h *dto.Histogram) map[int32]int64 {
	buckets := map[int32]int64{}
	var index int32
	var count int64
	deltas := h.PositiveDelta
	for _, s := range h.PositiveSpan {
		index += s.GetOffset()
		for range s.GetLength() {
			count += deltas[0]
			deltas = deltas[1:]
			if count != 0 {
				buckets[index] = count
			}
			index++
		}
	}
	return buckets
}
