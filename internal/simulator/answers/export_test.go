package answers

// What the tests read.
type (
	AlarmHistory          = alarmHistory
	AlarmListAnswer       = alarmListAnswer
	AlarmStatisticsAnswer = alarmStatisticsAnswer
	DesktopDetail         = desktopDetail
	DesktopDetailsAnswer  = desktopDetailsAnswer
	DesktopListAnswer     = desktopListAnswer
	GroupAnswer           = groupAnswer
	GroupCounts           = groupCounts
	LoginCounts           = loginCounts
	OnlineAnswer          = onlineAnswer
	PoolListAnswer        = poolListAnswer
	QuotaResources        = quotaResources
	QuotasAnswer          = quotasAnswer
	RecordsAnswer         = recordsAnswer
	RunCounts             = runCounts
	SimpleDesktop         = simpleDesktop
	StatisticsAnswer      = statisticsAnswer
	UsageAnswer           = usageAnswer
)
