package notifier

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
)

// Texts come from the API and from tenants: they are bounded (in bytes), and
// Alertmanager refuses what is no UTF-8.
const (
	maxLabel      = 512
	maxAnnotation = 2048
)

// runbook says what to do about an alert.
const runbook = "https://github.com/workspace-exporter/workspace_exporter/blob/main/docs/runbooks/HuaweiWorkspaceAlarm.md"

// annotations say in words what the labels do not.
func annotations(a Alarm) map[string]string {
	texts := map[string]string{}
	annotate(texts, "summary", summary(a))
	annotate(texts, "description", description(a))
	annotate(texts, "condition", condition(a))
	annotate(texts, "value", observed(a))
	if !a.Begin.IsZero() {
		annotate(texts, "begin_time", a.Begin.UTC().Format(time.RFC3339))
	}
	annotate(texts, "resource_name", a.ResourceName)
	annotate(texts, "runbook_url", runbook)
	return texts
}

// annotate sets an annotation unless it is empty.
func annotate(texts map[string]string, name, text string) {
	if text = bounded(text, maxAnnotation); text != "" {
		texts[name] = text
	}
}

func summary(a Alarm) string {
	s := fmt.Sprintf("Workspace alarm %s (%s)", cmp.Or(a.Name, a.AlarmID, "without a name"), a.Level)
	switch {
	case a.ResourceName != "" && a.ResourceID != "":
		s += fmt.Sprintf(" on %s (%s)", a.ResourceName, a.ResourceID)
	case a.ResourceName != "" || a.ResourceID != "":
		s += " on " + a.ResourceName + a.ResourceID
	}
	if a.Dimensions != "" {
		s += ", " + a.Dimensions
	}
	return s
}

func description(a Alarm) string {
	var parts []string
	if c := condition(a); c != "" {
		parts = append(parts, "Condition: "+c+".")
	}
	if v := observed(a); v != "" {
		parts = append(parts, "Observed: "+v+".")
	}
	if !a.Begin.IsZero() {
		parts = append(parts, "Active since "+a.Begin.UTC().Format("2006-01-02 15:04:05 UTC")+".")
	}
	if a.RecordID != "" {
		parts = append(parts, "Record "+a.RecordID+".")
	}
	return strings.Join(parts, " ")
}

// condition reads like "average of cpu_util >= 90 % in 3 periods of 5m".
func condition(a Alarm) string {
	c := a.Condition
	if a.Metric == "" && c.Threshold == nil {
		return ""
	}
	s := cmp.Or(a.Metric, "metric")
	if a.Event {
		s = "event " + cmp.Or(a.Metric, "without a name")
		if c.Count > 1 {
			s += fmt.Sprintf(", %d times", c.Count)
		}
		return s
	}
	if c.Filter != "" {
		s = c.Filter + " of " + s
	}
	if c.Threshold != nil {
		s += " " + cmp.Or(c.Operator, "?") + " " + number(*c.Threshold, c.Unit)
	}
	switch period := model.Duration(c.Period); {
	case c.Count > 1 && c.Period > time.Second: // 1 s stands for values as they come
		s += fmt.Sprintf(" in %d periods of %s", c.Count, period)
	case c.Count > 1:
		s += fmt.Sprintf(" %d times", c.Count)
	case c.Period > time.Second:
		s += fmt.Sprintf(" in %s", period)
	}
	return s
}

func observed(a Alarm) string {
	if a.Observed == nil {
		return ""
	}
	return number(*a.Observed, a.Condition.Unit)
}

// number writes a value as people read it: no exponent, and no more than four
// digits of a fraction.
func number(v float64, unit string) string {
	const fraction = 1e4
	if rounded := math.Round(v*fraction) / fraction; rounded != 0 && !math.IsInf(rounded, 0) {
		v = rounded
	}
	return strings.TrimSpace(strconv.FormatFloat(v, 'f', -1, 64) + " " + unit)
}

// bounded makes a text valid and no longer than most bytes.
func bounded(text string, most int) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) <= most {
		return text
	}
	const more = "..."
	end := most - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}

// identity bounds a value that tells alerts apart: cut values still do.
func identity(value string) string {
	short := bounded(value, maxLabel)
	if len(value) <= maxLabel {
		return short
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(value))
	return bounded(value, maxLabel-20) + fmt.Sprintf(" %016x", h.Sum64())
}
