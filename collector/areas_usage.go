package collector

func usageAreas() []Collector {
	return []Collector{
		usersArea(),
		userGroupsArea(),
		otpDevicesArea(),
		userEventsArea(),
		userNotificationsArea(),
		accessStagesArea(),
		notifyRulesArea(),
		statisticsMetricsArea(),
		desktopUsageArea(),
		userUsageArea(),
		appAccessArea(),
		unusedDesktopsArea(),
		usedDesktopsArea(),
	}
}
