package decode

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Day is a day.
const Day = 24 * time.Hour

// Daily is what the statistics say of one UTC day.
type Daily[T any] struct {
	// Day is its first moment.
	Day    time.Time `json:"day"`
	Result T         `json:"result"`
}

// End is the last second of the day.
func (d Daily[T]) End() time.Time { return EndOfDay(d.Day) }

// EndOfDay is the last second of a day, which is what the API stamps a day
// with; zero if the day is.
func EndOfDay(first time.Time) time.Time {
	if first.IsZero() {
		return first
	}
	return first.Add(Day - time.Second)
}

// DayRange is a day as the statistics take it.
func DayRange(first time.Time) url.Values {
	return url.Values{"start_time": {first.Format(time.RFC3339)}, "end_time": {EndOfDay(first).Format(time.RFC3339)}}
}

// emptyDayIsTrue is how long after its end a day without rows is taken for
// one that is not aggregated yet. That happens at 02:00 of a zone that no page
// names; in the westernmost one it is 14:00 UTC then.
const emptyDayIsTrue = 15 * time.Hour

// NewestDay reads the last complete day. While that has no rows yet, the day
// before it stays: from the last poll, or read again. read returns whether
// there are rows. All daily statistics are read so.
func NewestDay[T any](now time.Time, prev Daily[T], read func(first time.Time) (T, bool, error)) (Daily[T], error) {
	yesterday := now.UTC().Truncate(Day).Add(-Day)
	result, rows, err := read(yesterday)
	if err != nil {
		return Daily[T]{}, err
	}
	if rows || now.Sub(yesterday.Add(Day)) >= emptyDayIsTrue {
		return Daily[T]{yesterday, result}, nil
	}
	before := yesterday.Add(-Day)
	if !prev.Day.Before(before) {
		return prev, nil
	}
	if result, _, err = read(before); err != nil {
		return Daily[T]{}, err
	}
	return Daily[T]{before, result}, nil
}

// StatisticsTimestamp is the family that every area with daily statistics has.
func StatisticsTimestamp[T any](collector string, end func(T) time.Time) area.Family[T] {
	return area.Family[T]{
		Name: "usage_statistics_timestamp_seconds",
		Help: "End of the day that the collector's usage statistics are about; the API adds a day each night.",
		Type: area.Gauge, Labels: []string{"collector"},
		Map: func(t T, put area.Put) {
			if at := end(t); !at.IsZero() {
				put.Value(area.UnixSeconds(at), collector)
			}
		},
	}
}

// Statistic is a Metric of the API: a number and what it is about.
type Statistic struct {
	Name  apiclient.Text   `json:"metric_name"`
	Value apiclient.Number `json:"metric_value"`
}

// StatisticValue returns the value of a name, without a value if it is not there.
func StatisticValue(values []Statistic, name string) apiclient.Number {
	for _, v := range values {
		if string(v.Name) == name {
			return NotNegative(v.Value)
		}
	}
	return apiclient.Number{}
}

// CallTop is the call of ListTop, which reads `top` of all rows there are.
func CallTop(e apiclient.Endpoint, rows func(area.Load) float64) area.Call {
	return area.Call{Endpoint: e, Says: fmt.Sprintf("1 for each %d of `top`", e.Page.Size), Of: func(l area.Load) float64 {
		return area.Pages(TopRows(l, rows), e.Page.Size)
	}}
}

// TopRows is how many of all rows ListTop reads.
func TopRows(l area.Load, rows func(area.Load) float64) float64 {
	return min(rows(l), float64(l.Options.Int("top")))
}

// UsedDesktopsOfDay is how many rows the daily statistics of desktops have.
func UsedDesktopsOfDay(l area.Load) float64 { return l.Fleet[area.Running] }

// ListTop reads the first rows of a sorted list.
func ListTop[T any](ctx context.Context, in area.Input, req apiclient.Request, rows int, key func(T) string) ([]T, error) {
	taken := 0
	all, err := EntriesWhile(ctx, in, req, key, func(T) bool {
		taken++
		return taken < rows
	})
	return all[:min(max(rows, 0), len(all))], err
}

// EachOfDay makes the mapping of a family with one sample for each row of a day.
func EachOfDay[T any](sample func(T, area.Put)) func(Daily[[]T], area.Put) {
	return func(d Daily[[]T], put area.Put) {
		for _, row := range d.Result {
			sample(row, put)
		}
	}
}
