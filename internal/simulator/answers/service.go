package answers

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func serviceAnswers() map[string]Answer {
	return map[string]Answer{
		"ListWorkspaces":    {Reply: workspaceService},
		"ShowWorkspaceLock": {Reply: workspaceLock},
	}
}

// workspaceService is the service of the project, one object.
func workspaceService(w *world.World, _ query.Request) any {
	sites := []object{}
	for _, s := range w.Sites {
		state := w.ServiceAt(s)
		sites = append(sites, object{
			"site_id": s.ID, "site_type": s.Kind, "site_name": s.Name, "status": state.Status, "access_status": state.AccessStatus,
			"config_status": "0", "progress": "100%", "availability_zones": s.Zones, "closable": false,
			"network_config": siteNetwork(s),
			"access_config":  object{"access_mode": "INTERNET", "internet_access_address": "203.0.113.9", "internet_access_port": "443"},
		})
	}
	return object{
		"id": w.HexID("service", 0), "is_global": false,
		"ad_domains": object{
			"domain_type": "LOCAL_AD", "domain_name": "corp.example", "domain_admin_account": "administrator",
			"active_domain_ip": "192.168.0.2", "delete_computer_object": "1", "use_ldaps": true, "tls_config": directoryCertificate(w),
		},
		"vpc_id": "vpc-center", "vpc_name": "center", "access_mode": "INTERNET",
		"internet_access_address": "203.0.113.9", "internet_access_port": "443",
		"status": w.Service().Status, "access_status": w.Service().AccessStatus, "subnet_ids": []object{{"subnet_id": "subnet-center"}},
		"closable": false, "config_status": "0", "progress": "100%", "fail_code": 0, "fail_reason": nil,
		"enterprise_id": "corp", "enterprise_project_id": "0", "site_configs": sites,
	}
}

func workspaceLock(w *world.World, _ query.Request) any {
	if since := w.Service().LockedSince; !since.IsZero() {
		return object{"is_lock": 1, "lock_time": since.Format(time.DateTime), "lock_reason": "simulated incident"}
	}
	return object{"is_lock": 0, "lock_time": "", "lock_reason": ""}
}
