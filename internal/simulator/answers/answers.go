package answers

import "maps"

// All answers by the name of the operation. One is added by a row in the
// catalogue of apiclient and a row in the file of its kind.
func All() map[string]Answer {
	all := map[string]Answer{}
	for _, group := range []map[string]Answer{
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
		policiesAnswers(),
		poolsAnswers(),
		productsAnswers(),
		projectsAnswers(),
		quotasAnswers(),
		connectionsAnswers(),
		screenRecordsAnswers(),
		tasksAnswers(),
		securityAnswers(),
		serviceAnswers(),
		sitesAnswers(),
		snapshotsAnswers(),
		statisticsAnswers(),
		tenantAnswers(),
		userEventsAnswers(),
		userUsageAnswers(),
		usersAnswers(),
	} {
		maps.Copy(all, group)
	}
	return all
}
