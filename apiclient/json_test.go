package apiclient

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		json  string
		value float64
		known bool
		fails bool
	}{
		{`12`, 12, true, false},
		{`-1`, -1, true, false},
		{`0`, 0, true, false},
		{`1.5e3`, 1500, true, false},
		{`"12"`, 12, true, false},
		{`" -1.5 "`, -1.5, true, false},
		{`null`, 0, false, false},
		{`""`, 0, false, false},
		{`"N/A"`, 0, false, true},
		{`"NaN"`, 0, false, true},
		{`"Inf"`, 0, false, true},
		{`"0x10"`, 0, false, true},
		{`"1_0"`, 0, false, true},
		{`"1e999"`, 0, false, true},
		{`true`, 0, false, true},
		{`{}`, 0, false, true},
		{`[1]`, 0, false, true},
	} {
		var n Number
		err := json.Unmarshal([]byte(c.json), &n)
		if v, known := n.Value(); (err != nil) != c.fails || v != c.value || known != c.known {
			t.Errorf("%s: %v %v, error %v", c.json, v, known, err)
		}
	}
	var absent struct{ N Number }
	if err := json.Unmarshal([]byte(`{}`), &absent); err != nil || absent.N != (Number{}) {
		t.Errorf("absent member: %+v, %v", absent, err)
	}
}

func TestNumberErrorsAreShort(t *testing.T) {
	t.Parallel()
	var n Number
	err := json.Unmarshal([]byte(`"`+strings.Repeat("a", 10_000)+`"`), &n)
	if err == nil || len(err.Error()) > 100 {
		t.Errorf("error = %v", err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Text{
		`"a\u00e9\n"`: "aé\n",
		`12.50`:       "12.50",
		`true`:        "true",
		`null`:        "",
		`""`:          "",
	} {
		var got Text
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{`{}`, `["a"]`} {
		var got Text
		if json.Unmarshal([]byte(in), &got) == nil {
			t.Errorf("%s: %q, want an error", in, got)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	at := func(h, m, s, ms int) time.Time {
		return time.Date(2026, 1, 2, h, m, s, ms*int(time.Millisecond), time.UTC)
	}
	for in, want := range map[string]time.Time{
		`"2026-01-02T03:04:05Z"`:          at(3, 4, 5, 0),
		`"2026-01-02T03:04Z"`:             at(3, 4, 0, 0),
		`"2026-01-02T03:04:05.678Z"`:      at(3, 4, 5, 678),
		`"2026-01-02T03:04:05.678000Z"`:   at(3, 4, 5, 678),
		`"2026-01-02 03:04:05"`:           at(3, 4, 5, 0),
		`"2026-01-02 03:04:05 GMT+08:00"`: at(3, 4, 5, 0).Add(-8 * time.Hour),
		`"2026-01-02T03:04:05"`:           at(3, 4, 5, 0),
		`"2026-01-02"`:                    at(0, 0, 0, 0),
		`"2026-01-02T03:04:05+08:00"`:     at(3, 4, 5, 0).Add(-8 * time.Hour),
		`"2026-01-02T03:04:05+0800"`:      at(3, 4, 5, 0).Add(-8 * time.Hour),
		`"2026-01-02 03:04:05.6+08:00"`:   at(3, 4, 5, 600).Add(-8 * time.Hour),
		`"2026-01-02T03:04"`:              at(3, 4, 0, 0),
		`"2026-01-02 03:04"`:              at(3, 4, 0, 0),
		`1767323045678`:                   at(3, 4, 5, 678),
		`"1767323045678"`:                 at(3, 4, 5, 678),
		`1767323045`:                      at(3, 4, 5, 0),
		`"1767323045"`:                    at(3, 4, 5, 0),
		`"0"`:                             {},
		`0`:                               {},
		`-1`:                              {},
		`null`:                            {},
		`""`:                              {},
		`1767323045.5`:                    at(3, 4, 5, 500),
		`"1767323045.25"`:                 at(3, 4, 5, 250),
		`1767323045678.0`:                 at(3, 4, 5, 678),
	} {
		var got Time
		if err := json.Unmarshal([]byte(in), &got); err != nil || !got.Time().Equal(want) || got.Time().Location() != time.UTC {
			t.Errorf("%s: %s, want %s (%v)", in, got.Time(), want, err)
		}
	}
}

// A time that cannot be read is an error, so that it can be counted.
func TestUnreadableTimes(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`"never"`, `true`, `{}`, `9223372036854775807`, `"0000-01-01"`, `"Inf"`, `"0x1p-2"`, `"NaN"`} {
		got := TimeOf(time.Now())
		if err := json.Unmarshal([]byte(in), &got); err == nil || !got.Time().IsZero() {
			t.Errorf("%s: %s, %v", in, got.Time(), err)
		}
	}
}

// What a poll found is kept as JSON over restarts.
func TestValuesSurviveMarshalling(t *testing.T) {
	t.Parallel()
	type values struct {
		A, B Number
		C, D Time
		E    Text
	}
	in := values{A: NumberOf(-1.5), C: TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)), E: "x\"y"}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out values
	if err := json.Unmarshal(data, &out); err != nil || out != in {
		t.Errorf("%s: %+v, want %+v (%v)", data, out, in, err)
	}
}

func FuzzValues(f *testing.F) {
	for _, s := range []string{`1`, `"1"`, `null`, `"2026-01-02 03:04:05 GMT+08:00"`, `1767323045678`, `"a"`, `{}`, `"\ud800"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v struct {
			N Number
			T Time
			S Text
		}
		if json.Unmarshal(data, &v.N) == nil {
			if n, known := v.N.Value(); math.IsNaN(n) || math.IsInf(n, 0) || !known && n != 0 {
				t.Errorf("%s: number %v %v", data, n, known)
			}
		}
		_ = json.Unmarshal(data, &v.T)
		_ = json.Unmarshal(data, &v.S)
		first, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		again := v
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, _ := json.Marshal(again); string(second) != string(first) {
			t.Errorf("%s became %s", first, second)
		}
	})
}

func FuzzErrorBody(f *testing.F) {
	for _, s := range []string{
		`{"error_code":"WKS.1","error_msg":"x"}`, `{"error":{"code":401,"message":"x"}}`, `<html><title>x`, "", "text\x00",
		`{"a":{"b":{"c":{"d":{"code":"x"}}}}}`, `[[[]]]`, `{"error_code":"APIGW.0101","error_msg":"GET|/v2/"}`,
	} {
		f.Add(401, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		one, two := responseError(ListAlarms, status, nil, body), responseError(ListAlarms, status, nil, body)
		if one.Error() != two.Error() {
			t.Errorf("%q: %q and %q", body, one, two)
		}
		if text := one.Error(); len(text) > 6*maxMessage || strings.ContainsAny(text, "\r\n\x00\x1b") {
			t.Errorf("%q: %q", body, text)
		}
		if one.Kind == "" {
			t.Errorf("%q: no kind", body)
		}
	})
}
