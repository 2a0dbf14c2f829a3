package area

import (
	"strings"
	"testing"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
)

func TestBuildChecks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		family Family[int]
		base   map[string]string
		want   string
	}{
		"series twice": {
			family: Family[int]{Type: Gauge, Labels: []string{"a", "b"}, Map: func(_ int, put Put) {
				put.Value(1, "x", "y")
				put.Value(2, "x", "y")
			}},
			want: "two samples with the same labels",
		},
		"twice once the bad bytes are replaced": {
			family: Family[int]{Type: Gauge, Labels: []string{"a"}, Map: func(_ int, put Put) {
				put.Value(1, "\xfe")
				put.Value(2, "\xfd")
			}},
			want: "two samples with the same labels",
		},
		"too few labels": {
			family: Family[int]{Type: Gauge, Labels: []string{"a", "b"}, Map: func(_ int, put Put) { put.Value(1, "x") }},
			want:   "1 label values for the labels [a b]",
		},
		"value as histogram": {
			family: Family[int]{Type: HistogramType, Map: func(_ int, put Put) { put.Value(1) }},
			want:   "a plain value was put to a histogram",
		},
		"histogram as counter": {
			family: Family[int]{Type: Counter, Map: func(_ int, put Put) { put.Histogram(NewHistogram(nil)) }},
			want:   "a histogram was put to a counter",
		},
		"label of the project": {
			family: Family[int]{Type: Gauge, Labels: []string{"state"}, Map: func(_ int, put Put) { put.Value(1, "x") }},
			base:   map[string]string{"account": "a", "state": "sg"},
			want:   `label "state"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.family.Name = "broken"
			err := Build([]Family[int]{c.family}, 0, Labels(c.base), func(*dto.MetricFamily) error {
				t.Error("the family was yielded")
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "broken") {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestBuildSortsLabels(t *testing.T) {
	t.Parallel()
	c := Declaration[int]{Families: []Family[int]{
		{Name: "empty", Type: Gauge, Map: func(int, Put) {}},
		{Name: "full", Type: Gauge, Labels: []string{"state", "group"}, Map: func(_ int, put Put) { put.Value(1, "up", "\xff!") }},
	}}
	var got []string
	samples, err := c.Samples(0)
	if err != nil {
		t.Fatal(err)
	}
	err = samples.Families(Labels(map[string]string{"region": "r", "account": "a", "job_owner": "\xfe"}), nil, func(mf *dto.MetricFamily) error {
		for _, l := range mf.Metric[0].Label {
			got = append(got, l.GetName()+"="+l.GetValue())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "account=a group=\uFFFD! job_owner=\uFFFD region=r state=up"; strings.Join(got, " ") != want {
		t.Errorf("labels are %q, want %q", got, want)
	}
}

func TestBuildForeignResult(t *testing.T) {
	t.Parallel()
	c := Declaration[int]{Name: "numbers"}
	if _, err := c.Samples("text"); err == nil || !strings.Contains(err.Error(), "numbers") {
		t.Errorf("error is %v", err)
	}
}

// TestLongLabelValues are cut at a rune, and stay different from each other.
func TestLongLabelValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("漢", 40_000)
	values := []string{long + "a", long + "b", strings.Repeat("x", maxLabelValue), strings.Repeat("\xff", 400)}
	families := []Family[int]{{Name: "x", Help: "x", Type: Gauge, Labels: []string{"thing_id"}, Map: func(_ int, put Put) {
		for _, v := range values {
			put.Value(1, v)
		}
	}}}
	seen := map[string]bool{}
	err := Build(families, 0, Labels(map[string]string{"site": long}), func(mf *dto.MetricFamily) error {
		for _, m := range mf.Metric {
			for _, l := range m.Label {
				if v := l.GetValue(); len(v) > maxLabelValue || !utf8.ValidString(v) || strings.Contains(v, "漢") && !strings.Contains(v, "漢... ") {
					t.Errorf("a value of %d bytes: %q", len(v), v)
				}
				if l.GetName() == "thing_id" {
					seen[l.GetValue()] = true
				}
			}
		}
		return nil
	})
	if err != nil || len(seen) != len(values) || !seen[values[2]] {
		t.Errorf("%d values: %v", len(seen), err)
	}
}
