package apiclient

import "net/http"

// Desktops and pools in detail, the service and its configuration.
var (
	// ShowDesktopMonitorData returns the monitoring data of one desktop.
	ShowDesktopMonitorData = Endpoint{
		Operation: "ShowDesktopMonitorData", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktop-monitor/{desktop_id}",
		Action: "workspace:desktops:getMonitor",
		Needs:  "ces:metricData:get",
	}
	// ListAgentsInstallCondition lists the monitoring agents of the desktops.
	// The maximum page is undocumented; 100 is that of most lists.
	ListAgentsInstallCondition = Endpoint{
		Operation: "ListAgentsInstallCondition", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/desktops/agents",
		Page: Paging{Items: "agents_condition", Total: "total_count", Size: 100},
	}
	// ShowDesktopPoolDetail returns one pool with its isolated desktops.
	ShowDesktopPoolDetail = Endpoint{
		Operation: "ShowDesktopPoolDetail", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktop-pools/{pool_id}",
		Action: "workspace:desktopPools:get",
		Needs:  "ims:images:list vpc:securityGroups:get vpc:vpcs:get vpc:subnets:get vpc:networks:get",
	}
	// ListInconsistentStatics counts the desktops of a pool that differ from
	// its settings.
	ListInconsistentStatics = Endpoint{
		Operation: "ListInconsistentStatics", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/desktop-pools/{pool_id}/inconsistent-statics",
	}
	// ListDesktopPoolAuthorizedObjects lists users and groups of a pool.
	ListDesktopPoolAuthorizedObjects = Endpoint{
		Operation: "ListDesktopPoolAuthorizedObjects", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/desktop-pools/{pool_id}/users",
		Action: "workspace:desktopPools:listUsers",
		Page:   Paging{Items: "objects", Total: "total_count", Size: 100},
	}
	// ListWorkspaces returns the service of the project: one object, despite
	// the name.
	ListWorkspaces = Endpoint{
		Operation: "ListWorkspaces", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/workspaces",
		Action: "workspace:tenants:get",
		Needs:  "vpc:vpcs:get vpc:subnets:get vpc:securityGroups:get",
	}
	// ShowWorkspaceLock tells whether the service is locked.
	ShowWorkspaceLock = Endpoint{
		Operation: "ShowWorkspaceLock", Method: http.MethodGet, Limit: 200,
		Path:   "/v2/{project_id}/workspaces/lock-status",
		Action: "workspace:tenants:getLockStatus",
	}
	// ListSiteConfigs lists the sites of the service.
	ListSiteConfigs = Endpoint{
		Operation: "ListSiteConfigs", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/sites",
		Page: Paging{Items: "site_infos"},
	}
	// ListWksEdgeSites lists the edge sites and how full they are.
	ListWksEdgeSites = Endpoint{
		Operation: "ListWksEdgeSites", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/wks-edge-sites",
		Page: Paging{Items: "wks_edge_sites", Total: "total_count", Size: 1000},
	}
	// ListAccessAddressBackupConfig lists the backup access addresses.
	ListAccessAddressBackupConfig = Endpoint{
		Operation: "ListAccessAddressBackupConfig", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/access-config/address-backup",
		Page: Paging{Items: "access_config"},
	}
	// ListNatMappingConfigs returns the NAT mapping of a site.
	ListNatMappingConfigs = Endpoint{
		Operation: "ListNatMappingConfigs", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/nat-mapping-configs",
	}
	// ListTenantConfigs lists the switches set for the tenant.
	ListTenantConfigs = Endpoint{
		Operation: "ListTenantConfigs", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/tenant-configs",
		Page: Paging{Items: "function_configs"},
	}
	// ListTenantProfiles returns the functions the tenant has, by name.
	ListTenantProfiles = Endpoint{
		Operation: "ListTenantProfiles", Method: http.MethodGet, Limit: 200,
		Path: "/v1/{project_id}/app-center/profiles",
	}
	// ListTerminalsBindingDesktopsConfig returns the switches of the binding of
	// terminals to desktops.
	ListTerminalsBindingDesktopsConfig = Endpoint{
		Operation: "ListTerminalsBindingDesktopsConfig", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/terminals/binding-desktops/config",
	}
	// ListTerminalsBindingDesktops lists the bindings of terminals to desktops.
	// The maximum page is undocumented; only their number is asked for.
	ListTerminalsBindingDesktops = Endpoint{
		Operation: "ListTerminalsBindingDesktops", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/terminals/binding-desktops",
		Page: Paging{Items: "bind_list", Total: "total_num", Size: 100},
	}
	// ListDesktopNamePolicy lists the rules by which desktops are named.
	ListDesktopNamePolicy = Endpoint{
		Operation: "ListDesktopNamePolicy", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/desktop-name-policies",
		Page: Paging{Items: "desktop_name_policy_infos", Total: "total_count", Size: 100},
	}
	// ShowHibernateType tells how desktops hibernate.
	ShowHibernateType = Endpoint{
		Operation: "ShowHibernateType", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/hibernate-type",
	}
	// ListCerts lists the tenant's certificate authorities.
	ListCerts = Endpoint{
		Operation: "ListCerts", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/certmanager/private-certificate-authorities",
		Page: Paging{Items: "cert_list"},
	}
	// ShowDomainsNew lists the directory domains. The documented answer has a
	// member for a password: nobody but the collector reads it.
	ShowDomainsNew = Endpoint{
		Operation: "ShowDomainsNew", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v3/{project_id}/domains",
	}
	// ListHostsDetail lists the dedicated hosts. The maximum page is
	// undocumented; 100 is that of most lists.
	ListHostsDetail = Endpoint{
		Operation: "ListHostsDetail", Method: http.MethodGet, Limit: 200, Assumed: true,
		Path: "/v2/{project_id}/hosts",
		Page: Paging{Items: "dedicated_hosts", Total: "total", Size: 100},
	}
	// ListAgencies lists the agencies by which the service acts for the tenant.
	ListAgencies = Endpoint{
		Operation: "ListAgencies", Method: http.MethodGet, Limit: 200,
		Path: "/v2/{project_id}/agencies",
		Page: Paging{Items: "existing_agencies"},
	}
)

func catalogueInventory() []Endpoint {
	return []Endpoint{
		ShowDesktopMonitorData,
		ListAgentsInstallCondition,
		ShowDesktopPoolDetail,
		ListInconsistentStatics,
		ListDesktopPoolAuthorizedObjects,
		ListWorkspaces,
		ShowWorkspaceLock,
		ListSiteConfigs,
		ListWksEdgeSites,
		ListAccessAddressBackupConfig,
		ListNatMappingConfigs,
		ListTenantConfigs,
		ListTenantProfiles,
		ListTerminalsBindingDesktopsConfig,
		ListTerminalsBindingDesktops,
		ListDesktopNamePolicy,
		ShowHibernateType,
		ListCerts,
		ShowDomainsNew,
		ListHostsDetail,
		ListAgencies,
	}
}
