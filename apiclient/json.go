package apiclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Number is a number as the API sends it: a JSON number or a string that
// holds one. null, "" and an absent member all leave it without a value.
type Number struct {
	value float64
	known bool
}

// NumberOf returns a Number that has a value.
func NumberOf(v float64) Number { return Number{value: v, known: true} }

// Value returns the number and whether the API sent one.
func (n Number) Value() (float64, bool) { return n.value, n.known }

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	s, err := scalar(data)
	if err != nil {
		return fmt.Errorf("want a number: %w", err)
	}
	s = strings.TrimSpace(s)
	if s == "" {
		*n = Number{}
		return nil
	}
	v, err := strconv.ParseFloat(s, 64)
	// ParseFloat also takes "Inf", "NaN" and hexadecimal notation, which no
	// answer can mean.
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(s, "xX_") {
		return fmt.Errorf("want a number, have %s", excerpt(data))
	}
	*n = NumberOf(v)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.known {
		return []byte("null"), nil
	}
	return json.Marshal(n.value)
}

// Text is a string as the API sends it: numbers and booleans are taken as
// they are written, null as "".
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(data []byte) error {
	s, err := scalar(data)
	if err != nil {
		return fmt.Errorf("want a string: %w", err)
	}
	*t = Text(s)
	return nil
}

// Time is a point in time in any of the formats the API uses (API
// reference), always in UTC. It is zero for null, "" and "0".
type Time struct{ t time.Time }

// TimeOf returns t as a Time.
func TimeOf(t time.Time) Time { return Time{t: t.UTC()} }

// Time returns the point in time, zero if the API sent none.
func (t Time) Time() time.Time { return t.t }

// Formats without a zone are UTC. Parsing accepts a fraction after seconds
// in any of them.
var timeFormats = [...]string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 GMT-07:00",
	"2006-01-02 15:04",
	"2006-01-02",
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(data []byte) error {
	*t = Time{}
	s, err := scalar(data)
	if err != nil {
		return fmt.Errorf("want a time: %w", err)
	}
	s = strings.TrimSpace(s)
	at, known := parseTime(s)
	// Years beyond these cannot be written as JSON again.
	if y := at.Year(); !known || y < 1 || y > 9999 {
		return fmt.Errorf("want a time, have %s", excerpt(data))
	}
	t.t = at.UTC()
	return nil
}

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.t.IsZero() {
		return []byte("null"), nil
	}
	return t.t.MarshalJSON()
}

// parseTime returns the time that is written, zero for what stands for none,
// and whether s can be read.
func parseTime(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if v, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "xXnN_") {
		return unixTime(v)
	}
	for _, format := range timeFormats {
		if at, err := time.Parse(format, s); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// unixTime takes a number for seconds or milliseconds: as milliseconds a number
// below 1e11 is before 1973, as seconds it is before the year 5138.
func unixTime(v float64) (time.Time, bool) {
	const leastMillis, most = 1e11, 1e14
	switch {
	case v <= 0: // 0 is documented as never
		return time.Time{}, true
	case v > most:
		return time.Time{}, false
	case v < leastMillis:
		v *= 1000
	}
	return time.UnixMicro(int64(math.Round(v * 1000))), true
}

// scalar returns the text of a JSON string, number or boolean, "" for null.
func scalar(data []byte) (string, error) {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0 || string(data) == "null":
		return "", nil
	case data[0] == '{' || data[0] == '[':
		return "", fmt.Errorf("have %s", excerpt(data))
	case data[0] == '"':
		var s string
		err := json.Unmarshal(data, &s)
		return s, err
	default:
		return string(data), nil
	}
}

// excerpt shows the beginning of a JSON value in an error.
func excerpt(data []byte) string {
	const most = 40
	if len(data) > most {
		return cleanText(string(data[:most])) + "..."
	}
	return cleanText(string(data))
}
