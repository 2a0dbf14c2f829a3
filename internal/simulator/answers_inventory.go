package simulator

func inventoryAnswers() map[string]answer {
	return map[string]answer{
		// Desktops.
		"ShowDesktopMonitorData": {
			params: params(required(moment(secondFormat, "start_time", "end_time")), one("metric_name", monitorMetrics()...)),
			reply:  desktopMonitor,
		},
		"ListAgentsInstallCondition": {
			params: params(
				text("enterprise_project_id", "desktop_id", "desktop_name", "status", "ip_address", "desktop_pool_id"),
				flag("is_installed"), paging(100, anyOffset)),
			reply: agentList,
		},
		"ShowHibernateType":     {reply: hibernateType},
		"ListDesktopNamePolicy": {params: params(flag("is_contain_user"), text("policy_name", "policy_id"), paging(100, anyOffset)), reply: namePolicies},

		// Pools.
		"ShowDesktopPoolDetail":            {reply: poolDetail},
		"ListInconsistentStatics":          {reply: poolDrift},
		"ListDesktopPoolAuthorizedObjects": {params: paging(100, anyOffset), reply: poolMembers},

		// Service, sites, tenant.
		"ListWorkspaces":    {reply: workspaceService},
		"ShowWorkspaceLock": {reply: workspaceLock},
		"ListSiteConfigs":   {params: params(text("availability_zone_id"), one("site_type", "CENTER", "IES")), reply: siteList},
		"ListWksEdgeSites": {
			params: params(text("name", "availability_zone_id"), one("status", "initial", "deploying", "available", "unavailable"), paging(1000, anyOffset)),
			reply:  edgeSiteList,
		},
		"ListAccessAddressBackupConfig":      {reply: accessAddresses},
		"ListNatMappingConfigs":              {params: text("site_id"), reply: natMapping},
		"ListTenantConfigs":                  {params: text("name"), reply: tenantConfigs},
		"ListTenantProfiles":                 {reply: tenantProfiles},
		"ListTerminalsBindingDesktopsConfig": {reply: terminalBindingConfig},
		"ListTerminalsBindingDesktops": {
			params: params(text("computer_name", "mac"), many(text("computer_names", "mac_list")), flag("count_only"), required(paging(100, anyOffset))),
			reply:  terminalBindings,
		},

		// Hosts, agencies, certificates, domains.
		"ListHostsDetail": {
			params: params(
				text("name", "availability_zone", "host_id", "enterprise_project_id", "host_type", "host_type_name", "marker", "changes_since"),
				one("state", "available", "fault", "released"), paging(100, anyOffset)),
			reply: hostList,
		},
		"ListAgencies": {
			params: params(anyOf("scene", "WORKSPACE", "CLOUD_GAME", "CLOUD_STORAGE", "SCREEN_RECORD"), one("action", "CREATE", "FIX")),
			reply:  agencyList,
		},
		"ListCerts":      {reply: certificateList},
		"ShowDomainsNew": {params: one("auth_type", "OPEN_API"), reply: domainList},
	}
}
