package answers

import (
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func alarmsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListAlarmStatistics": {Reply: alarmStatistics},
		"ListAlarms":          {Params: query.Params(query.Number(1, 4, "level"), query.Paging(100, query.AnyOffset)), Reply: alarmList},
	}
}

type alarmStatisticsAnswer struct {
	Critical int `json:"critical_count"`
	Major    int `json:"major_count"`
	Minor    int `json:"minor_count"`
	Info     int `json:"info_count"`
	Total    int `json:"total"`
}

// alarmStatistics counts records of every state: whether resolved ones count
// is undocumented, and who takes this for active alarms shall notice.
func alarmStatistics(w *world.World, _ query.Request) any {
	var s alarmStatisticsAnswer
	for _, a := range w.Alarms.List {
		*[]*int{&s.Critical, &s.Major, &s.Minor, &s.Info}[a.Rule.Level-1]++
		s.Total++
	}
	return s
}

type alarmHistory struct {
	RecordID  string           `json:"record_id"`
	AlarmID   string           `json:"alarm_id"`
	Name      string           `json:"name"`
	Status    string           `json:"status"`
	Type      string           `json:"type"`
	Level     int              `json:"level"`
	Begin     string           `json:"begin_time"`
	Metric    alarmMetric      `json:"metric"`
	Condition alarmCondition   `json:"condition"`
	Info      *alarmInfo       `json:"additional_info"`
	Points    []alarmDataPoint `json:"data_points"`
}

type alarmMetric struct {
	Namespace  string           `json:"namespace"`
	Name       string           `json:"metric_name"`
	Dimensions []alarmDimension `json:"dimensions"`
}

type alarmDimension struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type alarmCondition struct {
	Period   int     `json:"period"`
	Filter   string  `json:"filter"`
	Operator string  `json:"comparison_operator"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Count    int     `json:"count"`
	Suppress int     `json:"suppress_duration"`
}

type alarmInfo struct {
	ResourceID   string `json:"resource_id"`
	ResourceName string `json:"resource_name"`
	EventID      string `json:"event_id"`
}

type alarmDataPoint struct {
	Time  string  `json:"time"`
	Value float64 `json:"value"`
}

// alarmList lists the records of every state. Metric alarms have no
// additional_info (null), events no data points (null).
func alarmList(w *world.World, r query.Request) any {
	found := w.Alarms.Newest(r.Number("level", 0))
	return members{{"alarm_histories", page(r, found, 100, func(a *world.Alarm) alarmHistory {
		h := alarmHistory{
			RecordID: a.ID, AlarmID: a.Rule.ID, Name: a.Rule.Name, Status: a.Status, Level: a.Rule.Level,
			Begin: a.Begin.Format(query.SecondFormat),
			Metric: alarmMetric{Namespace: "SYS.Workspace", Name: a.Rule.Metric,
				Dimensions: []alarmDimension{{Name: "instance_id", Value: a.DesktopID}}},
			Condition: alarmCondition{Filter: "average", Operator: a.Rule.Operator, Value: a.Rule.Threshold, Unit: a.Rule.Unit},
		}
		if a.Rule.Event {
			h.Type = "EVENT.SYS"
			h.Condition.Operator, h.Condition.Value, h.Condition.Count = ">=", 1, 1
			h.Info = &alarmInfo{ResourceID: a.DesktopID, ResourceName: a.DesktopName, EventID: "ev-" + a.ID}
		} else {
			h.Type = "MULTI_INSTANCE"
			h.Condition.Period, h.Condition.Count, h.Condition.Suppress = 300, 3, 300
			h.Points = []alarmDataPoint{{Time: h.Begin, Value: a.Value}}
		}
		return h
	})}, {"count", len(found)}}
}
