// Package core measures whether users can work: login and run states, pools, alarms, logons and quotas.
package core

import "github.com/workspace-exporter/workspace_exporter/collector/area"

// Areas returns the areas of the group, in the order of the documentation.
func Areas() []area.Collector {
	return []area.Collector{
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
