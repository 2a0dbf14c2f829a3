package area_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/proto"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestExemplars renders the exemplars of a histogram: the newest one of each
// bucket, in OpenMetrics alone.
func TestExemplars(t *testing.T) {
	t.Parallel()
	h := area.NewHistogram([]float64{1, 10})
	plain := h
	for i, e := range []area.Exemplar{
		{Of: "tx-1", Value: 0.5, Time: areatest.Noon}, {Of: "tx-2", Value: 5, Time: areatest.Noon.Add(time.Minute)},
		{Of: "tx-old", Value: 6, Time: areatest.Noon}, {Of: "tx-3", Value: 50, Time: areatest.Noon},
	} {
		e.Label = "transaction_id"
		before := fmt.Sprint(h.Exemplars)
		next := h.WithExemplar(e)
		if fmt.Sprint(h.Exemplars) != before || next.Count() != uint64(i+1) {
			t.Fatal("WithExemplar changed its receiver or lost an observation")
		}
		h, plain = next, plain.With(e.Value)
	}
	exemplars := area.Declaration[area.Histogram]{Families: []area.Family[area.Histogram]{{
		Name: "h", Help: "h", Type: area.HistogramType, Map: func(h area.Histogram, put area.Put) { put.Histogram(h) },
	}}}
	if got, want := areatest.Exposition(t, exemplars, h), areatest.Exposition(t, exemplars, plain); got != want {
		t.Errorf("exemplars change the text format:\n%s\nwant:\n%s", got, want)
	}
	mf := areatest.Families(t, exemplars, areatest.Restored(t, h))[0]
	var page bytes.Buffer
	if _, err := expfmt.MetricFamilyToOpenMetrics(&page, mf); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`_bucket{le="1.0"} 1 # {transaction_id="tx-1"} 0.5 1.76735522e+09`,
		`_bucket{le="10.0"} 3 # {transaction_id="tx-2"} 5.0 1.76735528e+09`,
		`_bucket{le="+Inf"} 4 # {transaction_id="tx-3"} 50.0 1.76735522e+09`,
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, page.String())
		}
	}
	if _, err := proto.Marshal(mf); err != nil {
		t.Error(err)
	}
}
