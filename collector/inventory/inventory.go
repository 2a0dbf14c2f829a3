// Package inventory measures what the service consists of: sites, hosts, single desktops, pools in detail
// and settings of the tenant.
package inventory

import "github.com/workspace-exporter/workspace_exporter/collector/area"

// Areas returns the areas of the group, in the order of the documentation.
func Areas() []area.Collector {
	return []area.Collector{
		serviceArea(),
		serviceLockArea(),
		sitesArea(),
		edgeSitesArea(),
		hostsArea(),
		desktopDetailsArea(),
		desktopMonitorArea(),
		agentsArea(),
		poolDetailsArea(),
		poolDriftArea(),
		poolMembersArea(),
		agenciesArea(),
		certificatesArea(),
		domainsArea(),
		accessAddressesArea(),
		natMappingArea(),
		tenantConfigsArea(),
		tenantProfilesArea(),
		terminalBindingsArea(),
		desktopNamePoliciesArea(),
		hibernationArea(),
	}
}
