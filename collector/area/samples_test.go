package area

import (
	"strings"
	"testing"

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
