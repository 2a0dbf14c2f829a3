// Package usage measures users and what they do: accounts, events, logons in detail and daily statistics.
package usage

import "github.com/workspace-exporter/workspace_exporter/collector/area"

// Areas returns the areas of the group, in the order of the documentation.
func Areas() []area.Collector {
	return []area.Collector{
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
