package scraper

import (
	"net/http"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// failures counts by reason.
type failures map[string]float64

func failuresArea() area.Collector {
	return area.Declaration[failures]{
		Name: "failures", Interval: time.Minute,
		Families: []area.Family[failures]{{
			Name: "failures_total", Help: "Failures.", Type: area.Counter, Labels: []string{"reason"},
			Map: func(f failures, put area.Put) {
				for _, reason := range []string{"a", "b", "c"} {
					if n, known := f[reason]; known {
						put.Value(n, reason)
					}
				}
			},
		}},
	}
}

// TestCountersAreBornAtZero: a scrape sees a new label value at 0 before it
// sees its count, however many polls pass between two scrapes, in every format.
func TestCountersAreBornAtZero(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"text/plain", "application/openmetrics-text", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text"} {
		s := New(Config{Stats: NewAPIStats()}, Plan{})
		l := &loop{scraper: s, collector: failuresArea(), spec: failuresArea().Spec()}
		l.target.Store(&Target{})
		l.status.Store(&Status{})
		s.present.Store(&generation{loops: []*loop{l}})
		poll := func(f failures) {
			t.Helper()
			samples, err := l.collector.Samples(f)
			if err != nil {
				t.Fatal(err)
			}
			next := &published{result: f}
			if err := l.publish(next, samples, l.published.Load().seen()); err != nil {
				t.Fatal(err)
			}
			l.published.Store(next.until(time.Now().Add(time.Hour)))
			s.version.Add(1)
		}
		none := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return nil, nil })
		handler := s.Handler(none)
		want := func(step string, lines ...string) {
			t.Helper()
			page := strings.Join(strings.Fields(string(decode(t, get(t, handler, http.Header{"Accept": {accept}})))), "")
			for _, line := range lines {
				reason, value, _ := strings.Cut(line, " ")
				text := `failures_total{reason="` + reason + `"}` + value
				if strings.Contains(accept, "protobuf") {
					text = `value:"` + reason + `"}counter:{value:` + value + `}`
				}
				if !strings.Contains(page, text) {
					t.Errorf("%s, %s: no %s in\n%s", accept, step, text, page)
				}
			}
		}
		poll(failures{"a": 5})
		want("the first result", "a 5")
		poll(failures{"a": 6, "b": 2})
		want("b is new", "a 6", "b 0")
		want("b was shown", "a 6", "b 2")
		poll(failures{"a": 6, "b": 2, "c": 1})
		poll(failures{"a": 7, "b": 2, "c": 3})
		want("c is new, two polls ago", "a 7", "b 2", "c 0")
		want("c was shown", "c 3")
		poll(failures{"a": 7, "b": 2, "c": 4})
		want("nothing is new", "c 4")
	}
}
