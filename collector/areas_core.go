package collector

func coreAreas() []Collector {
	return []Collector{
		loginStateArea(),
		runStateArea(),
		statisticsArea(),
		connectionStatusArea(),
		poolsArea(),
		desktopsArea(),
		desktopIdleArea(),
		alarmsArea(),
		alarmStatisticsArea(),
		onlineUsersArea(),
		loginRecordsArea(),
		quotasArea(),
	}
}
