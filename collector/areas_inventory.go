package collector

func inventoryAreas() []Collector {
	return []Collector{
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
