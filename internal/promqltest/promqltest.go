// Package promqltest tells which series a PromQL expression asks for, so that
// tests can hold rules and dashboards against the metrics that exist. It reads
// with VictoriaMetrics' parser, which brings four small modules; Prometheus'
// own brings its whole server and newer versions of what the product uses.
// Whether Prometheus accepts an expression is for promtool to say.
package promqltest

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/VictoriaMetrics/metricsql"
)

// Selector is one selector of an expression.
type Selector struct {
	Metric   string
	Matchers []Matcher
}

// Matcher is what a selector asks of a label. Values are all that it names:
// those of negative matchers and each alternative of a regular expression, but
// none of a pattern.
type Matcher struct {
	Label    string
	Values   []string
	Positive bool
}

// Use is what an expression needs.
type Use struct {
	Selectors []Selector
	// Labels are those named in groupings and vector matching.
	Labels []string
}

// Parse returns what an expression needs.
func Parse(expr string) (Use, error) {
	tree, err := metricsql.Parse(expr)
	if err != nil {
		return Use{}, fmt.Errorf("%s: %w", expr, err)
	}
	var use Use
	metricsql.VisitAll(tree, func(node metricsql.Expr) {
		switch n := node.(type) {
		case *metricsql.MetricExpr:
			for _, filters := range n.LabelFilterss {
				use.Selectors = append(use.Selectors, selector(filters))
			}
		case *metricsql.ModifierExpr:
			use.Labels = append(use.Labels, n.Args...)
		}
	})
	slices.Sort(use.Labels)
	use.Labels = slices.Compact(use.Labels)
	return use, nil
}

func selector(filters []metricsql.LabelFilter) Selector {
	var s Selector
	for _, f := range filters {
		if f.Label == "__name__" && !f.IsNegative && !f.IsRegexp {
			s.Metric = f.Value
			continue
		}
		m := Matcher{Label: f.Label, Positive: !f.IsNegative, Values: []string{f.Value}}
		if f.IsRegexp {
			m.Values = nil
			if alternatives := strings.Split(f.Value, "|"); !slices.ContainsFunc(alternatives, isPattern) {
				m.Values = alternatives
			}
		}
		s.Matchers = append(s.Matchers, m)
	}
	return s
}

func isPattern(s string) bool { return regexp.QuoteMeta(s) != s }

// Scrape holds the values of each label of each metric of an exposition.
type Scrape map[string]map[string]map[string]bool

var (
	sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? `)
	pair   = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`)
	plain  = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
)

// ReadScrape reads a page in the text format.
func ReadScrape(page io.Reader) (Scrape, error) {
	scrape := Scrape{}
	lines := bufio.NewScanner(page)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m := sample.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		metric := scrape[m[1]]
		if metric == nil {
			metric = map[string]map[string]bool{}
			scrape[m[1]] = metric
		}
		for _, p := range pair.FindAllStringSubmatch(m[2], -1) {
			if metric[p[1]] == nil {
				metric[p[1]] = map[string]bool{}
			}
			metric[p[1]][plain.Replace(p[2])] = true
		}
	}
	return scrape, lines.Err()
}

// Missing lists what a selector names that the scrape does not show: the
// metric, a label, or a value of a label.
func (s Scrape) Missing(want Selector) []string {
	metric, shown := s[want.Metric]
	if !shown {
		return []string{fmt.Sprintf("there is no metric %s", want.Metric)}
	}
	var missing []string
	for _, m := range want.Matchers {
		if metric[m.Label] == nil {
			missing = append(missing, fmt.Sprintf("%s has no label %s", want.Metric, m.Label))
			continue
		}
		for _, v := range m.Values {
			if !metric[m.Label][v] {
				missing = append(missing, fmt.Sprintf("%s has no series with %s=%q", want.Metric, m.Label, v))
			}
		}
	}
	return missing
}

var (
	block   = regexp.MustCompile("(?ms)^```promql\n(.*?)^```$")
	blank   = regexp.MustCompile(`\n\s*\n`)
	span    = regexp.MustCompile("`([^`\n]+)`")
	anyCode = regexp.MustCompile("(?ms)^```.*?^```$")
)

// Blocks returns the expressions in the promql blocks of a Markdown text, which
// blank lines separate.
func Blocks(markdown string) []string {
	var all []string
	for _, m := range block.FindAllStringSubmatch(markdown, -1) {
		all = append(all, blank.Split(strings.TrimSpace(m[1]), -1)...)
	}
	return all
}

// Expressions returns those of blocks, and what stands in a line as code and
// names a metric of ours.
func Expressions(markdown string) []string {
	all := Blocks(markdown)
	for _, m := range span.FindAllStringSubmatch(anyCode.ReplaceAllString(markdown, ""), -1) {
		if strings.Contains(m[1], "huaweicloud_workspace_") {
			all = append(all, m[1])
		}
	}
	return all
}
