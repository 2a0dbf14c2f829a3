package core

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// alarmLevels are the levels by their number in the API.
var alarmLevels = map[int]string{1: "critical", 2: "major", 3: "minor", 4: "info"}

func alarmsArea() area.Collector {
	return area.Declaration[[]peer.Alarm]{
		Name:     "alarms",
		Help:     "The alarms that are active now.",
		Core:     true,
		Interval: 30 * time.Second,
		Calls:    []area.Call{area.CallPages(apiclient.ListAlarms, area.AlarmRecords)},
		Series:   area.Series(4, area.Per{area.ActiveAlarms: 1}),
		Fetch:    fetchAlarms,
		Unnamed:  unnamedAlarms,
		Shares:   func(alarms []peer.Alarm) area.Shared { return peer.Alarms(alarms) },
		Families: []area.Family[[]peer.Alarm]{
			{
				Name: "alarms_active",
				Help: "Number of Workspace alarms that are active now, by level.",
				Type: area.Gauge, Labels: []string{"level"},
				Map: func(alarms []peer.Alarm, put area.Put) {
					counts := map[string]int{}
					// Where no level is told, that of none is 0.
					told := func(a peer.Alarm) bool { return a.Level != decode.Unknown }
					if len(alarms) == 0 || slices.ContainsFunc(alarms, told) {
						for _, level := range alarmLevels {
							counts[level] = 0
						}
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
				Type: area.Gauge, Labels: []string{"record_id", "alarm_id", "alarm", "level", "metric_name", "resource_id"},
				Map: func(alarms []peer.Alarm, put area.Put) {
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

// unnamedAlarms forgets what resources are called: desktops are often called
// after people.
func unnamedAlarms(alarms []peer.Alarm) ([]peer.Alarm, bool) {
	alarms = slices.Clone(alarms)
	for i := range alarms {
		alarms[i].ResourceName = ""
	}
	return alarms, true
}

// alarmAnswer is an entry of ListAlarms.
type alarmAnswer struct {
	RecordID  apiclient.Text       `json:"record_id"`
	AlarmID   apiclient.Text       `json:"alarm_id"`
	Name      apiclient.Text       `json:"name"`
	Status    apiclient.Text       `json:"status"`
	Type      apiclient.Text       `json:"type"`
	Level     apiclient.Text       `json:"level" sent:"always"`
	BeginTime apiclient.Time       `json:"begin_time"`
	Metric    alarmMetricAnswer    `json:"metric"`
	Condition alarmConditionAnswer `json:"condition"`
	Info      alarmInfoAnswer      `json:"additional_info"`
	Points    []alarmPoint         `json:"data_points"`
}

type alarmMetricAnswer struct {
	Name       apiclient.Text   `json:"metric_name"`
	Dimensions []alarmDimension `json:"dimensions"`
}

type alarmInfoAnswer struct {
	ResourceID   apiclient.Text `json:"resource_id"`
	ResourceName apiclient.Text `json:"resource_name"`
}

type alarmDimension struct {
	Name  apiclient.Text `json:"name"`
	Value apiclient.Text `json:"value"`
}

type alarmConditionAnswer struct {
	Period    apiclient.Number `json:"period"`
	Filter    apiclient.Text   `json:"filter"`
	Operator  apiclient.Text   `json:"comparison_operator"`
	Threshold apiclient.Number `json:"value"`
	Unit      apiclient.Text   `json:"unit"`
	Count     apiclient.Number `json:"count"`
}

type alarmPoint struct {
	Time  apiclient.Time   `json:"time"`
	Value apiclient.Number `json:"value"`
}

func (a alarmAnswer) id() string { return string(a.RecordID) }

// fetchAlarms keeps an alarm that was active before when its record cannot be
// read: nobody knows that it has ended.
func fetchAlarms(ctx context.Context, in area.Input, before []peer.Alarm) ([]peer.Alarm, error) {
	e := apiclient.ListAlarms
	list, unreadable, err := decode.EntriesWith(ctx, in, apiclient.Request{Endpoint: e}, alarmAnswer.id)
	if err != nil {
		return nil, err
	}
	hadID := slices.ContainsFunc(before, func(a peer.Alarm) bool { return a.RecordID != "" })
	answers, _, err := decode.Identified(in, e, "record_id", list, hadID, alarmAnswer.id)
	if err != nil {
		return nil, err
	}
	alarms, known, odd := []peer.Alarm{}, map[string]bool{}, 0
	for _, a := range answers {
		if a.Status == "" {
			odd++
			continue
		}
		known[a.id()] = true
		if strings.EqualFold(string(a.Status), "alarm") {
			alarms = append(alarms, a.alarm(in))
		}
	}
	if odd > 0 && odd == len(answers) {
		return nil, decode.Malformed(e, "an entry of `alarm_histories` has no `status`")
	}
	in.Skip(odd, "alarm_histories[].status", "absent")
	if unreadable > 0 || odd > 0 || len(answers) < len(list) {
		for _, a := range before {
			if a.RecordID != "" && !known[a.RecordID] {
				alarms = append(alarms, a)
			}
		}
	}
	slices.SortStableFunc(alarms, func(a, b peer.Alarm) int { return cmp.Compare(a.RecordID, b.RecordID) })
	return alarms, nil
}

func (a alarmAnswer) alarm(in area.Input) peer.Alarm {
	alarm := peer.Alarm{
		RecordID:   string(a.RecordID),
		AlarmID:    string(a.AlarmID),
		Name:       string(a.Name),
		Level:      alarmLevel(string(a.Level)),
		Begin:      a.BeginTime,
		MetricName: string(a.Metric.Name),
		ResourceID: a.resource(),
		Event:      strings.HasPrefix(string(a.Type), "EVENT"),
		Condition:  a.Condition.condition(),
		Observed:   a.observed(),
	}
	alarm.Dimensions = a.dimensions(alarm.ResourceID)
	if name := string(a.Info.ResourceName); in.UserName(name) == name {
		alarm.ResourceName = name
	}
	return alarm
}

func (c alarmConditionAnswer) condition() peer.AlarmCondition {
	return peer.AlarmCondition{
		Operator: string(c.Operator), Threshold: c.Threshold, Unit: string(c.Unit), Filter: string(c.Filter),
		Period: time.Duration(positiveInt(c.Period)) * time.Second, Count: positiveInt(c.Count),
	}
}

// whole is a number of periods or seconds, 0 for what can be none.
func positiveInt(n apiclient.Number) int {
	const most = 1e9 // seconds: 30 years
	if v, ok := n.Value(); ok && v > 0 && v < most {
		return int(v)
	}
	return 0
}

// observed is the value of the newest data point.
func (a alarmAnswer) observed() apiclient.Number {
	var newest alarmPoint
	for _, p := range a.Points {
		if !p.Time.Time().Before(newest.Time.Time()) {
			newest = p
		}
	}
	return newest.Value
}

// dimensions are what tells records of one resource apart. Names of people
// and desktops are no part of them: they become a label.
func (a alarmAnswer) dimensions(resource string) string {
	var all []string
	for _, d := range a.Metric.Dimensions {
		if string(d.Value) != resource && d.Value != "" && !d.personal() {
			all = append(all, string(d.Name)+"="+string(d.Value))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// personal tells whether the dimension names a person, or a desktop, which
// is often called after one. Names of anything else (disk_name) tell nothing
// of people, and ids never do.
func (d alarmDimension) personal() bool {
	name := strings.ToLower(string(d.Name))
	has := func(word string) bool { return strings.Contains(name, word) }
	return slices.ContainsFunc([]string{"user", "account", "mail", "owner"}, has) ||
		has("name") && slices.ContainsFunc([]string{"desktop", "computer", "host", "instance", "machine", "vm", "server", "resource"}, has)
}

// alarmLevel names the documented levels and keeps any other.
func alarmLevel(level string) string {
	level = strings.ToLower(strings.TrimSpace(level))
	if level == "" {
		return decode.Unknown
	}
	n, err := strconv.ParseFloat(level, 64)
	if err != nil {
		return level
	}
	if n < 0 {
		return decode.Unknown
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
	first := ""
	for _, d := range a.Metric.Dimensions {
		if d.Name == "instance_id" {
			return string(d.Value)
		}
		if first == "" && !d.personal() {
			first = string(d.Value)
		}
	}
	return first
}
