// Package operations measures what is done to desktops and what that needs: jobs, tasks, scripts,
// snapshots, packages, network and policies.
package operations

import "github.com/workspace-exporter/workspace_exporter/collector/area"

// Areas returns the areas of the group, in the order of the documentation.
func Areas() []area.Collector {
	return []area.Collector{
		jobsArea(),
		scheduledTasksArea(),
		scheduledTaskRecordsArea(),
		scriptsArea(),
		scriptTasksArea(),
		poolScriptTasksArea(),
		scriptRecordsArea(),
		snapshotsArea(),
		appJobsArea(),
		appsArea(),
		appRulesArea(),
		appRestrictedRulesArea(),
		appRuleRestrictionArea(),
		imagesArea(),
		productsArea(),
		volumeProductsArea(),
		availabilityZonesArea(),
		natGatewaysArea(),
		eipsArea(),
		bandwidthsArea(),
		bandwidthControlsArea(),
		portsArea(),
		internetAccessArea(),
		subnetsArea(),
		subnetAddressesArea(),
		policyGroupsArea(),
		accessPoliciesArea(),
		accessPolicyObjectsArea(),
		userEventsLogArea(),
		screenRecordsArea(),
		exportTasksArea(),
	}
}
