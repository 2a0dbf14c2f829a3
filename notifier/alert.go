package notifier

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// AlertName is the label alertname of all alerts.
const AlertName = "HuaweiWorkspaceAlarm"

const (
	component = "alarms"
	// otherSeverity is that of unknown levels: their alarms must not be lost.
	otherSeverity = "warning"
)

// Labels are the names that an alert can have of its own; configured labels
// must not have them.
func Labels() []string {
	return []string{
		"alertname", "alarm_name", "alarm_id", "level", "severity", "component", "account", "region", "project",
		"resource_id", "metric_name", "dimensions", "record_id",
	}
}

// alert is an alert as Alertmanager's API v2 takes it. Alertmanager's own
// types would bring 48 packages for these four members.
type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`

	// key is the same for the same labels.
	key string
	// resolved tells that EndsAt is its end and not just when it is forgotten.
	resolved bool
	// ours tells that StartsAt is a time of this machine and not of the API.
	ours bool
}

// corrected is the alert for a receiver whose clock ours is so far ahead of.
func (a alert) corrected(ahead time.Duration) alert {
	a.EndsAt = a.EndsAt.Add(-ahead)
	if a.ours {
		a.StartsAt = a.StartsAt.Add(-ahead)
	}
	if a.StartsAt.After(a.EndsAt) {
		a.StartsAt = a.EndsAt // it would be refused
	}
	return a
}

// alerts makes the alerts of a project, by key. Records of the same alarm
// and resource are one alert, which lasts as long as any of them is active.
func (c Config) alerts(p Project, alarms []Alarm) map[string]alert {
	// In the order of their beginning, whatever the order of the list, so
	// that all replicas say the same.
	sorted := slices.SortedStableFunc(slices.Values(alarms), func(a, b Alarm) int {
		return cmp.Or(a.Begin.Compare(b.Begin), cmp.Compare(a.RecordID, b.RecordID))
	})
	all := make(map[string]alert, len(sorted))
	records := map[string][]string{}
	for _, a := range sorted {
		if !c.ResourceNames {
			a.ResourceName = ""
		}
		merged := alert{Labels: c.labels(p, a), StartsAt: a.Begin}
		merged.key = key(merged.Labels)
		first, again := all[merged.key]
		records[merged.key] = append(records[merged.key], a.RecordID)
		switch {
		case !again:
			merged.Annotations = annotations(a)
		case first.StartsAt.IsZero():
			first.StartsAt = merged.StartsAt
			merged = first
		default:
			merged = first
		}
		all[merged.key] = merged
	}
	for k, a := range all {
		annotate(a.Annotations, "record_id", strings.Join(records[k], ", "))
	}
	return all
}

// labels identify an alert: the same alarm has the same ones at every send,
// after restarts and in every replica. Nothing in them may change while the
// alarm is active, and no name of a resource, which may hold that of a user.
func (c Config) labels(p Project, a Alarm) map[string]string {
	labels := map[string]string{}
	for _, configured := range []map[string]string{c.ExternalLabels, c.Projects[p]} {
		maps.Copy(labels, configured)
	}
	own := map[string]string{
		"alertname": AlertName, "component": component,
		"account": p.Account, "region": p.Region, "project": p.Name,
		"alarm_name": a.Name, "alarm_id": a.AlarmID,
		"level": a.Level, "severity": cmp.Or(c.Severities[a.Level], otherSeverity),
		"resource_id": a.ResourceID, "metric_name": a.Metric, "dimensions": a.Dimensions,
	}
	if a.ResourceID == "" {
		// Nothing else tells that two records are about different resources.
		own["record_id"] = a.RecordID
	}
	maps.Copy(labels, own)
	for name, value := range labels {
		if value = identity(value); value == "" {
			delete(labels, name) // for Alertmanager the same as none
		} else {
			labels[name] = value
		}
	}
	return labels
}

// key joins labels.
func key(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "\xff" + labels[name] + "\xff") // no byte of valid UTF-8
	}
	return b.String()
}
