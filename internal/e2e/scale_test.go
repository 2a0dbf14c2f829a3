package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"
)

// The shipped rules and routes think in minutes and hours; a test has seconds.
// So that the same files can be tested, time is scaled: with a speed of 60
// everything that lasts a minute in them lasts a second.
//
//   - Of rules: intervals of groups, for, keep_firing_for, ranges, subqueries
//     and offsets. rate, irate and deriv give values a second; they are divided
//     by the speed, and what predict_linear looks ahead is too. So thresholds
//     and ratios mean what they mean in production.
//   - Of routes: group_wait, group_interval, repeat_interval, resolve_timeout.
//
// It does not cover what compares moments: time() - x > 900 waits 900 real
// seconds, hour() and day_of_week() are the machine's. Alerts of this kind do
// not fire early, and `promtool test rules` covers them.

// shortest is the least that a time is scaled to: one sample must fit in.
const shortest = time.Second

func scaled(d time.Duration, speed int) time.Duration {
	if d == 0 || speed == 1 {
		return d
	}
	return max(d/time.Duration(speed), shortest)
}

func scaledText(text string, speed int) (string, error) {
	d, err := model.ParseDuration(text)
	if err != nil {
		return "", err
	}
	return model.Duration(scaled(time.Duration(d), speed)).String(), nil
}

// scaleKeys scales the times under some keys, wherever they are.
func scaleKeys(node any, speed int, keys map[string]bool) error {
	switch n := node.(type) {
	case []any:
		for _, item := range n {
			if err := scaleKeys(item, speed, keys); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, value := range n {
			if text, ok := value.(string); ok && keys[key] {
				short, err := scaledText(text, speed)
				if err != nil {
					return fmt.Errorf("%s: %w", key, err)
				}
				n[key] = short
				continue
			}
			if err := scaleKeys(value, speed, keys); err != nil {
				return err
			}
		}
	}
	return nil
}

// scaleRules scales a file of rules.
func scaleRules(file []byte, speed int) ([]byte, error) {
	if speed == 1 {
		return file, nil
	}
	var rules map[string]any
	if err := yaml.Unmarshal(file, &rules); err != nil {
		return nil, err
	}
	if err := scaleKeys(rules, speed, map[string]bool{"interval": true, "query_offset": true, "for": true, "keep_firing_for": true}); err != nil {
		return nil, err
	}
	groups, _ := rules["groups"].([]any)
	for _, group := range groups {
		list, _ := group.(map[string]any)["rules"].([]any)
		for _, item := range list {
			rule := item.(map[string]any)
			expr, err := scaleExpr(rule["expr"].(string), speed)
			if err != nil {
				return nil, err
			}
			rule["expr"] = expr
		}
	}
	return yaml.Marshal(rules)
}

// scaleExpr scales the times in an expression.
func scaleExpr(expr string, speed int) (string, error) {
	tree, err := metricsql.Parse(expr)
	if err != nil {
		return "", fmt.Errorf("%s: %w", expr, err)
	}
	metricsql.VisitAll(tree, func(node metricsql.Expr) {
		if n, ok := node.(*metricsql.RollupExpr); ok {
			n.Window, n.Step, n.Offset = scaledExpr(n.Window, speed), scaledExpr(n.Step, speed), scaledExpr(n.Offset, speed)
		}
	})
	return string(perSecond(tree, speed).AppendString(nil)), nil
}

func scaledExpr(d *metricsql.DurationExpr, speed int) *metricsql.DurationExpr {
	if d == nil {
		return nil
	}
	short := scaled(time.Duration(d.Duration(0))*time.Millisecond, speed)
	// The parser is the only one who can make a DurationExpr.
	tree, err := metricsql.Parse("a[" + model.Duration(short).String() + "]")
	if err != nil {
		panic(err)
	}
	return tree.(*metricsql.RollupExpr).Window
}

// perSecond divides by the speed what a function gives, or takes, in seconds.
func perSecond(expr metricsql.Expr, speed int) metricsql.Expr {
	divided := func(e metricsql.Expr) metricsql.Expr {
		return &metricsql.BinaryOpExpr{Op: "/", Left: e, Right: &metricsql.NumberExpr{N: float64(speed)}}
	}
	switch e := expr.(type) {
	case *metricsql.AggrFuncExpr:
		for i := range e.Args {
			e.Args[i] = perSecond(e.Args[i], speed)
		}
	case *metricsql.BinaryOpExpr:
		e.Left, e.Right = perSecond(e.Left, speed), perSecond(e.Right, speed)
	case *metricsql.RollupExpr:
		e.Expr = perSecond(e.Expr, speed)
	case *metricsql.FuncExpr:
		for i := range e.Args {
			e.Args[i] = perSecond(e.Args[i], speed)
		}
		switch e.Name {
		case "rate", "irate", "deriv":
			return divided(e)
		case "predict_linear":
			e.Args[1] = divided(e.Args[1])
		}
	}
	return expr
}

// scaleRouting makes the shipped routes fast and all receivers the test's: each
// calls a URL that ends with its name. Times of the day are opened, because
// they are the machine's.
func scaleRouting(file []byte, speed int, webhook string) ([]byte, error) {
	var config map[string]any
	if err := yaml.Unmarshal(file, &config); err != nil {
		return nil, err
	}
	if err := scaleKeys(config, speed, map[string]bool{"group_wait": true, "group_interval": true, "repeat_interval": true, "resolve_timeout": true}); err != nil {
		return nil, err
	}
	delete(config, "templates")
	receivers, _ := config["receivers"].([]any)
	for i, item := range receivers {
		name := item.(map[string]any)["name"]
		receivers[i] = map[string]any{"name": name, "webhook_configs": []any{map[string]any{"url": fmt.Sprint(webhook, "/", name)}}}
	}
	intervals, _ := config["time_intervals"].([]any)
	for _, interval := range intervals {
		interval.(map[string]any)["time_intervals"] = []any{
			map[string]any{"times": []any{map[string]any{"start_time": "00:00", "end_time": "24:00"}}},
		}
	}
	return yaml.Marshal(config)
}

func TestScale(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ expr, want string }{
		"range":          {`increase(a[5m]) > 3`, `increase(a[5s]) > 3`},
		"short range":    {`increase(a[30s])`, `increase(a[1s])`},
		"rate":           {`rate(a[1h]) > 0.5`, `(rate(a[1m]) / 60) > 0.5`},
		"offset":         {`a offset 1d`, `a offset 24m`},
		"no offset":      {`a`, `a`},
		"subquery":       {`max_over_time(sum(a)[1d:5m] offset 1w)`, `max_over_time(sum(a)[24m:5s] offset 2h48m)`},
		"forecast":       {`predict_linear(a[1d], 86400) < 0`, `predict_linear(a[24m], 86400 / 60) < 0`},
		"nested":         {`histogram_quantile(0.9, sum by (le) (rate(a_bucket[10m])))`, `histogram_quantile(0.9, sum(rate(a_bucket[10s]) / 60) by(le))`},
		"moments stay":   {`time() - a > 900`, `(time() - a) > 900`},
		"matching stays": {`a / on (x) group_left () (b > 0)`, `a / on(x) group_left() (b > 0)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := scaleExpr(tt.expr, 60)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
