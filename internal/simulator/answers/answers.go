package answers

import (
	"maps"
)

// All of all operations, by name. An operation is added by its row in the
// catalogue of apiclient and its row in one of these files.
func All() map[string]Answer {
	all := map[string]Answer{}
	for _, group := range []map[string]Answer{
		addressesAnswers(),
		agentsAnswers(),
		alarmsAnswers(),
		applicationsAnswers(),
		desktopDetailsAnswers(),
		desktopListAnswers(),
		desktopUsageAnswers(),
		hostsAnswers(),
		jobsAnswers(),
		metricsAnswers(),
		monitorAnswers(),
		networksAnswers(),
		notificationsAnswers(),
		notifyRulesAnswers(),
		onlineUsersAnswers(),
		policiesAnswers(),
		poolDetailsAnswers(),
		poolsAnswers(),
		productsAnswers(),
		projectsAnswers(),
		quotasAnswers(),
		recordsAnswers(),
		schedulesAnswers(),
		screenRecordsAnswers(),
		scriptsAnswers(),
		securityAnswers(),
		serviceAnswers(),
		sitesAnswers(),
		snapshotsAnswers(),
		statisticsAnswers(),
		tenantAnswers(),
		terminalsAnswers(),
		usedDesktopsAnswers(),
		userEventsAnswers(),
		userUsageAnswers(),
		usersAnswers(),
	} {
		maps.Copy(all, group)
	}
	return all
}
