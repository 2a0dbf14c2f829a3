package collector

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

const day = 24 * time.Hour

// daily is what the statistics say of one UTC day.
type daily[T any] struct {
	// Day is its first moment.
	Day    time.Time `json:"day"`
	Result T         `json:"result"`
}

func (d daily[T]) end() time.Time { return endOfDay(d.Day) }

// endOfDay is the last second of a day, which is what the API stamps a day
// with; zero if the day is.
func endOfDay(first time.Time) time.Time {
	if first.IsZero() {
		return first
	}
	return first.Add(day - time.Second)
}

// dayRange is a day as the statistics take it.
func dayRange(first time.Time) url.Values {
	return url.Values{"start_time": {first.Format(time.RFC3339)}, "end_time": {endOfDay(first).Format(time.RFC3339)}}
}

// emptyDayIsTrue is how long after its end a day without rows is taken for
// one that is not aggregated yet. That happens at 02:00 of a zone that no page
// names; in the westernmost one it is 14:00 UTC then.
const emptyDayIsTrue = 15 * time.Hour

// newestDay reads the last complete day. While that has no rows yet, the day
// before it stays: from the last poll, or read again. read returns whether
// there are rows.
func newestDay[T any](now time.Time, prev daily[T], read func(first time.Time) (T, bool, error)) (daily[T], error) {
	yesterday := now.UTC().Truncate(day).Add(-day)
	result, rows, err := read(yesterday)
	if err != nil {
		return daily[T]{}, err
	}
	if rows || now.Sub(yesterday.Add(day)) >= emptyDayIsTrue {
		return daily[T]{yesterday, result}, nil
	}
	before := yesterday.Add(-day)
	if !prev.Day.Before(before) {
		return prev, nil
	}
	if result, _, err = read(before); err != nil {
		return daily[T]{}, err
	}
	return daily[T]{before, result}, nil
}

// statisticsTimestamp is the family that every area with daily statistics has.
func statisticsTimestamp[T any](collector string, end func(T) time.Time) Family[T] {
	return Family[T]{
		Name: "usage_statistics_timestamp_seconds",
		Help: "End of the day that the collector's usage statistics are about; the API adds a day each night.",
		Type: Gauge, Labels: []string{"collector"},
		Map: func(t T, put Put) {
			if at := end(t); !at.IsZero() {
				put.Value(unixSeconds(at), collector)
			}
		},
	}
}

// statisticValue is a Metric of the API: a number and what it is about.
type statisticValue struct {
	Name  apiclient.Text   `json:"metric_name"`
	Value apiclient.Number `json:"metric_value"`
}

func valueOf(values []statisticValue, name string) apiclient.Number {
	for _, v := range values {
		if string(v.Name) == name {
			return v.Value
		}
	}
	return apiclient.Number{}
}

// callTop is the call of listTop, which reads `top` of all rows there are.
func callTop(e apiclient.Endpoint, rows func(Load) float64) Call {
	return Call{Endpoint: e, Says: fmt.Sprintf("1 for each %d of `top`", e.Page.Size), Of: func(l Load) float64 {
		return pages(topRows(l, rows), e.Page.Size)
	}}
}

func topRows(l Load, rows func(Load) float64) float64 {
	return min(rows(l), float64(l.Options.Int("top")))
}

// Rows of the daily statistics.
func usedDesktopsOfDay(l Load) float64 { return l.Fleet[Running] }
func allUsers(l Load) float64          { return l.Fleet[Users] }

// failingUsers are few: most use no applications of application streaming.
func failingUsers(l Load) float64 { return math.Floor(l.Fleet[Users] / 80) }

// listTop reads the first rows of a sorted list.
func listTop[T any](ctx context.Context, api apiclient.Caller, req apiclient.Request, rows int, key func(T) string) ([]T, error) {
	taken := 0
	all, err := apiclient.ListWhile(ctx, api, req, key, func(T) bool {
		taken++
		return taken < rows
	})
	return all[:min(max(rows, 0), len(all))], err
}
