package area

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Object is what a series is about, such as one desktop: the label that names
// it and its value.
type Object struct{ Label, ID string }

// Cardinality is how many series a result has and about which objects.
type Cardinality struct {
	// Series is the number of all series.
	Series int
	// Objects are in the order in which they were put, each once; SeriesOf counts
	// the series of each in all families.
	Objects  []Object
	SeriesOf map[Object]int
}

// Samples are the samples of all families of one result.
type Samples []*familySamples

// Collect maps a result to the samples of families and checks them: one value
// for each label, no series twice, valid UTF-8 of a bounded length.
func Collect[T any](families []Family[T], result T) (Samples, error) {
	all := make(Samples, len(families))
	for i, f := range families {
		all[i] = &familySamples{
			name: Prefix + f.Name, help: f.Help, typ: f.Type, labels: f.Labels,
			object: objectLabel(f.Labels), seen: map[string]struct{}{},
		}
		f.Map(result, all[i])
		if err := all[i].err; err != nil {
			return nil, fmt.Errorf("metric %s: %w", all[i].name, err)
		}
	}
	return all, nil
}

// Cardinality counts the series.
func (s Samples) Cardinality() Cardinality {
	c := Cardinality{SeriesOf: map[Object]int{}}
	for _, f := range s {
		for _, one := range f.samples {
			n := one.series()
			c.Series += n
			o, has := f.objectOf(one)
			if !has {
				continue
			}
			if c.SeriesOf[o] == 0 {
				c.Objects = append(c.Objects, o)
			}
			c.SeriesOf[o] += n
		}
	}
	return c
}

// Families makes the metric families, one after the other, with base (sorted
// by name) added to every series. Families without a sample are left out, and
// so are the samples of objects that include refuses; nil includes all.
func (s Samples) Families(base []*dto.LabelPair, include func(Object) bool, yield func(*dto.MetricFamily) error) error {
	for _, f := range s {
		mf, err := f.family(base, include)
		if err != nil {
			return fmt.Errorf("metric %s: %w", f.name, err)
		}
		if len(mf.Metric) == 0 {
			continue
		}
		if err := yield(mf); err != nil {
			return err
		}
	}
	return nil
}

// Build makes the metric families of a result in one step.
func Build[T any](families []Family[T], result T, base []*dto.LabelPair, yield func(*dto.MetricFamily) error) error {
	samples, err := Collect(families, result)
	if err != nil {
		return err
	}
	return samples.Families(base, nil, yield)
}

// objectLabel is the index of the label that names the object, -1 if the
// family is about no single one.
func objectLabel(labels []string) int {
	return slices.IndexFunc(labels, func(l string) bool {
		return strings.HasSuffix(l, "_id") || l == "user" || l == "group"
	})
}

// familySamples are the samples of one family. It implements Put.
type familySamples struct {
	name, help string
	typ        Type
	labels     []string
	object     int // index of the label that names the object, -1 if none does
	samples    []sampled
	seen       map[string]struct{}
	err        error // the first
}

// sampled is one sample, with label values in the order of the labels.
type sampled struct {
	values    []string
	value     float64
	histogram *Histogram
}

// series is how many series the sample is in text: of a histogram one a
// bucket, with +Inf, sum and count.
func (s sampled) series() int {
	if s.histogram == nil {
		return 1
	}
	return len(s.histogram.Bounds) + 3
}

// Value implements Put.
func (f *familySamples) Value(v float64, labels ...string) {
	if f.typ == HistogramType {
		f.fail(fmt.Errorf("a plain value was put to a %s", f.typ))
		return
	}
	f.add(sampled{values: labels, value: v})
}

// Number implements Put.
func (f *familySamples) Number(n apiclient.Number, labels ...string) {
	if v, ok := n.Value(); ok && v >= 0 {
		f.Value(v, labels...)
	}
}

// Histogram implements Put.
func (f *familySamples) Histogram(h Histogram, labels ...string) {
	if f.typ != HistogramType {
		f.fail(fmt.Errorf("a histogram was put to a %s", f.typ))
		return
	}
	f.add(sampled{values: labels, histogram: &h})
}

func (f *familySamples) add(s sampled) {
	if len(s.values) != len(f.labels) {
		f.fail(fmt.Errorf("%d label values for the labels %v", len(s.values), f.labels))
		return
	}
	values := make([]string, len(s.values))
	for i, v := range s.values {
		values[i] = labelValue(v)
	}
	s.values = values
	key := strings.Join(values, "\xff")
	if _, twice := f.seen[key]; twice {
		f.fail(fmt.Errorf("two samples with the same labels %v=%q", f.labels, values))
		return
	}
	f.seen[key] = struct{}{}
	f.samples = append(f.samples, s)
}

func (f *familySamples) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *familySamples) objectOf(s sampled) (Object, bool) {
	if f.object < 0 {
		return Object{}, false
	}
	return Object{f.labels[f.object], s.values[f.object]}, true
}

// family makes the family of the samples that are included.
func (f *familySamples) family(base []*dto.LabelPair, include func(Object) bool) (*dto.MetricFamily, error) {
	order, err := f.labelOrder(base)
	if err != nil {
		return nil, err
	}
	mf := &dto.MetricFamily{Name: &f.name, Help: &f.help, Type: f.typ.dto()}
	for i := range f.samples {
		s := &f.samples[i]
		if o, has := f.objectOf(*s); has && include != nil && !include(o) {
			continue
		}
		own := make([]dto.LabelPair, len(f.labels))
		for i := range own {
			own[i].Name, own[i].Value = &f.labels[i], &s.values[i]
		}
		m := &dto.Metric{Label: make([]*dto.LabelPair, len(order))}
		for at, i := range order {
			if i < len(own) {
				m.Label[at] = &own[i]
			} else {
				m.Label[at] = base[i-len(own)]
			}
		}
		switch f.typ {
		case Counter:
			m.Counter = &dto.Counter{Value: &s.value}
		case HistogramType:
			m.Histogram = s.histogram.dto()
		default:
			m.Gauge = &dto.Gauge{Value: &s.value}
		}
		mf.Metric = append(mf.Metric, m)
	}
	return mf, nil
}

// labelOrder is the order of own labels and base by name, as indexes into
// both, one behind the other.
func (f *familySamples) labelOrder(base []*dto.LabelPair) ([]int, error) {
	name := func(i int) string {
		if i < len(f.labels) {
			return f.labels[i]
		}
		return base[i-len(f.labels)].GetName()
	}
	order := make([]int, len(f.labels)+len(base))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(name(i), name(j)) })
	for n := 1; n < len(order); n++ {
		// One such series would make Prometheus refuse the whole page.
		if name(order[n]) == name(order[n-1]) {
			return nil, fmt.Errorf("label %q is one of the metric's own and one added to all series: rename the latter in the configuration", name(order[n]))
		}
	}
	return order, nil
}

// maxLabelValue bounds the values of labels, in bytes: Prometheus may refuse a
// whole scrape for one that is long.
const maxLabelValue = 512

// labelValue makes a value valid UTF-8 and bounds it. What is cut ends in an
// ellipsis and a hash of all of it, so that two values do not become one.
func labelValue(value string) string {
	valid := strings.ToValidUTF8(value, "\uFFFD")
	if len(valid) <= maxLabelValue {
		return valid
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, value) // a hash takes everything
	end := fmt.Sprintf("... %016x", h.Sum64())
	cut := maxLabelValue - len(end)
	for !utf8.RuneStart(valid[cut]) {
		cut--
	}
	return valid[:cut] + end
}

// Labels returns labels in the form Build takes as base.
func Labels(labels map[string]string) []*dto.LabelPair {
	out := make([]*dto.LabelPair, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, &dto.LabelPair{Name: new(name), Value: new(labelValue(labels[name]))})
	}
	return out
}
