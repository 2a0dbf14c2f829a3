package decode

import (
	"maps"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func TestSwitch(t *testing.T) {
	t.Parallel()
	for text, want := range map[apiclient.Text]string{
		"true": "true", "True": "true", "1": "true", "ON": "true", "\tOn\n": "true", "yes": "true",
		"false": "false", "FALSE": "false", "0": "false", "Off": "false", "no": "false",
		"": Unknown, "maybe": Unknown, "2": Unknown, "-1": Unknown,
	} {
		if got := SwitchLabel(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
		if On(text) != (want == "true") {
			t.Errorf("%q is on: %t", text, On(text))
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	upper, lower, mixed := []string{"ACTIVE", "ERROR"}, []string{"normal", "sellout"}, []string{"createDesktops"}
	for _, c := range []struct {
		text  apiclient.Text
		known []string
		want  string
	}{
		{"ACTIVE", upper, "ACTIVE"}, {" active ", upper, "ACTIVE"}, {"Paused", upper, "PAUSED"}, {"", upper, ""}, {"  ", upper, ""},
		{"SellOut", lower, "sellout"}, {"PAUSED", lower, "paused"}, {"CREATEDESKTOPS", mixed, "createDesktops"}, {"polishDesktops", mixed, "polishDesktops"},
	} {
		if got := State(c.text, c.known); got != c.want {
			t.Errorf("%q among %v is %q, want %q", c.text, c.known, got, c.want)
		}
	}
	if DesktopTask(" DELETING") != DesktopTask("deleting") {
		t.Error("the letter case of a task makes another one of it")
	}
}

// TestCodes: only what no name of a person looks like is a code.
func TestCodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"400200:The desktop is being prepared.": "400200", "400300:…": "400300", "10008": "10008", "-50: no": "-50", "-5: no": Other, "0x80070005: denied": "0x80070005",
		"WKS.00010032:conflict": "WKS.00010032", "WKS.00010032": "WKS.00010032", "desktop busy (WKS.00010110)": "WKS.00010110",
		"CONNECTION_TIMEOUT: alice": "CONNECTION_TIMEOUT", "CONNECTION_TIMEOUT": "CONNECTION_TIMEOUT", "[400200] busy": "400200", "(400200, busy)": "400200", " 10008 ": "10008",
		"alice: wrong password": Other, "USER00007: denied": Other, "bob@example.com": Other, "bob@example.com: denied": Other, "Alice Smith": Other,
		"DESKTOP-7: gone": Other, "ALICE: denied": Other, "": Other, " ": Other, "400200": "400200", "1": "1", "1: no": Other,
	} {
		if got := ReasonLabel(text, nil); got != want {
			t.Errorf("reason %q is %q, want %q", text, got, want)
		}
		if got := ErrorLabel(text); got != want {
			t.Errorf("error %q is %q, want %q", text, got, want)
		}
	}
	if got := ReasonLabel("no seat left", []string{"no seat left"}); got != "no seat left" {
		t.Errorf("a listed text is %q", got)
	}
	if got := ReasonLabel("", []string{""}); got != Other {
		t.Errorf("no reason is %q", got)
	}
	for word, want := range map[string]string{"": Unknown, "LOGIN": "LOGIN", "the user alice": Other} {
		if got := CodeLabel(word); got != want {
			t.Errorf("word %q is %q, want %q", word, got, want)
		}
	}
}

func TestZonedTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, zone, want string }{
		{"2026-01-02 20:00:00", "Asia/Shanghai", "2026-01-02T12:00:00Z"}, {"2026-01-02 20:00:00", "asia/shanghai", "2026-01-02T12:00:00Z"},
		{"2026-01-02 20:00:00", "America/SAO_PAULO", "2026-01-02T23:00:00Z"}, {"2026-01-02T20:00:00", "UTC+8", "2026-01-02T12:00:00Z"},
		{"2026-01-02 20:00", "GMT+8", "2026-01-02T12:00:00Z"}, {"2026-01-02 20:00:00", "GMT-03:30", "2026-01-02T23:30:00Z"},
		{"2026-01-02 20:00:00", "+0800", "2026-01-02T12:00:00Z"}, {"2026-01-02 20:00:00", "utc", "2026-01-02T20:00:00Z"}, {"2026-01-02 20:00:00", "Z", "2026-01-02T20:00:00Z"},
		{"2026-01-02 20:00:00 GMT+08:00", "", "2026-01-02T12:00:00Z"}, {"2026-01-02T20:00:00Z", "Nowhere/City", "2026-01-02T20:00:00Z"},
		{"2026-07-02 20:00:00", "Europe/Berlin", "2026-07-02T18:00:00Z"},
		{"2026-01-02 20:00:00", "", ""}, {"2026-01-02 20:00:00", "Local", ""}, {"2026-01-02 20:00:00", "local", ""}, {"2026-01-02 20:00:00", "UTC+99", ""},
		{"2026-01-02 20:00:00", "Nowhere/City", ""}, {"tomorrow", "UTC", ""}, {"", "UTC", ""},
	} {
		got := ZonedTime(apiclient.Text(c.text), apiclient.Text(c.zone))
		if c.want == "" && !got.IsZero() || c.want != "" && got.Format(time.RFC3339) != c.want {
			t.Errorf("%q in %q is %s, want %q", c.text, c.zone, got, c.want)
		}
	}
}

func TestNumbersOfTwo(t *testing.T) {
	t.Parallel()
	none, two, three := apiclient.Number{}, apiclient.NumberOf(2), apiclient.NumberOf(3)
	for name, c := range map[string]struct{ got, want apiclient.Number }{
		"a sum":                  {Sum(two, three), apiclient.NumberOf(5)},
		"a sum of one":           {Sum(none, three), three},
		"a sum of none":          {Sum(none, none), none},
		"a difference":           {Difference(three, two), apiclient.NumberOf(1)},
		"a difference from none": {Difference(none, two), none},
		"a difference to none":   {Difference(two, none), none},
		"below 0":                {NotNegative(apiclient.NumberOf(-1)), none},
		"0":                      {NotNegative(apiclient.NumberOf(0)), apiclient.NumberOf(0)},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
}

func TestNewestDay(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		now   time.Time
		prev  Daily[int]
		there []int // days of January with rows
		want  Daily[int]
		reads int
	}{
		"yesterday is there":                 {day(10).Add(4 * time.Hour), Daily[int]{}, []int{8, 9}, Daily[int]{day(9), 9}, 1},
		"not yet, first poll":                {day(10).Add(time.Hour), Daily[int]{}, []int{8}, Daily[int]{day(8), 8}, 2},
		"not yet, the day before is known":   {day(10).Add(time.Hour), Daily[int]{day(8), 88}, []int{8}, Daily[int]{day(8), 88}, 1},
		"not yet, an older one is known":     {day(10).Add(time.Hour), Daily[int]{day(7), 77}, []int{8}, Daily[int]{day(8), 8}, 2},
		"nothing happened":                   {day(10).Add(15 * time.Hour), Daily[int]{day(8), 88}, nil, Daily[int]{day(9), 0}, 1},
		"a clock that was set back a day":    {day(9).Add(time.Hour), Daily[int]{day(9), 99}, nil, Daily[int]{day(9), 99}, 1},
		"the day after midnight by a zone":   {day(10).Add(time.Hour).In(time.FixedZone("", -8*3600)), Daily[int]{}, []int{9}, Daily[int]{day(9), 9}, 1},
		"neither is there":                   {day(10).Add(time.Hour), Daily[int]{}, nil, Daily[int]{day(8), 0}, 2},
		"a day without rows was true before": {day(10).Add(time.Hour), Daily[int]{day(8), 0}, nil, Daily[int]{day(8), 0}, 1},
	} {
		reads := 0
		got, err := NewestDay(c.now, c.prev, func(first time.Time) (int, bool, error) {
			reads++
			for _, d := range c.there {
				if first.Equal(day(d)) {
					return d, true, nil
				}
			}
			return 0, false, nil
		})
		if err != nil || got != c.want || reads != c.reads {
			t.Errorf("%s: %+v after %d readings, want %+v after %d (%v)", name, got, reads, c.want, c.reads, err)
		}
	}
}

func TestCountBy(t *testing.T) {
	t.Parallel()
	of := func(s apiclient.Text) apiclient.Text { return s }
	for name, c := range map[string]struct {
		things []apiclient.Text
		want   States
		skips  int
	}{
		"none":       {nil, States{"UP": 0, "DOWN": 0}, 0},
		"all known":  {[]apiclient.Text{"UP", "up", "Down"}, States{"UP": 2, "DOWN": 1}, 0},
		"another":    {[]apiclient.Text{"UP", "odd", "ODD"}, States{"UP": 1, "DOWN": 0, "ODD": 2}, 0},
		"one absent": {[]apiclient.Text{"UP", ""}, States{"UP": 1, "DOWN": 0, Unknown: 1}, 1},
		"all absent": {[]apiclient.Text{"", ""}, States{}, 2},
	} {
		in, skips := inputOf(nil)
		if got := CountBy(in, "things[].state", c.things, []string{"UP", "DOWN"}, of); !maps.Equal(got, c.want) || skips.Count != c.skips {
			t.Errorf("%s: %v and %d skipped, want %v and %d", name, got, skips.Count, c.want, c.skips)
		}
	}
}
