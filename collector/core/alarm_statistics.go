package core

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// alarmCounts are the members of ListAlarmStatistics.
var alarmCounts = []decode.Member{
	{"critical_count", "critical"},
	{"major_count", "major"},
	{"minor_count", "minor"},
	{"info_count", "info"},
}

func alarmStatisticsArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "alarm_statistics",
		Help:     "Alarm records by level.",
		Core:     true,
		Interval: time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListAlarmStatistics)},
		Series:   area.Series(4, nil),
		Fetch:    decode.FetchStates(apiclient.ListAlarmStatistics, alarmCounts),
		Families: []area.Family[decode.States]{decode.StatesFamily("alarm_records",
			"Number of alarm records by level; the API may count resolved ones too, so look at alarms_active for what is wrong now.", "level")},
	}
}
