package scraper

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// Handler serves the metrics of the collectors and, behind them, those of the
// exporter itself and of process (Go runtime, build). The text formats are
// written from rendered bytes; protobuf takes promhttp's path. Both show the
// same series.
func (s *Scraper) Handler(process prometheus.Gatherer) http.Handler {
	own := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		merged := familySet{}
		if err := s.ownFamilies(merged.add); err != nil {
			return nil, err
		}
		return merged.sorted(), nil
	})
	collected := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return s.families(time.Now()) })
	slow := promhttp.HandlerFor(prometheus.Gatherers{collected, own, process}, promhttp.HandlerOpts{
		EnableOpenMetrics: true,
	})
	tail := prometheus.Gatherers{own, process}
	formats := expfmt.DefaultOpenMetricsAcceptedFormats()

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format := expfmt.NegotiateAccept(r.Header, formats...)
		v := text
		switch format.FormatType() {
		case expfmt.TypeTextPlain:
		case expfmt.TypeOpenMetrics:
			v = openMetrics
		default:
			_, births := s.rendered(time.Now())
			slow.ServeHTTP(w, r)
			if r.Method == http.MethodGet {
				s.shown(births)
			}
			return
		}
		last, err := encodeTail(tail, v)
		if err != nil {
			http.Error(w, "cannot gather the exporter's own metrics: "+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", string(format))
		p := s.pageAt(v, time.Now())
		// A client that goes away early is no failure of ours.
		if p.write(w, r.Header.Get("Accept-Encoding"), last) == nil && r.Method == http.MethodGet {
			s.shown(p.births)
		}
	})
}

// encodeTail renders what changes with every scrape.
func encodeTail(g prometheus.Gatherer, v variant) ([]byte, error) {
	families, err := g.Gather()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	for _, mf := range families {
		if err := write(&buf, mf, v); err != nil {
			return nil, err
		}
	}
	if v == openMetrics {
		if _, err := expfmt.FinalizeOpenMetrics(&buf); err != nil {
			return nil, err
		}
	}
	return buf.Bytes(), nil
}

// write writes the page and then last in the best encoding that is accepted.
func (p *page) write(w http.ResponseWriter, accepted string, last []byte) error {
	w.Header().Add("Vary", "Accept-Encoding")
	switch encoding := negotiateEncoding(accepted); encoding {
	case "gzip":
		w.Header().Set("Content-Encoding", encoding)
		return writeGzip(w, p.deflated, p.sum, p.size, last)
	case "zstd":
		w.Header().Set("Content-Encoding", encoding)
		z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		if err := p.writePlain(z, last); err != nil {
			return err
		}
		return z.Close()
	default:
		return p.writePlain(w, last)
	}
}

func (p *page) writePlain(w io.Writer, last []byte) error {
	for _, s := range p.plain {
		if _, err := w.Write(s); err != nil {
			return err
		}
	}
	_, err := w.Write(last)
	return err
}

// negotiateEncoding picks gzip, which is kept compressed, before zstd, which is
// made at the scrape, before none.
func negotiateEncoding(accepted string) string {
	best := ""
	for part := range strings.SplitSeq(accepted, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
				continue
			}
		}
		if name == "gzip" || (name == "zstd" && best == "") {
			best = name
		}
	}
	return best
}
