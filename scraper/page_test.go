package scraper

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// result is what the areas of these tests have fetched.
type result struct {
	values []float64
	hist   area.Histogram
}

func testArea(name string) area.Collector {
	return area.Declaration[result]{
		Name: name, Help: "Test.", Interval: time.Minute,
		Families: []area.Family[result]{
			{
				Name: "shared", Help: "Shown by every area, with a \\ and\na line break.", Type: area.Gauge, Labels: []string{"id"},
				Map: func(r result, put area.Put) {
					for i, v := range r.values {
						put.Value(v, fmt.Sprintf("%s \"%d\"\n\\ü", name, i))
					}
				},
			},
			{
				Name: name + "_seen_total", Help: "Seen.", Type: area.Counter,
				Map: func(r result, put area.Put) { put.Value(float64(len(r.values))) },
			},
			{
				Name: name + "_duration_seconds", Help: "Took.", Type: area.HistogramType,
				Map: func(r result, put area.Put) { put.Histogram(r.hist) },
			},
		},
	}
}

// withResults returns a Scraper that has polled its areas already.
func withResults(tb testing.TB, expires time.Time, results ...result) *Scraper {
	tb.Helper()
	target := &Target{Account: "a", Region: "r", Project: "p"}
	s := New(Config{Stats: NewAPIStats()}, Plan{})
	g := &generation{}
	s.present.Store(g)
	for i, r := range results {
		c := testArea(fmt.Sprintf("area%d", i))
		l := &loop{scraper: s, collector: c, spec: c.Spec(), base: area.Labels(target.labels())}
		l.target.Store(target)
		samples, err := c.Samples(r)
		if err != nil {
			tb.Fatal(err)
		}
		families, err := render(samples, l.base, nil)
		if err != nil {
			tb.Fatal(err)
		}
		l.published.Store(&published{result: r, families: families, expires: expires})
		l.status.Store(&Status{Collector: l.spec.Name})
		g.loops = append(g.loops, l)
		s.version.Add(1)
	}
	return s
}

func someResults() []result {
	h := area.NewHistogram([]float64{0.1, 1, 10}).With(0, 0.05, 0.5, 3, 100)
	return []result{{values: []float64{1, 2.5, -3e9}, hist: h}, {values: []float64{0.1}, hist: h}, {hist: h}}
}

func get(tb testing.TB, h http.Handler, header http.Header) *http.Response {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	if res.StatusCode != http.StatusOK {
		tb.Fatalf("status %d: %s", res.StatusCode, w.Body)
	}
	return res
}

func decode(tb testing.TB, res *http.Response) []byte {
	tb.Helper()
	var body io.Reader = res.Body
	switch encoding := res.Header.Get("Content-Encoding"); encoding {
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			tb.Fatal(err)
		}
		z.Multistream(false) // one stream: some clients stop after the first
		body = z
	case "zstd":
		z, err := zstd.NewReader(body)
		if err != nil {
			tb.Fatal(err)
		}
		defer z.Close()
		body = z
	}
	content, err := io.ReadAll(body)
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// TestFastPathEqualsSlowPath: what is written from rendered segments is what
// the standard library path writes, in every format and encoding.
func TestFastPathEqualsSlowPath(t *testing.T) {
	t.Parallel()
	s := withResults(t, time.Now().Add(time.Hour), someResults()...)
	h := s.Handler(prometheus.NewRegistry())
	families, err := s.families(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	accepts := map[variant]string{text: "text/plain", openMetrics: "application/openmetrics-text;version=1.0.0"}
	for v, accept := range accepts {
		var want bytes.Buffer
		for _, mf := range families {
			if err := write(&want, mf, v); err != nil {
				t.Fatal(err)
			}
		}
		if v == openMetrics {
			want.WriteString("# EOF\n")
		}
		for _, encoding := range []string{"", "gzip", "zstd", "zstd, gzip", "gzip;q=0, zstd", "br"} {
			res := get(t, h, http.Header{"Accept": {accept}, "Accept-Encoding": {encoding}})
			if got := decode(t, res); !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%s, encoding %q differs from the slow path:\n%s\nwant\n%s", accept, encoding, got, want.Bytes())
			}
		}
	}
}

// TestProtobuf carries the native buckets that text cannot.
func TestProtobuf(t *testing.T) {
	t.Parallel()
	s := withResults(t, time.Now().Add(time.Hour), someResults()...)
	res := get(t, s.Handler(prometheus.NewRegistry()), http.Header{
		"Accept": {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"},
	})
	decoder := expfmt.NewDecoder(res.Body, expfmt.ResponseFormat(res.Header))
	found := false
	for {
		var mf dto.MetricFamily
		if err := decoder.Decode(&mf); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if mf.GetType() != dto.MetricType_HISTOGRAM {
			continue
		}
		found = true
		h := mf.Metric[0].Histogram
		if h.GetSampleCount() != 5 || h.GetZeroCount() != 1 || len(h.GetPositiveDelta()) != 4 || len(h.GetBucket()) != 3 {
			t.Errorf("native histogram %v", h)
		}
	}
	if !found {
		t.Error("no histogram")
	}
}

// TestPageExpires: a result that is too old is gone from the next scrape on,
// though nothing was published since.
func TestPageExpires(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := withResults(t, now.Add(time.Minute), someResults()...)
	if p := s.pageAt(text, now.Add(59*time.Second)); p.size == 0 {
		t.Error("the page is empty before the results expire")
	}
	if p := s.pageAt(text, now.Add(time.Minute)); p.size != 0 {
		t.Error("the page still shows expired results")
	}
	if families, err := s.families(now.Add(time.Minute)); err != nil || len(families) != 0 {
		t.Errorf("the slow path shows %d expired families, error %v", len(families), err)
	}
}

// TestPageIsKept: scrapes of an unchanged snapshot share one page.
func TestPageIsKept(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := withResults(t, now.Add(time.Hour), someResults()...)
	first := s.pageAt(text, now)
	if s.pageAt(text, now.Add(time.Second)) != first {
		t.Error("the page was made again though nothing changed")
	}
	s.version.Add(1)
	if s.pageAt(text, now) == first {
		t.Error("the page was kept though a poll ended")
	}
}

func TestTextIsValid(t *testing.T) {
	t.Parallel()
	s := withResults(t, time.Now().Add(time.Hour), someResults()...)
	page := decode(t, get(t, s.Handler(prometheus.NewRegistry()), http.Header{}))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("%v\n%s", err, page)
	}
	if n := len(families["huaweicloud_workspace_shared"].GetMetric()); n != 4 {
		t.Errorf("%d series of the shared family, want 4", n)
	}
}

// BenchmarkScrape serves 120,000 series; run it with -benchmem.
func BenchmarkScrape(b *testing.B) {
	values := make([]float64, 120_000)
	for i := range values {
		values[i] = rand.Float64()
	}
	s := withResults(b, time.Now().Add(time.Hour), result{values: values, hist: area.NewHistogram([]float64{1})})
	h := s.Handler(prometheus.NewRegistry())
	for _, encoding := range []string{"identity", "gzip", "zstd"} {
		b.Run(encoding, func(b *testing.B) {
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
				r.Header.Set("Accept-Encoding", encoding)
				h.ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
	b.Run("slow path", func(b *testing.B) {
		for b.Loop() {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
			h.ServeHTTP(discard{http.Header{}}, r)
		}
	})
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
