package area

import "strings"

// CounterSet names series of counters and histograms.
type CounterSet map[string]struct{}

// Counters are the series of counters and histograms.
func (s Samples) Counters() CounterSet {
	set := CounterSet{}
	for _, f := range s {
		if f.typ == Gauge {
			continue
		}
		for _, one := range f.samples {
			set[f.key(one)] = struct{}{}
		}
	}
	return set
}

// NewAtZero returns the samples with the counters and histograms that are not
// in seen at 0, and whether there are any that are not 0 already.
func (s Samples) NewAtZero(seen CounterSet) (Samples, bool) {
	all, born := make(Samples, len(s)), false
	for i, f := range s {
		all[i] = f
		if f.typ == Gauge {
			continue
		}
		changed := *f
		changed.samples = make([]sampled, len(f.samples))
		for n, one := range f.samples {
			if _, known := seen[f.key(one)]; !known && one.counts() {
				born = true
				one = one.zero()
			}
			changed.samples[n] = one
		}
		all[i] = &changed
	}
	return all, born
}

func (f *familySamples) key(s sampled) string {
	return f.name + "\xff" + strings.Join(s.values, "\xff")
}

func (s sampled) counts() bool {
	if s.histogram != nil {
		return s.histogram.Count() > 0
	}
	return s.value > 0
}

func (s sampled) zero() sampled {
	s.value = 0
	if s.histogram != nil {
		empty := NewHistogram(s.histogram.Bounds)
		s.histogram = &empty
	}
	return s
}
