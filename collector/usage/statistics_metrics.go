package usage

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// chosenStatistics are the numbers that the configuration names.
type chosenStatistics struct {
	// End of the range of Values, if it is a day.
	End    time.Time        `json:"end"`
	Values []namedStatistic `json:"values"`
	Trend  []namedStatistic `json:"trend"`
	Growth []namedStatistic `json:"growth"`
}

type namedStatistic struct {
	Name   string           `json:"name"`
	Period string           `json:"period"`
	Value  apiclient.Number `json:"value"`
}

// trendPeriods are the widths of the buckets by the API's name of them.
var trendPeriods = map[string]time.Duration{"MIN": time.Minute, "5MIN": 5 * time.Minute, "HOUR": time.Hour, "DAY": decode.Day}

// trendBuckets is how many complete buckets are asked for: the newest may not
// be filled yet.
const trendBuckets = 3

func statisticsMetricsArea() area.Collector {
	const name = "statistics_metrics"
	return area.Declaration[chosenStatistics]{
		Name:     name,
		Help:     "Statistics by the names that the configuration gives: their values, newest buckets and growth.",
		Disabled: true,
		Interval: time.Hour,
		Calls: []area.Call{callsIfNamed(apiclient.ListMetrics), callsIfNamed(apiclient.ListMetricsTrend), {
			Endpoint: apiclient.ShowGrowthRate, Says: "1 for each name", Of: metricNames,
		}},
		Series: func(l area.Load) float64 {
			if metricNames(l) == 0 {
				return 0
			}
			return 1 + 3*metricNames(l)
		},
		Options: []area.Option{
			{Name: "metric_names", Default: []string{}, Help: "Names of the statistics; no published page lists them all. Without any the collector does nothing."},
			{Name: "period", Default: "DAY", Help: "Range of the values: DAY is the last complete UTC day, HOUR the last complete hour."},
			{Name: "trend_period", Default: "HOUR", Help: "Width of the buckets of the trend: MIN, 5MIN, HOUR or DAY."},
			{Name: "grow_period", Default: "DAY", Help: "What the growth is measured over: DAY or MONTH."},
			{Name: "dimensions", Default: []string{}, Help: "Up to 3 dimensions to choose by, each as key,value."},
			{Name: "dim_form", Default: "indexed", Help: "How dimensions are sent, because the reference is not clear: indexed (dim.0=key,value) or plain (dim=key,value), which takes only one."},
		},
		Fetch: fetchChosenStatistics,
		Families: []area.Family[chosenStatistics]{
			statisticFamily("statistic", "Value of the statistic over the last complete period.",
				func(s chosenStatistics) []namedStatistic { return s.Values }),
			statisticFamily("statistic_trend", "Value of the statistic in its newest complete bucket of time.",
				func(s chosenStatistics) []namedStatistic { return s.Trend }),
			statisticFamily("statistic_growth_ratio", "Change of the statistic since the period before, as a ratio: 0.1 stands for ten percent more.",
				func(s chosenStatistics) []namedStatistic { return s.Growth }),
			decode.StatisticsTimestamp(name, func(s chosenStatistics) time.Time { return s.End }),
		},
	}
}

// metricNames is the number of statistics that are asked for.
func metricNames(l area.Load) float64 { return float64(len(unique(l.Options.Strings("metric_names")))) }

// callsIfNamed is one call, or none without any name.
func callsIfNamed(e apiclient.Endpoint) area.Call {
	return area.Call{Endpoint: e, Says: "1", Of: func(l area.Load) float64 { return min(metricNames(l), 1) }}
}

func statisticFamily(name, help string, of func(chosenStatistics) []namedStatistic) area.Family[chosenStatistics] {
	return area.Family[chosenStatistics]{
		Name: name, Help: help, Type: area.Gauge, Labels: []string{"name", "period"},
		Map: func(s chosenStatistics, put area.Put) {
			for _, n := range of(s) {
				// A change may be below 0, and any statistic may: who names it knows.
				if v, sent := n.Value.Value(); sent {
					put.Value(v, n.Name, n.Period)
				}
			}
		},
	}
}

func fetchChosenStatistics(ctx context.Context, in area.Input, prev chosenStatistics) (chosenStatistics, error) {
	names := unique(in.Options.Strings("metric_names"))
	if len(names) == 0 {
		return chosenStatistics{}, nil
	}
	dimensions, err := dimensionQuery(in.Options.Strings("dimensions"), in.Options.Text("dim_form"))
	if err != nil {
		return chosenStatistics{}, err
	}
	r := statisticReader{in: in, names: names, dimensions: dimensions}
	var s chosenStatistics
	if s.Values, s.End, err = r.values(ctx, in.Options.Text("period"), prev); err != nil {
		return chosenStatistics{}, err
	}
	if s.Trend, err = r.trend(ctx, in.Options.Text("trend_period")); err != nil {
		return chosenStatistics{}, err
	}
	if s.Growth, err = r.growth(ctx, in.Options.Text("grow_period")); err != nil {
		return chosenStatistics{}, err
	}
	return s, nil
}

// dimensionQuery makes the query parameters of `key,value` dimensions.
func dimensionQuery(dimensions []string, form string) (url.Values, error) {
	query := url.Values{}
	for i, d := range dimensions {
		if key, value, ok := strings.Cut(d, ","); !ok || key == "" || value == "" {
			return nil, fmt.Errorf("statistics_metrics: dimension %d is not of the form key,value: correct it in `dimensions`", i+1)
		}
	}
	switch {
	case form != "indexed" && form != "plain":
		return nil, fmt.Errorf("statistics_metrics: dim_form is %q: set it to indexed or plain", form)
	case len(dimensions) > 3:
		return nil, fmt.Errorf("statistics_metrics: %d dimensions are configured: the API takes at most 3", len(dimensions))
	case form == "plain" && len(dimensions) > 1:
		return nil, fmt.Errorf("statistics_metrics: %d dimensions are configured: the plain form takes one, use dim_form indexed", len(dimensions))
	case form == "plain" && len(dimensions) == 1:
		query.Set("dim", dimensions[0])
	default:
		for i, d := range dimensions {
			query.Set(fmt.Sprintf("dim.%d", i), d)
		}
	}
	return query, nil
}

func unique(names []string) []string {
	var distinct []string
	seen := map[string]bool{}
	for _, name := range names {
		if name != "" && !seen[name] {
			seen[name] = true
			distinct = append(distinct, name)
		}
	}
	return distinct
}

// statisticReader makes the calls of one poll.
type statisticReader struct {
	in         area.Input
	names      []string
	dimensions url.Values
}

// query returns parameters with the dimensions added.
func (r statisticReader) query(parameters url.Values) url.Values {
	for name, values := range r.dimensions {
		parameters[name] = values
	}
	return parameters
}

// values reads one number for each name over the last complete period, and
// the end of that if it is a day.
func (r statisticReader) values(ctx context.Context, period string, prev chosenStatistics) ([]namedStatistic, time.Time, error) {
	switch period {
	case "DAY":
		last := decode.Daily[[]namedStatistic]{Result: prev.Values}
		if !prev.End.IsZero() {
			last.Day = prev.End.Truncate(decode.Day)
		}
		day, err := decode.NewestDay(r.in.Now, last, func(first time.Time) ([]namedStatistic, bool, error) {
			values, err := r.over(ctx, period, first, decode.EndOfDay(first))
			return values, slices.ContainsFunc(values, func(n namedStatistic) bool { _, sent := n.Value.Value(); return sent }), err
		})
		return day.Result, day.End(), err
	case "HOUR":
		to := r.in.Now.UTC().Truncate(time.Hour)
		values, err := r.over(ctx, period, to.Add(-time.Hour), to.Add(-time.Second))
		return values, time.Time{}, err
	default:
		return nil, time.Time{}, fmt.Errorf("statistics_metrics: period is %q: set it to DAY or HOUR", period)
	}
}

// over reads one number for each name over a range of time.
func (r statisticReader) over(ctx context.Context, period string, from, to time.Time) ([]namedStatistic, error) {
	values, err := getArray[decode.Statistic](ctx, r.in, apiclient.Request{Endpoint: apiclient.ListMetrics, Query: r.query(url.Values{
		"start_time": {from.Format(time.RFC3339)}, "end_time": {to.Format(time.RFC3339)},
		"metric_names": r.names, "period": {period},
	})})
	if err != nil {
		return nil, err
	}
	return r.named(apiclient.ListMetrics, values, period)
}

// named returns the values that were asked for, in the configuration's order.
func (r statisticReader) named(e apiclient.Endpoint, values []decode.Statistic, period string) ([]namedStatistic, error) {
	nameless := 0
	for _, v := range values {
		if v.Name == "" {
			nameless++
		}
	}
	if err := decode.Nameless(r.in, e, "metric_name", nameless, len(values)); err != nil {
		return nil, err
	}
	named := make([]namedStatistic, len(r.names))
	for i, name := range r.names {
		named[i] = namedStatistic{name, strings.ToLower(period), decode.StatisticValue(values, name)}
	}
	return named, nil
}

// trend reads the newest bucket that is over.
func (r statisticReader) trend(ctx context.Context, period string) ([]namedStatistic, error) {
	width, known := trendPeriods[period]
	if !known {
		return nil, fmt.Errorf("statistics_metrics: trend_period is %q: set it to MIN, 5MIN, HOUR or DAY", period)
	}
	e := apiclient.ListMetricsTrend
	to := r.in.Now.UTC().Truncate(width)
	points, err := getArray[struct {
		Time   apiclient.Time     `json:"time"`
		Values []decode.Statistic `json:"metrics"`
	}](ctx, r.in, apiclient.Request{Endpoint: e, Query: r.query(url.Values{
		"start_time": {to.Add(-trendBuckets * width).Format(time.RFC3339)}, "end_time": {to.Add(-time.Second).Format(time.RFC3339)},
		"metric_names": r.names, "period": {period},
	})})
	if err != nil {
		return nil, err
	}
	var newest time.Time
	var values []decode.Statistic
	nameless := 0
	for _, p := range points {
		at := p.Time.Time()
		if at.IsZero() {
			nameless++
			continue
		}
		switch {
		case at.Add(width).After(r.in.Now) || at.Before(newest) || len(p.Values) == 0:
		case at.Equal(newest):
			values = append(values, p.Values...)
		default:
			newest, values = at, p.Values
		}
	}
	if err := decode.Nameless(r.in, e, "time", nameless, len(points)); err != nil {
		return nil, err
	}
	return r.named(e, values, period)
}

// growth reads the change of each name, one call for each.
func (r statisticReader) growth(ctx context.Context, period string) ([]namedStatistic, error) {
	if period != "DAY" && period != "MONTH" {
		return nil, fmt.Errorf("statistics_metrics: grow_period is %q: set it to DAY or MONTH", period)
	}
	growth := make([]namedStatistic, len(r.names))
	for i, name := range r.names {
		answer, err := decode.Get[struct {
			Rate apiclient.Number `json:"growth_rate"`
		}](ctx, r.in, apiclient.Request{Endpoint: apiclient.ShowGrowthRate, Query: r.query(url.Values{
			"metric_name": {name}, "grow_period": {period},
		})})
		if err != nil {
			return nil, err
		}
		growth[i] = namedStatistic{name, strings.ToLower(period), answer.Rate}
	}
	return growth, nil
}

// getArray reads an answer that is a bare array; null is an empty one.
func getArray[T any](ctx context.Context, in area.Input, req apiclient.Request) ([]T, error) {
	body, err := in.API.Call(ctx, req)
	if err != nil {
		return nil, err
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return nil, nil
	}
	rows, skips, err := apiclient.FromArray[T](body)
	if err != nil {
		return nil, decode.Malformed(req.Endpoint, "answer is not the documented array: %v", err)
	}
	if in.Skips != nil {
		in.Skips.Join(skips)
	}
	return rows, nil
}
