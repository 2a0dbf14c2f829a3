package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// alarmCounts are the members of ListAlarmStatistics.
var alarmCounts = []member{
	{"critical_count", "critical"},
	{"major_count", "major"},
	{"minor_count", "minor"},
	{"info_count", "info"},
}

func alarmStatisticsArea() Collector {
	return Area[states]{
		Name:     "alarm_statistics",
		Help:     "Alarm records by level.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []Call{once(apiclient.ListAlarmStatistics)},
		Series:   series(4, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			return fetchStates(ctx, in, apiclient.ListAlarmStatistics, alarmCounts)
		},
		Families: []Family[states]{{
			Name: "alarm_records",
			Help: "Number of alarm records by level; the API may count resolved ones too, so look at alarms_active for what is wrong now.",
			Type: Gauge, Labels: []string{"level"},
			Map: func(s states, put Put) { s.put(put) },
		}},
	}
}
