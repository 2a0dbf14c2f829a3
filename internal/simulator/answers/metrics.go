package answers

import (
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func metricsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListMetrics": {
			Params: query.Params(query.Text("dim", "dim.0", "dim.1", "dim.2"), query.TimeRange(), query.Required(query.Repeated(query.Text("metric_names"))), query.OneOf("period", "DAY", "HOUR")),
			Reply:  statisticValues,
		},
		"ListMetricsTrend": {
			Params: query.Params(query.Text("dim", "dim.0", "dim.1", "dim.2"), query.TimeRange(), query.Required(query.Repeated(query.Text("metric_names"))), query.OneOf("period", "MIN", "5MIN", "HOUR", "DAY")),
			Reply:  statisticTrend,
		},
		"ShowGrowthRate": {
			Params: query.Params(query.Text("dim", "dim.0", "dim.1", "dim.2"), query.Required(query.Text("metric_name")), query.OneOf("grow_period", "DAY", "MONTH")),
			Reply:  statisticGrowth,
		},
	}
}

// statisticOf is Statistic up to a given moment, for some dimensions a part of
// it.
func statisticOf(r query.Request, now time.Time, name string, from, to time.Time) (float64, bool) {
	if last := now.Truncate(time.Minute).Add(-time.Second); to.After(last) {
		to = last
	}
	if to.Before(from) {
		return 0, false
	}
	value, ok := world.Statistic(name, from, to)
	if r.Has("dim") || r.Has("dim.0") {
		value = float64(int(value / 10))
	}
	return value, ok
}

// badDimensions refuses dimensions that are not of the form key,value, or
// whose numbers do not begin with 0.
func badDimensions(r query.Request) bool {
	for _, name := range []string{"dim", "dim.0", "dim.1", "dim.2"} {
		if key, value, ok := strings.Cut(r.Text(name), ","); r.Has(name) && (!ok || key == "" || value == "") {
			return true
		}
	}
	return r.Has("dim.1") && !r.Has("dim.0") || r.Has("dim.2") && !r.Has("dim.1")
}

func statisticValues(w *world.World, r query.Request) any {
	from, to := r.Range(query.SecondFormat)
	if to.Before(from) || badDimensions(r) {
		return response.Refusal("time range or dimensions are wrong")
	}
	values := []metric{}
	for _, name := range r.List("metric_names") {
		if v, ok := statisticOf(r, w.Now, name, from, to); ok {
			values = append(values, metric{name, v})
		}
	}
	return values
}

type trendPoint struct {
	Time    string   `json:"time"`
	Metrics []metric `json:"metrics"`
}

// statisticTrend answers in buckets, the newest of which may not be over.
func statisticTrend(w *world.World, r query.Request) any {
	width := map[string]time.Duration{"MIN": time.Minute, "5MIN": 5 * time.Minute, "HOUR": time.Hour, "DAY": world.Day}[r.Text("period")]
	from, to := r.Range(query.SecondFormat)
	if width == 0 {
		width = time.Hour
	}
	if to.Before(from) || to.Sub(from) > 2000*width || badDimensions(r) {
		return response.Refusal("time range or dimensions are wrong")
	}
	points := []trendPoint{}
	for at := from.Truncate(width); !at.After(to); at = at.Add(width) {
		p := trendPoint{Time: at.Format(query.SecondFormat)}
		for _, name := range r.List("metric_names") {
			if v, ok := statisticOf(r, w.Now, name, at, at.Add(width-time.Second)); ok {
				p.Metrics = append(p.Metrics, metric{name, v})
			}
		}
		if p.Metrics != nil {
			points = append(points, p)
		}
	}
	return points
}

type growthAnswer struct {
	Rate *float64 `json:"growth_rate"`
}

// statisticGrowth compares the last complete day, or 30 of them, with as many
// before.
func statisticGrowth(w *world.World, r query.Request) any {
	if badDimensions(r) {
		return response.Refusal("dimensions are wrong")
	}
	length := world.Day
	if r.Text("grow_period") == "MONTH" {
		length = 30 * world.Day
	}
	end := w.Now.UTC().Truncate(world.Day)
	newer, ok := statisticOf(r, w.Now, r.Text("metric_name"), end.Add(-length), end.Add(-time.Second))
	older, _ := statisticOf(r, w.Now, r.Text("metric_name"), end.Add(-2*length), end.Add(-length-time.Second))
	if !ok || older == 0 {
		return growthAnswer{}
	}
	rate := newer/older - 1
	return growthAnswer{&rate}
}
