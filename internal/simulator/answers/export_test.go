package answers

// What the tests read.
type (
	AlarmHistory          = alarmHistory
	AlarmStatisticsAnswer = alarmStatisticsAnswer
	DesktopDetail         = desktopDetail
	GroupAnswer           = groupAnswer
	GroupCounts           = groupCounts
	LoginCounts           = loginCounts
	OnlineAnswer          = onlineAnswer
	QuotaResources        = quotaResources
	QuotasAnswer          = quotasAnswer
	RecordsAnswer         = recordsAnswer
	RunCounts             = runCounts
	SimpleDesktop         = simpleDesktop
	StatisticsAnswer      = statisticsAnswer

	DesktopListAnswer struct {
		Total    int `json:"total_count"`
		Desktops []SimpleDesktop
	}
	DesktopDetailsAnswer struct {
		Total    int `json:"total_count"`
		Desktops []DesktopDetail
	}
	PoolListAnswer struct {
		Total int          `json:"total_count"`
		Pools []poolAnswer `json:"desktop_pools"`
	}
	UsageAnswer struct {
		Count int
		Items []desktopUsed
	}
	AlarmListAnswer struct {
		Count     int
		Histories []AlarmHistory `json:"alarm_histories"`
	}
)
