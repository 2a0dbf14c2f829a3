package simulator

import (
	"strings"
	"time"
)

// milliFormat is the format of times with milliseconds.
const milliFormat = "2006-01-02T15:04:05.000Z"

// StatisticNames are the statistics that exist; others are left out of an
// answer.
func StatisticNames() []string {
	return []string{"desktop_usage", "user_login_count", "user_login_success_count", "user_login_fail_count"}
}

// Statistic is the value of a named statistic in a range of time: it has some
// in each minute that is over. ok is false if there is no such statistic or
// the range holds no such minute.
func Statistic(name string, from, to time.Time) (value float64, ok bool) {
	for _, known := range StatisticNames() {
		if name != known {
			continue
		}
		base := hash(name) % 5
		for at := from.Truncate(time.Minute); !at.After(to); at = at.Add(time.Minute) {
			value, ok = value+float64(base+mix(hash(name)^uint64(at.Unix()))%7), true
		}
	}
	return value, ok
}

// statisticOf is Statistic up to a given moment, for some dimensions a part of
// it.
func statisticOf(r request, now time.Time, name string, from, to time.Time) (float64, bool) {
	if last := now.Truncate(time.Minute).Add(-time.Second); to.After(last) {
		to = last
	}
	if to.Before(from) {
		return 0, false
	}
	value, ok := Statistic(name, from, to)
	if r.has("dim") || r.has("dim.0") {
		value = float64(int(value / 10))
	}
	return value, ok
}

// badDimensions refuses dimensions that are not of the form key,value, or
// whose numbers do not begin with 0.
func badDimensions(r request) bool {
	for _, name := range []string{"dim", "dim.0", "dim.1", "dim.2"} {
		if key, value, ok := strings.Cut(r.text(name), ","); r.has(name) && (!ok || key == "" || value == "") {
			return true
		}
	}
	return r.has("dim.1") && !r.has("dim.0") || r.has("dim.2") && !r.has("dim.1")
}

func statisticValues(w *world, r request) any {
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	if to.Before(from) || badDimensions(r) {
		return refusal("time range or dimensions are wrong")
	}
	values := []metric{}
	for _, name := range r.list("metric_names") {
		if v, ok := statisticOf(r, w.now, name, from, to); ok {
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
func statisticTrend(w *world, r request) any {
	width := map[string]time.Duration{"MIN": time.Minute, "5MIN": 5 * time.Minute, "HOUR": time.Hour, "DAY": day}[r.text("period")]
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	if width == 0 {
		width = time.Hour
	}
	if to.Before(from) || to.Sub(from) > 2000*width || badDimensions(r) {
		return refusal("time range or dimensions are wrong")
	}
	points := []trendPoint{}
	for at := from.Truncate(width); !at.After(to); at = at.Add(width) {
		p := trendPoint{Time: at.Format(secondFormat)}
		for _, name := range r.list("metric_names") {
			if v, ok := statisticOf(r, w.now, name, at, at.Add(width-time.Second)); ok {
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
func statisticGrowth(w *world, r request) any {
	if badDimensions(r) {
		return refusal("dimensions are wrong")
	}
	length := day
	if r.text("grow_period") == "MONTH" {
		length = 30 * day
	}
	end := w.now.UTC().Truncate(day)
	newer, ok := statisticOf(r, w.now, r.text("metric_name"), end.Add(-length), end.Add(-time.Second))
	older, _ := statisticOf(r, w.now, r.text("metric_name"), end.Add(-2*length), end.Add(-length-time.Second))
	if !ok || older == 0 {
		return growthAnswer{}
	}
	rate := newer/older - 1
	return growthAnswer{&rate}
}
