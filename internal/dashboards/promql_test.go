package dashboards_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
	"github.com/workspace-exporter/workspace_exporter/scraper"
)

// names is a set of label names.
type names map[string]bool

func setOf(labels ...string) names {
	s := names{}
	for _, l := range labels {
		s[l] = true
	}
	return s
}

func (s names) plus(labels ...string) names {
	sum := maps.Clone(s)
	for _, l := range labels {
		sum[l] = true
	}
	return sum
}

func (s names) minus(labels ...string) names {
	rest := maps.Clone(s)
	for _, l := range labels {
		delete(rest, l)
	}
	return rest
}

func (s names) String() string { return strings.Join(slices.Sorted(maps.Keys(s)), ", ") }

// known returns the labels of every metric that there is.
func known(t *testing.T) map[string]names {
	t.Helper()
	scraped := setOf("job", "instance", "pod")
	project := scraped.plus("account", "region", "project")
	metrics := map[string]names{
		"ALERTS": project.plus("alertname", "alertstate", "severity", "pool_id"),
		"up":     scraped, "scrape_samples_scraped": scraped, "scrape_duration_seconds": scraped,
		"process_resident_memory_bytes": scraped, "process_cpu_seconds_total": scraped, "go_goroutines": scraped,
		area.Prefix + "exporter_build_info": scraped.plus("version", "revision", "branch", "goversion", "goos", "goarch", "tags"),
	}
	add := func(base names, f area.FamilySpec) {
		own := base.plus(f.Labels...)
		if f.Type != area.HistogramType {
			metrics[f.Name] = own
			return
		}
		metrics[f.Name+"_bucket"], metrics[f.Name+"_sum"], metrics[f.Name+"_count"] = own.plus("le"), own, own
	}
	for _, c := range collector.All() {
		for _, f := range c.Spec().Families {
			add(project, f)
		}
	}
	for _, f := range scraper.OwnFamilies() {
		base := project
		// What belongs to an account has no project.
		if slices.Contains(f.Labels, "region") || f.Name == area.Prefix+"exporter_credential_expiry_timestamp_seconds" {
			base = scraped.plus("account")
		}
		add(base, f)
	}
	for _, f := range daemon.ProcessFamilies() {
		add(scraped, f)
	}
	for _, r := range promqltest.Rules(t, root+"alerts") {
		if r.Record != "" {
			metrics[r.Record] = project // the other labels are not declared
		}
	}
	return metrics
}

var legendLabel = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// TestExpressions parses every expression and holds that every metric and
// label in it, and every label of a legend, exists.
func TestExpressions(t *testing.T) {
	t.Parallel()
	metrics := known(t)
	for _, d := range all(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				c := checker{t: t, metrics: metrics, where: d.UID + ", " + p.Title + ", " + q.RefID}
				result := c.expression(q.Expr)
				for _, l := range legendLabel.FindAllStringSubmatch(q.LegendFormat, -1) {
					if !result[l[1]] {
						t.Errorf("%s: legend has label %s, the result only %s", c.where, l[1], result)
					}
				}
			}
		}
		for _, a := range d.Annotations.List {
			checker{t: t, metrics: metrics, where: d.UID + ", annotation"}.expression(a.Expr)
		}
		for _, v := range d.Templating.List {
			if query, ok := strings.CutPrefix(v.Definition, "query_result("); ok {
				checker{t: t, metrics: metrics, where: d.UID + ", variable " + v.Name}.expression(strings.TrimSuffix(query, ")"))
			} else if query, ok := strings.CutPrefix(v.Definition, "label_values("); ok {
				query, label, _ := strings.Cut(strings.TrimSuffix(query, ")"), ", ")
				if c := (checker{t: t, metrics: metrics, where: d.UID + ", variable " + v.Name}); !c.expression(query)[label] {
					t.Errorf("%s: no label %s", c.where, label)
				}
			}
		}
	}
}

// TestCheckerFindsMistakes: a checker that finds nothing is of no use.
func TestCheckerFindsMistakes(t *testing.T) {
	t.Parallel()
	metrics := known(t)
	for _, wrong := range []string{
		`sum(huaweicloud_workspace_no_such_metric)`,
		`sum(huaweicloud_workspace_pool_desktops{pool="a"})`,
		`sum by (pool) (huaweicloud_workspace_pool_desktops)`,
		`huaweicloud_workspace_pool_desktops * on (pool_id) group_left (name) huaweicloud_workspace_pool_info`,
		`sum by (account) (huaweicloud_workspace_desktops) / sum by (region) (huaweicloud_workspace_desktops)`,
		`sum by (project) (huaweicloud_workspace_exporter_api_budget_used_ratio)`,
		`rate(huaweicloud_workspace_desktops`,
	} {
		var found []string
		checker{t: t, metrics: metrics, report: func(mistake string) { found = append(found, mistake) }}.expression(wrong)
		if len(found) == 0 {
			t.Errorf("no mistake found in %s", wrong)
		}
	}
}

// checker follows the labels through an expression.
type checker struct {
	t       *testing.T
	metrics map[string]names
	where   string
	report  func(mistake string)
}

func (c checker) mistake(format string) {
	c.t.Helper()
	if c.report != nil {
		c.report(format)
		return
	}
	c.t.Errorf("%s: %s", c.where, format)
}

func (c checker) expression(expr string) names {
	c.t.Helper()
	parsed, err := metricsql.Parse(concrete(expr))
	if err != nil {
		c.mistake(err.Error() + " in " + expr)
		return names{}
	}
	return c.labels(parsed)
}

// concrete gives the durations that Grafana fills in a value.
func concrete(expr string) string {
	return strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h").Replace(expr)
}

// labels returns the labels that a result may have; nil for a scalar.
func (c checker) labels(e metricsql.Expr) names {
	c.t.Helper()
	switch e := e.(type) {
	case *metricsql.MetricExpr:
		return c.selector(e)
	case *metricsql.RollupExpr:
		return c.labels(e.Expr)
	case *metricsql.AggrFuncExpr:
		return c.aggregate(e)
	case *metricsql.BinaryOpExpr:
		return c.binary(e)
	case *metricsql.FuncExpr:
		return c.call(e)
	default:
		return nil
	}
}

func (c checker) selector(s *metricsql.MetricExpr) names {
	c.t.Helper()
	filters := s.LabelFilterss[0]
	name := filters[0].Value
	own, exists := c.metrics[name]
	if !exists {
		c.mistake("there is no metric " + name)
		return names{}
	}
	for _, f := range filters[1:] {
		if !own[f.Label] {
			c.mistake(name + " has no label " + f.Label + ", only " + own.String())
		}
	}
	return own
}

// last returns the labels of the last argument that has any.
func (c checker) last(args []metricsql.Expr) names {
	c.t.Helper()
	var result names
	for _, arg := range args {
		if of := c.labels(arg); of != nil {
			result = of
		}
	}
	return result
}

func (c checker) aggregate(a *metricsql.AggrFuncExpr) names {
	c.t.Helper()
	inner := c.last(a.Args)
	if a.Modifier.Op == "without" {
		return inner.minus(a.Modifier.Args...)
	}
	for _, l := range a.Modifier.Args {
		if !inner[l] {
			c.mistake("grouped by " + l + ", but there is only " + inner.String())
		}
	}
	if a.Name == "topk" || a.Name == "bottomk" {
		return inner
	}
	return setOf(a.Modifier.Args...)
}

func (c checker) binary(b *metricsql.BinaryOpExpr) names {
	c.t.Helper()
	left, right := c.labels(b.Left), c.labels(b.Right)
	if left == nil {
		return right
	}
	if right == nil {
		return left
	}
	on, added := b.GroupModifier, b.JoinModifier
	if on.Op == "on" {
		for _, l := range on.Args {
			if !left[l] || !right[l] {
				c.mistake("matched on " + l + ", which one side lacks")
			}
		}
	} else if b.Op != "or" && left.String() != right.String() {
		c.mistake("sides differ in labels: " + left.String() + " and " + right.String())
	}
	for _, l := range added.Args {
		if !right[l] {
			c.mistake("group_left adds " + l + ", which the right side lacks: " + right.String())
		}
	}
	switch {
	case b.Op == "or":
		return left.plus(slices.Collect(maps.Keys(right))...)
	case b.Op == "and" || b.Op == "unless" || added.Op == "group_left":
		return left.plus(added.Args...)
	case added.Op == "group_right":
		c.mistake("group_right is not followed")
		return right
	case on.Op == "on":
		return setOf(on.Args...)
	default:
		return left
	}
}

func (c checker) call(call *metricsql.FuncExpr) names {
	c.t.Helper()
	result := c.last(call.Args)
	switch call.Name {
	case "label_replace":
		return result.plus(call.Args[1].(*metricsql.StringExpr).S)
	case "vector":
		return names{}
	case "histogram_quantile":
		return result.minus("le")
	}
	return result
}

// TestPromtool lets Prometheus parse every expression: the parser used above
// accepts more, and that of Prometheus brings modules of a cloud into go.mod.
func TestPromtool(t *testing.T) {
	t.Parallel()
	promtool := testutil.Tool(t, "promtool")
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	var rules []rule
	add := func(expr string) {
		rules = append(rules, rule{fmt.Sprintf("expression:%d", len(rules)), concrete(expr)})
	}
	for _, d := range all(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				add(q.Expr)
			}
		}
		for _, a := range d.Annotations.List {
			add(a.Expr)
		}
	}
	// JSON is YAML too.
	data, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboards", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", "--lint=none", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
