package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// alarmLevels are the levels by their number in the API.
var alarmLevels = map[int]string{1: "critical", 2: "major", 3: "minor", 4: "info"}

// alarm is a record of an alarm that is active.
type alarm struct {
	RecordID   string         `json:"record_id"`
	AlarmID    string         `json:"alarm_id"`
	Name       string         `json:"name"`
	Level      string         `json:"level"`
	Begin      apiclient.Time `json:"begin"`
	MetricName string         `json:"metric_name"`
	ResourceID string         `json:"resource_id"`
}

func alarmsArea() Collector {
	return Area[[]alarm]{
		Name:      "alarms",
		Help:      "The alarms that are active now.",
		Core:      true,
		Interval:  30 * time.Second,
		Endpoints: []apiclient.Endpoint{apiclient.ListAlarms},
		Fetch:     fetchAlarms,
		Families: []Family[[]alarm]{
			{
				Name: "alarms_active",
				Help: "Number of Workspace alarms that are active now, by level.",
				Type: Gauge, Labels: []string{"level"},
				Map: func(alarms []alarm, put Put) {
					counts := map[string]int{}
					for _, level := range alarmLevels {
						counts[level] = 0
					}
					for _, a := range alarms {
						counts[a.Level]++
					}
					for _, level := range slices.Sorted(maps.Keys(counts)) {
						put.Value(float64(counts[level]), level)
					}
				},
			},
			{
				Name: "alarm_active_since_timestamp_seconds",
				Help: "Since when the alarm has been active, as Unix time; the series is there only while it is.",
				Type: Gauge, Labels: []string{"record_id", "alarm_id", "alarm", "level", "metric_name", "resource_id"},
				Map: func(alarms []alarm, put Put) {
					for _, a := range alarms {
						// Without an id records could not be told apart.
						if begin := a.Begin.Time(); a.RecordID != "" && !begin.IsZero() {
							put.Value(float64(begin.UnixMilli())/1000, a.RecordID, a.AlarmID, a.Name, a.Level, a.MetricName, a.ResourceID)
						}
					}
				},
			},
		},
	}
}

// alarmAnswer is an entry of ListAlarms.
type alarmAnswer struct {
	RecordID  apiclient.Text `json:"record_id"`
	AlarmID   apiclient.Text `json:"alarm_id"`
	Name      apiclient.Text `json:"name"`
	Status    apiclient.Text `json:"status"`
	Level     apiclient.Text `json:"level"`
	BeginTime apiclient.Time `json:"begin_time"`
	Metric    struct {
		Name       apiclient.Text `json:"metric_name"`
		Dimensions []struct {
			Name  apiclient.Text `json:"name"`
			Value apiclient.Text `json:"value"`
		} `json:"dimensions"`
	} `json:"metric"`
	Info struct {
		ResourceID apiclient.Text `json:"resource_id"`
	} `json:"additional_info"`
}

func fetchAlarms(ctx context.Context, in Input, _ []alarm) ([]alarm, error) {
	answers, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ListAlarms},
		func(a alarmAnswer) string { return string(a.RecordID) })
	if err != nil {
		return nil, err
	}
	alarms := []alarm{}
	for _, a := range answers {
		if a.Status == "" {
			return nil, malformed(apiclient.ListAlarms, "an entry of `alarm_histories` has no `status`")
		}
		if !strings.EqualFold(string(a.Status), "alarm") {
			continue
		}
		alarms = append(alarms, alarm{
			RecordID:   string(a.RecordID),
			AlarmID:    string(a.AlarmID),
			Name:       string(a.Name),
			Level:      alarmLevel(string(a.Level)),
			Begin:      a.BeginTime,
			MetricName: string(a.Metric.Name),
			ResourceID: a.resource(),
		})
	}
	slices.SortStableFunc(alarms, func(a, b alarm) int { return cmp.Compare(a.RecordID, b.RecordID) })
	return alarms, nil
}

// alarmLevel names the documented levels and keeps any other.
func alarmLevel(level string) string {
	level = strings.ToLower(strings.TrimSpace(level))
	if level == "" {
		return "unknown"
	}
	n, err := strconv.ParseFloat(level, 64)
	if err != nil {
		return level
	}
	if name, known := alarmLevels[int(n)]; known && float64(int(n)) == n {
		return name
	}
	return level
}

// resource is the id of what the alarm is about: event alarms say it, alarms
// over metrics have it as a dimension.
func (a alarmAnswer) resource() string {
	if a.Info.ResourceID != "" {
		return string(a.Info.ResourceID)
	}
	for _, d := range a.Metric.Dimensions {
		if d.Name == "instance_id" {
			return string(d.Value)
		}
	}
	if len(a.Metric.Dimensions) > 0 {
		return string(a.Metric.Dimensions[0].Value)
	}
	return ""
}
