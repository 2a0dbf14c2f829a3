package scraper

import (
	"bytes"
	"fmt"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// variant is a text format that is kept rendered.
type variant int

const (
	text variant = iota
	openMetrics
	variants
)

// rendered is one family of one result as bytes: the lines about it (HELP,
// TYPE), which a page shows once, and its samples.
type rendered struct {
	name string
	head [variants]segment
	body [variants]segment
}

// render makes the families of samples and renders them, one at a time so
// that only one is ever held in its large form.
func render(samples area.Samples, base []*dto.LabelPair, include func(area.Object) bool) ([]rendered, error) {
	var all []rendered
	d := newDeflater()
	err := samples.Families(base, include, func(mf *dto.MetricFamily) error {
		r, err := renderFamily(mf, d)
		all = append(all, r)
		return err
	})
	return all, err
}

func renderFamily(mf *dto.MetricFamily, d *deflater) (rendered, error) {
	r := rendered{name: mf.GetName()}
	var buf bytes.Buffer
	for v := range variants {
		buf.Reset()
		if err := write(&buf, mf, v); err != nil {
			return rendered{}, fmt.Errorf("metric %s: %w", mf.GetName(), err)
		}
		head := headLength(buf.Bytes())
		r.head[v] = d.segment(slices.Clone(buf.Bytes()[:head]))
		r.body[v] = d.segment(slices.Clone(buf.Bytes()[head:]))
	}
	return r, nil
}

func write(buf *bytes.Buffer, mf *dto.MetricFamily, v variant) error {
	var err error
	if v == openMetrics {
		_, err = expfmt.MetricFamilyToOpenMetrics(buf, mf)
	} else {
		_, err = expfmt.MetricFamilyToText(buf, mf)
	}
	return err
}

// headLength is the length of the leading lines that start with #.
func headLength(page []byte) int {
	n := 0
	for n < len(page) && page[n] == '#' {
		n += bytes.IndexByte(page[n:], '\n') + 1
	}
	return n
}
