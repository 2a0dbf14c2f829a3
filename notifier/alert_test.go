package notifier

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// one makes the only alert of an alarm.
func one(t *testing.T, c Config, alarms ...Alarm) alert {
	t.Helper()
	all := slices.Collect(maps.Values(c.alerts(hq, alarms)))
	if len(all) != 1 {
		t.Fatalf("%d alerts of %d alarms", len(all), len(alarms))
	}
	return all[0]
}

func TestAlert(t *testing.T) {
	t.Parallel()
	a := one(t, testConfig(), alarmNamed("ah1", "d-01", noon))
	labels := map[string]string{
		"alertname": "HuaweiWorkspaceAlarm", "component": "alarms", "alarm_name": "cpu high", "alarm_id": "al-cpu",
		"level": "major", "severity": "warning", "metric_name": "cpu_util", "resource_id": "d-01",
		"account": "prod", "region": "ap-southeast-3", "project": "hq", "site": "sg1", "cluster": "c1",
	}
	if !maps.Equal(a.Labels, labels) {
		t.Errorf("labels %v", a.Labels)
	}
	texts := map[string]string{
		"summary": "Workspace alarm cpu high (major) on d-01",
		"description": "Condition: average of cpu_util >= 90 % in 3 periods of 5m. Observed: 97.2 %. " +
			"Active since 2026-01-02 11:59:50 UTC. Record ah1.",
		"condition": "average of cpu_util >= 90 % in 3 periods of 5m", "value": "97.2 %",
		"record_id": "ah1", "begin_time": "2026-01-02T11:59:50Z", "runbook_url": runbook,
	}
	if !maps.Equal(a.Annotations, texts) {
		t.Errorf("annotations %v", a.Annotations)
	}
	if !a.StartsAt.Equal(noon.Add(-10 * time.Second)) {
		t.Errorf("starts at %s", a.StartsAt)
	}
}

func TestEventText(t *testing.T) {
	t.Parallel()
	a := alarmNamed("ah1", "d-01", noon)
	a.Event, a.Metric, a.Observed, a.Condition = true, "desktopUnreachable", nil, Condition{Operator: ">=", Threshold: new(1.0), Count: 1}
	if got := condition(a); got != "event desktopUnreachable" {
		t.Errorf("got %q", got)
	}
	if got := one(t, testConfig(), Alarm{Level: "unknown", RecordID: "ah1"}); got.Annotations["summary"] != "Workspace alarm without a name (unknown)" {
		t.Errorf("got %q", got.Annotations)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{97.2: "97.2 %", 98.61720831584864: "98.6172 %", 5e7: "50000000 %", 0: "0 %", 1e-7: "0.0000001 %", -1.5: "-1.5 %"} {
		if got := number(v, "%"); got != want {
			t.Errorf("%g: got %s, want %s", v, got, want)
		}
	}
}

// TestLabelNames: what is reserved for alerts is what they have.
func TestLabelNames(t *testing.T) {
	t.Parallel()
	everything := alarmNamed("ah1", "d-01", noon)
	everything.Dimensions = "disk=C"
	without := everything
	without.ResourceID = ""
	c := testConfig()
	c.ExternalLabels, c.Projects = nil, nil
	seen := map[string]bool{}
	for _, a := range []Alarm{everything, without} {
		for name := range one(t, c, a).Labels {
			seen[name] = true
		}
	}
	reserved := map[string]bool{}
	for _, name := range Labels() {
		reserved[name] = true
	}
	if !maps.Equal(seen, reserved) {
		t.Errorf("alerts have %v, reserved are %v", seen, reserved)
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	c := testConfig()
	for level, want := range map[string]string{
		"critical": "critical", "major": "warning", "minor": "warning", "info": "info", "unknown": "warning", "Disaster": "warning", "5": "warning",
	} {
		a := alarmNamed("ah1", "d-01", noon)
		a.Level = level
		if got := one(t, c, a).Labels; got["severity"] != want || got["level"] != level {
			t.Errorf("level %s: %v", level, got)
		}
	}
	c.Severities = map[string]string{"major": "page"}
	if got := one(t, c, alarmNamed("ah1", "d-01", noon)).Labels["severity"]; got != "page" {
		t.Errorf("configured severity: %s", got)
	}
}

// TestIdentity: what makes two records two alerts, and what does not.
func TestIdentity(t *testing.T) {
	t.Parallel()
	base := alarmNamed("ah1", "d-01", noon)
	same := map[string]func(*Alarm){
		"record":        func(a *Alarm) { a.RecordID = "ah2" },
		"begin":         func(a *Alarm) { a.Begin = a.Begin.Add(time.Hour) },
		"value":         func(a *Alarm) { a.Observed = nil },
		"condition":     func(a *Alarm) { a.Condition = Condition{} },
		"resource name": func(a *Alarm) { a.ResourceName = "bob-pc" },
	}
	other := map[string]func(*Alarm){
		"resource":   func(a *Alarm) { a.ResourceID = "d-02" },
		"dimension":  func(a *Alarm) { a.Dimensions = "disk=C" },
		"metric":     func(a *Alarm) { a.Metric = "mem_util" },
		"alarm":      func(a *Alarm) { a.AlarmID = "al2" },
		"level":      func(a *Alarm) { a.Level = "critical" },
		"long name":  func(a *Alarm) { a.Name = strings.Repeat("x", 600) + "1" },
		"long name2": func(a *Alarm) { a.Name = strings.Repeat("x", 600) + "2" },
	}
	c := testConfig()
	keys := map[string]string{one(t, c, base).key: "base"}
	for what, change := range same {
		a := base
		change(&a)
		if keys[one(t, c, a).key] != "base" {
			t.Errorf("another %s makes another alert", what)
		}
	}
	for what, change := range other {
		a := base
		change(&a)
		k := one(t, c, a).key
		if before, taken := keys[k]; taken {
			t.Errorf("%s: the same alert as %s", what, before)
		}
		keys[k] = what
	}
	nowhere := []Alarm{{RecordID: "ah1", Name: "x", Level: "info"}, {RecordID: "ah2", Name: "x", Level: "info"}}
	if n := len(c.alerts(hq, nowhere)); n != 2 {
		t.Errorf("%d alerts of two records about nobody knows what", n)
	}
	if n := len(c.alerts(lab, []Alarm{base})); n != 1 || maps.Equal(one(t, c, base).Labels, slices.Collect(maps.Values(c.alerts(lab, []Alarm{base})))[0].Labels) {
		t.Error("projects share an alert")
	}
}

// TestMerge: two records of one alarm and resource are one alert, whatever
// their order; it starts with the first.
func TestMerge(t *testing.T) {
	t.Parallel()
	first, second := alarmNamed("ah1", "d-01", noon), alarmNamed("ah2", "d-01", noon.Add(time.Hour))
	second.Observed = new(1.0)
	a, b := one(t, testConfig(), first, second), one(t, testConfig(), second, first)
	if !maps.Equal(a.Annotations, b.Annotations) || !a.StartsAt.Equal(b.StartsAt) {
		t.Errorf("%v differs from %v", a, b)
	}
	if a.Annotations["record_id"] != "ah1, ah2" || !a.StartsAt.Equal(first.Begin) || a.Annotations["value"] != "97.2 %" {
		t.Errorf("got %v from %s", a.Annotations, a.StartsAt)
	}
}

func TestResourceNamesArePrivate(t *testing.T) {
	t.Parallel()
	c := testConfig()
	hidden := one(t, c, alarmNamed("ah1", "d-01", noon))
	c.ResourceNames = true
	shown := one(t, c, alarmNamed("ah1", "d-01", noon))
	for _, text := range slices.Concat(slices.Collect(maps.Values(hidden.Annotations)), slices.Collect(maps.Values(shown.Labels))) {
		if strings.Contains(text, "alice") {
			t.Errorf("the name is shown: %s", text)
		}
	}
	if got := shown.Annotations; got["resource_name"] != "alice-pc" || got["summary"] != "Workspace alarm cpu high (major) on alice-pc (d-01)" {
		t.Errorf("got %v", got)
	}
	if hidden.key != shown.key {
		t.Error("privacy changes the identity")
	}
}

// TestOddTexts: whatever the API sends, Alertmanager takes the alert.
func TestOddTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "\xff\xfe", "\x00", strings.Repeat("日本", 5000), strings.Repeat("\xff", 5000), `<b>"\`, "a\nb"} {
		a := Alarm{
			RecordID: text, AlarmID: text, Name: text, Level: text, Metric: text, ResourceID: text, Dimensions: text,
			ResourceName: text, Condition: Condition{Filter: text, Operator: text, Unit: text, Threshold: new(1e300)},
		}
		c := testConfig()
		c.ResourceNames = true
		got := one(t, c, a)
		for name, value := range got.Labels {
			if value == "" || len(value) > maxLabel || !utf8.ValidString(value) || !model.LegacyValidation.IsValidLabelName(name) {
				t.Errorf("label %s=%q", name, value)
			}
		}
		for name, value := range got.Annotations {
			if value == "" || len(value) > maxAnnotation || !utf8.ValidString(value) {
				t.Errorf("annotation %s=%q", name, value)
			}
		}
	}
}
