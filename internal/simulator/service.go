package simulator

import (
	"slices"
	"strings"
	"time"
)

// object is a JSON object that no test looks into by itself.
type object map[string]any

const zonelessFormat = "2006-01-02T15:04:05"

// directoryCertificate is valid for a year, from before the world was born.
func (w *world) directoryCertificate() object {
	return object{
		"cert_start_time": w.born.AddDate(0, -11, 0).Format(zonelessFormat),
		"cert_end_time":   w.directoryExpiry().Format(zonelessFormat),
	}
}

func (w *world) directoryExpiry() time.Time { return w.born.AddDate(0, 1, 0) }

// workspaceService is the service of the project, one object.
func workspaceService(w *world, _ request) any {
	sites := []object{}
	for _, s := range w.sites {
		state := w.serviceAt(s)
		sites = append(sites, object{
			"site_id": s.id, "site_type": s.kind, "site_name": s.name, "status": state.Status, "access_status": state.AccessStatus,
			"config_status": "0", "progress": "100%", "availability_zones": s.zones, "closable": false,
			"network_config": w.network(s),
			"access_config":  object{"access_mode": "INTERNET", "internet_access_address": "203.0.113.9", "internet_access_port": "443"},
		})
	}
	return object{
		"id": w.hex("service", 0), "is_global": false,
		"ad_domains": object{
			"domain_type": "LOCAL_AD", "domain_name": "corp.example", "domain_admin_account": "administrator",
			"active_domain_ip": "192.168.0.2", "delete_computer_object": "1", "use_ldaps": true, "tls_config": w.directoryCertificate(),
		},
		"vpc_id": "vpc-center", "vpc_name": "center", "access_mode": "INTERNET",
		"internet_access_address": "203.0.113.9", "internet_access_port": "443",
		"status": w.service().Status, "access_status": w.service().AccessStatus, "subnet_ids": []object{{"subnet_id": "subnet-center"}},
		"closable": false, "config_status": "0", "progress": "100%", "fail_code": 0, "fail_reason": nil,
		"enterprise_id": "corp", "enterprise_project_id": "0", "site_configs": sites,
	}
}

func (w *world) network(s *site) object {
	return object{"vpc_id": "vpc-" + s.name, "vpc_name": s.name, "subnet_ids": []string{"subnet-" + s.name}}
}

func workspaceLock(w *world, _ request) any {
	if since := w.service().LockedSince; !since.IsZero() {
		return object{"is_lock": 1, "lock_time": since.Format(time.DateTime), "lock_reason": "simulated incident"}
	}
	return object{"is_lock": 0, "lock_time": "", "lock_reason": ""}
}

func siteList(w *world, r request) any {
	all := []object{}
	for _, s := range w.sites {
		if r.has("site_type") && s.kind != r.text("site_type") || r.has("availability_zone_id") && !slices.Contains(s.zones, r.text("availability_zone_id")) {
			continue
		}
		all = append(all, object{
			"site_id": s.id, "site_name": s.name, "site_type": s.kind, "project_id": w.project.ID, "status": w.serviceAt(s).Status,
			"create_time": w.born.AddDate(-1, 0, 0).Format(secondFormat), "network_config": w.network(s),
		})
	}
	return object{"site_infos": all, "total_count": len(all)}
}

// edgeSiteID is the edge site's own id, not that of its site.
func (s *site) edgeSiteID() string { return "edge-" + s.id }

func edgeSiteList(w *world, r request) any {
	found := []*site{}
	for _, s := range w.sites[1:] {
		if r.has("name") && !strings.Contains(s.name, r.text("name")) ||
			r.has("availability_zone_id") && !slices.Contains(s.zones, r.text("availability_zone_id")) ||
			r.has("status") && r.text("status") != "available" {
			continue
		}
		found = append(found, s)
	}
	all := []object{}
	for _, s := range page(r, found, 1000) {
		cpu, memory, disk := w.siteUsage(s)
		all = append(all, object{
			"id": s.edgeSiteID(), "name": s.name, "description": "", "availability_zone_id": s.zones[0], "address": "", "status": "available",
			"created_at": w.born.AddDate(-1, 0, 0).Format(secondFormat), "updated_at": w.born.Format(secondFormat),
			"cpu_usage_rate": cpu, "memory_usage_rate": memory, "capacity_usage_rate": disk,
			"site_info": object{"id": s.id, "status": "SUBSCRIBED"},
		})
	}
	return object{"wks_edge_sites": all, "total_count": len(found)}
}

// siteUsage is what desktops use of a site's quotas, 0 to 1.
func (w *world) siteUsage(s *site) (cpu, memory, disk float64) {
	for _, q := range w.quotasOf(s, "") {
		used := float64(q.Used) / float64(q.Limit)
		switch q.Type {
		case "cores":
			cpu = used
		case "Memory":
			memory = used
		case "volume_gigabytes":
			disk = used
		}
	}
	return cpu, memory, disk
}

func accessAddresses(w *world, _ request) any {
	all := []object{}
	for i, s := range w.sites {
		one := object{"site_id": s.id, "backup_mode": "OFF"}
		if i == 0 {
			one["backup_mode"] = "ON"
			one["backup_info"] = []object{{"priority": 1, "address": "203.0.113.10"}, {"priority": 2, "address": "203.0.113.11", "address_custom": "desk.example.com"}}
		}
		all = append(all, one)
	}
	return object{"access_config": all}
}

// natMapping is the first site's if none is named.
func natMapping(w *world, r request) any {
	id := w.sites[0].id
	if r.has("site_id") {
		id = r.text("site_id")
	}
	switch {
	case !slices.ContainsFunc(w.sites, func(s *site) bool { return s.id == id }):
		return refusal("the site does not exist")
	case id != w.sites[0].id:
		return object{"site_id": id, "nat_on": false, "vag_ips": []string{}, "nat_vag_maps": []object{}}
	}
	return object{"site_id": id, "nat_on": true, "vag_ips": []string{"192.168.1.2"}, "nat_vag_maps": []object{
		{"nat_map_type": "PORT", "nat_map_value": "9443", "nat_ip": "203.0.113.12", "nat_port": "9443", "vag_ip": "192.168.1.2", "vag_port": "9443", "access_filter_type": 0},
		{"nat_map_type": "HOST", "nat_map_value": "desk.example.com", "nat_ip": "203.0.113.13", "nat_port": "443", "vag_ip": "192.168.1.2", "vag_port": "443", "access_filter_type": 0},
	}}
}

func tenantConfigs(_ *world, r request) any {
	all := []object{}
	for i, name := range []string{"screen_watermark", "self_service_restart", "user_snapshot"} {
		if !r.has("name") || r.text("name") == name {
			all = append(all, object{"id": "config-" + name, "name": name, "status": []string{"ON", "OFF"}[i%2], "values": []object{{"key": "max", "value": "3"}}})
		}
	}
	return object{"function_configs": all}
}

// tenantProfiles is a bare object.
func tenantProfiles(*world, request) any {
	return map[string]bool{"app_center": true, "app_control": true, "app_market": false}
}

func terminalBindingConfig(*world, request) any {
	return object{"tc_bind_switch": "ON", "tc_auto_bind_switch": "OFF", "tc_auto_bind_max": 1}
}

// terminalBinding binds a terminal to every tenth dedicated desktop.
type terminalBinding struct {
	ID          string `json:"id"`
	MAC         string `json:"mac"`
	Desktop     string `json:"desktop_name"`
	Description string `json:"description"`
}

func terminalBindings(w *world, r request) any {
	wanted := filters[terminalBinding]{
		"computer_name":  partly(func(b terminalBinding) string { return b.Desktop }),
		"computer_names": exactly(func(b terminalBinding) string { return b.Desktop }),
		"mac":            exactly(func(b terminalBinding) string { return b.MAC }),
		"mac_list":       exactly(func(b terminalBinding) string { return b.MAC }),
	}.of(r)
	all := []terminalBinding{}
	for _, d := range w.desktopsOf(func(d *desktop) bool { return d.pool == nil && d.index%10 == 0 }) {
		b := terminalBinding{ID: w.hex("binding", d.index), MAC: "00-16-3E-" + strings.ToUpper(d.id[:2]+"-"+d.id[2:4]+"-"+d.id[4:6]), Desktop: d.name}
		if wanted(b) {
			all = append(all, b)
		}
	}
	list := object{"bind_list": []terminalBinding{}, "total_num": len(all)}
	if r.text("count_only") != "true" {
		list["bind_list"] = page(r, all, 100)
	}
	return list
}

func namePolicies(_ *world, r request) any {
	wanted := filters[object]{
		"is_contain_user": flagged(func(o object) bool { return o["is_contain_user"].(bool) }),
		"policy_name":     partly(func(o object) string { return o["policy_name"].(string) }),
		"policy_id":       exactly(func(o object) string { return o["policy_id"].(string) }),
	}.of(r)
	all := slices.DeleteFunc([]object{
		{"policy_id": "name-default", "policy_name": "default", "name_prefix": "DESK-", "digit_number": 5, "start_number": 0, "single_domain_user_inc": 0, "is_default_policy": true, "is_contain_user": false},
		{"policy_id": "name-user", "policy_name": "by_user", "name_prefix": "$DomainUser$-", "digit_number": 2, "start_number": 1, "single_domain_user_inc": 1, "is_default_policy": false, "is_contain_user": true},
	}, func(o object) bool { return !wanted(o) })
	return object{"desktop_name_policy_infos": page(r, all, 100), "total_count": len(all)}
}

func hibernateType(w *world, _ request) any {
	return object{"tenant_id": w.domain, "hibernate_type": "SUSPEND", "shutdown_days": 7}
}
