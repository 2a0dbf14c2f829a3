package decode

import (
	"encoding/json"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// LongestDuration bounds durations: beyond it clocks or records are wrong.
const LongestDuration = 7 * 24 * time.Hour

// AppendDuration appends the seconds between two times, unless one is missing
// or the duration is absurd.
func AppendDuration(to []float64, from, until apiclient.Time) []float64 {
	if from.Time().IsZero() || until.Time().IsZero() {
		return to
	}
	d := until.Time().Sub(from.Time())
	if d < 0 || d > LongestDuration {
		return to
	}
	return append(to, d.Seconds())
}

// Later returns the later of two times.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// TimeOf reads a time in any of the formats of the API, zero if it is none.
func TimeOf(t apiclient.Text) time.Time {
	var at apiclient.Time
	quoted, err := json.Marshal(string(t))
	if err != nil || json.Unmarshal(quoted, &at) != nil {
		return time.Time{}
	}
	return at.Time()
}
