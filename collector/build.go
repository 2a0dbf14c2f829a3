package collector

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Specs returns what families declare.
func Specs[T any](families []Family[T]) []FamilySpec {
	specs := make([]FamilySpec, len(families))
	for i, f := range families {
		specs[i] = FamilySpec{Name: Prefix + f.Name, Help: f.Help, Type: f.Type, Labels: f.Labels}
	}
	return specs
}

// Build maps result to families and checks them: one value for each label, no
// series twice, valid UTF-8. base is added to every series.
// Series of objects that keep does not want are left out; nil keeps all.
func Build[T any](families []Family[T], result T, base []*dto.LabelPair, keep Keep, yield func(*dto.MetricFamily) error) error {
	for _, f := range families {
		b := newBuilder(f.Name, f.Help, f.Type, f.Labels, base)
		b.object, b.keep = objectLabel(f.Labels), keep
		f.Map(result, b)
		mf, err := b.family()
		if err != nil {
			return err
		}
		if mf == nil {
			continue
		}
		if err := yield(mf); err != nil {
			return err
		}
	}
	return nil
}

// builder implements Put for one family.
type builder struct {
	mf     *dto.MetricFamily
	typ    Type
	names  []string
	base   []*dto.LabelPair
	order  []int // of own labels and base in the sorted label list
	seen   map[string]struct{}
	failed error
	object int // index of the label that names the object, -1 if none does
	keep   Keep
}

func newBuilder(name, help string, typ Type, labels []string, base []*dto.LabelPair) *builder {
	mf := &dto.MetricFamily{Name: new(Prefix + name), Help: &help, Type: typ.dto()}
	b := &builder{mf: mf, typ: typ, names: labels, base: base, seen: map[string]struct{}{}}
	b.order = make([]int, len(labels)+len(base))
	for i := range b.order {
		b.order[i] = i
	}
	labelName := func(i int) string {
		if i < len(labels) {
			return labels[i]
		}
		return base[i-len(labels)].GetName()
	}
	slices.SortFunc(b.order, func(i, j int) int { return cmp.Compare(labelName(i), labelName(j)) })
	for n := 1; n < len(b.order); n++ {
		// One such series would make Prometheus refuse the whole page.
		if name := labelName(b.order[n]); name == labelName(b.order[n-1]) {
			b.fail(fmt.Errorf("label %q is one of the metric's own and one added to all series: rename the latter in the configuration", name))
		}
	}
	return b
}

func (t Type) dto() *dto.MetricType {
	switch t {
	case Counter:
		return dto.MetricType_COUNTER.Enum()
	case HistogramType:
		return dto.MetricType_HISTOGRAM.Enum()
	default:
		return dto.MetricType_GAUGE.Enum()
	}
}

// String is the type's name in the exposition formats.
func (t Type) String() string { return strings.ToLower(t.dto().String()) }

func (b *builder) family() (*dto.MetricFamily, error) {
	if b.failed != nil {
		return nil, fmt.Errorf("metric %s: %w", b.mf.GetName(), b.failed)
	}
	if len(b.mf.Metric) == 0 {
		return nil, nil
	}
	return b.mf, nil
}

// Value implements Put.
func (b *builder) Value(v float64, labels ...string) {
	switch b.typ {
	case Counter:
		b.add(&dto.Metric{Counter: &dto.Counter{Value: &v}}, labels)
	case Gauge:
		b.add(&dto.Metric{Gauge: &dto.Gauge{Value: &v}}, labels)
	default:
		b.fail(fmt.Errorf("a plain value was put to a %s", b.typ))
	}
}

// Number implements Put.
func (b *builder) Number(n apiclient.Number, labels ...string) {
	if v, ok := n.Value(); ok {
		b.Value(v, labels...)
	}
}

// Histogram implements Put.
func (b *builder) Histogram(h Histogram, labels ...string) {
	if b.typ != HistogramType {
		b.fail(fmt.Errorf("a histogram was put to a %s", b.typ))
		return
	}
	b.add(&dto.Metric{Histogram: h.dto()}, labels)
}

func (b *builder) add(m *dto.Metric, values []string) {
	if len(values) != len(b.names) {
		b.fail(fmt.Errorf("%d label values for the labels %v", len(values), b.names))
		return
	}
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = strings.ToValidUTF8(v, "�")
	}
	if b.keep != nil && b.object >= 0 && !b.keep(Object{b.names[b.object], clean[b.object]}) {
		return
	}
	key := strings.Join(clean, "\xff")
	if _, twice := b.seen[key]; twice {
		b.fail(fmt.Errorf("two samples with the same labels %v=%q", b.names, values))
		return
	}
	b.seen[key] = struct{}{}
	m.Label = make([]*dto.LabelPair, len(b.order))
	own := make([]dto.LabelPair, len(b.names))
	for i := range clean {
		own[i].Name, own[i].Value = &b.names[i], &clean[i]
	}
	for at, i := range b.order {
		if i < len(own) {
			m.Label[at] = &own[i]
		} else {
			m.Label[at] = b.base[i-len(own)]
		}
	}
	b.mf.Metric = append(b.mf.Metric, m)
}

func (b *builder) fail(err error) {
	if b.failed == nil {
		b.failed = err
	}
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

// Labels returns labels in the form Build takes as base.
func Labels(labels map[string]string) []*dto.LabelPair {
	out := make([]*dto.LabelPair, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, &dto.LabelPair{Name: new(name), Value: new(strings.ToValidUTF8(labels[name], "�"))})
	}
	return out
}
