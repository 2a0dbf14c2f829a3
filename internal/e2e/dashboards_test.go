package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/VictoriaMetrics/metricsql"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// panel is an expression of a dashboard, and where it stands.
type panel struct{ where, expr string }

// builtin are the variables that Grafana itself fills in: for the default
// scrape interval of its data source, and the range that dashboards open with.
var builtin = map[string]string{"__rate_interval": "1m", "__interval": "15s", "__range": "6h", "__range_s": "21600"}

// variable is one in an expression: $name, ${name} or ${name:format}.
var variable = regexp.MustCompile(`\$\{?([A-Za-z_]\w*)(?::\w+)?\}?`)

// dashboard is what the test reads of one.
type dashboard struct {
	Templating struct {
		List []struct {
			Name     string
			Type     string
			AllValue string
		}
	}
}

// panels returns all expressions of the shipped dashboards, those of variables
// and annotations too, with the defaults of their variables.
func panels(t testing.TB) []panel {
	t.Helper()
	var all []panel
	files := testutil.ReadFiles(t, filepath.Join(root, "dashboards/*.json"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var d dashboard
		var tree any
		for _, into := range []any{&d, &tree} {
			if err := json.Unmarshal(files[name], into); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		values := maps.Clone(builtin)
		for _, v := range d.Templating.List {
			values[v.Name] = v.AllValue
		}
		for _, p := range expressions(tree, name) {
			p.expr = variable.ReplaceAllStringFunc(p.expr, func(used string) string {
				value, known := values[variable.FindStringSubmatch(used)[1]]
				if !known {
					t.Errorf("%s: nothing defines %s", p.where, used)
				}
				return value
			})
			all = append(all, p)
		}
	}
	return all
}

// queryResult is how a variable asks for an expression.
var queryResult = regexp.MustCompile(`^query_result\((.*)\)$`)

// labelValues is how it asks for the values of a label.
var labelValues = regexp.MustCompile(`^label_values\((.*), *(\w+)\)$`)

// expressions walks a dashboard. The nearest title or name says where one is.
func expressions(node any, where string) []panel {
	var found []panel
	switch n := node.(type) {
	case []any:
		for _, item := range n {
			found = append(found, expressions(item, where)...)
		}
	case map[string]any:
		for _, key := range []string{"title", "name"} {
			if title, ok := n[key].(string); ok && title != "" {
				where += " / " + title
				break
			}
		}
		for _, key := range slices.Sorted(maps.Keys(n)) {
			text, isText := n[key].(string)
			switch {
			case isText && key == "expr":
				found = append(found, panel{where, text})
			case isText && key == "query" && queryResult.MatchString(text):
				found = append(found, panel{where, queryResult.FindStringSubmatch(text)[1]})
			case isText && key == "query" && labelValues.MatchString(text):
				m := labelValues.FindStringSubmatch(text)
				found = append(found, panel{where, fmt.Sprintf("count by (%s) (%s)", m[2], m[1])})
			case !isText:
				found = append(found, expressions(n[key], where)...)
			}
		}
	}
	return found
}

// TestPanels holds what can be known without a Prometheus.
func TestPanels(t *testing.T) {
	t.Parallel()
	all := panels(t)
	if len(all) < 100 {
		t.Errorf("only %d expressions were found", len(all))
	}
	for _, p := range all {
		if _, err := metricsql.Parse(p.expr); err != nil {
			t.Errorf("%s: %v: %s", p.where, err, p.expr)
		}
	}
}
