package simulator

import (
	"slices"
	"strings"
)

// Host is a dedicated host. What runs on it is made up: desktops here are on
// none. Without desktops all hosts are idle and work: an empty fleet is quiet.
type Host struct {
	ID, Name, Zone, State                          string
	VCPUs, FreeVCPUs, Memory, FreeMemory, Desktops int // memory in MB
}

func (w *world) hosts() []Host {
	all, empty := make([]Host, 3), len(w.desktops) == 0
	for i := range all {
		zones := w.sites[0].zones
		desktops := w.draw("host", i).IntN(15)
		if empty {
			desktops = 0
		}
		all[i] = Host{
			ID: w.uuid("host", i), Name: "wdh-" + string(rune('1'+i)), Zone: zones[i%len(zones)], State: "available",
			VCPUs: 72, FreeVCPUs: 72 - 4*desktops, Memory: 270336, FreeMemory: 270336 - 8192*desktops, Desktops: desktops,
		}
	}
	if !empty {
		all[2].State = "fault"
	}
	return all
}

// hostList pages by offset, or else by marker.
func hostList(w *world, r request) any {
	wanted := filters[Host]{
		"name":                  partly(func(h Host) string { return h.Name }),
		"availability_zone":     exactly(func(h Host) string { return h.Zone }),
		"host_id":               exactly(func(h Host) string { return h.ID }),
		"state":                 exactly(func(h Host) string { return h.State }),
		"host_type":             always[Host]("s3"),
		"host_type_name":        always[Host]("general"),
		"enterprise_project_id": always[Host]("0"),
	}.of(r)
	all := slices.DeleteFunc(w.hosts(), func(h Host) bool { return !wanted(h) })
	rest := all
	if i := slices.IndexFunc(all, func(h Host) bool { return h.ID == r.text("marker") }); i >= 0 && !r.has("offset") {
		rest = all[i+1:]
	}
	list := []object{}
	for _, h := range page(r, rest, 100) {
		list = append(list, object{
			"dedicated_host_id": h.ID, "name": h.Name, "auto_placement": "on", "availability_zone": h.Zone, "state": h.State,
			"host_properties": object{"vcpus": h.VCPUs, "cores": h.VCPUs / 2, "sockets": 2, "memory": h.Memory, "host_type": "s3", "host_type_name": "general"},
			"available_vcpus": h.FreeVCPUs, "available_memory": h.FreeMemory, "instance_total": h.Desktops, "instance_uuids": []string{},
			"allocated_at": w.born.AddDate(-1, 0, 0).Format(secondFormat), "released_at": "", "enterprise_project_id": "0", "project_id": w.project.ID,
		})
	}
	return object{"dedicated_hosts": list, "total": len(all)}
}

func agencyList(_ *world, r request) any {
	has := []string{"Workspace FullAccess", "SMN FullAccess", "VPC FullAccess"}
	all := []object{
		{"name": "workspace_admin_trust", "id": "agency-1", "scene": "WORKSPACE", "permissions": []object{{
			"system_permission_display_names": has, "wanted_system_permission_display_names": []string{}, "should_have_system_permission_display_names": has,
		}}},
		{"name": "workspace_record_trust", "id": "agency-2", "scene": "SCREEN_RECORD", "permissions": []object{{
			"system_permission_display_names": []string{}, "wanted_system_permission_display_names": []string{"OBS OperateAccess"},
			"should_have_system_permission_display_names": []string{"OBS OperateAccess"},
		}}},
	}
	if r.has("scene") {
		all = slices.DeleteFunc(all, func(o object) bool {
			return !slices.Contains(strings.Split(r.text("scene"), ","), o["scene"].(string))
		})
	}
	return object{"existing_agencies": all}
}

func certificateList(w *world, _ request) any {
	one := func(id, name, kind, status string, days int) object {
		return object{
			"tenant_id": w.domain, "cert_id": id, "common_name": name, "type": kind, "status": status, "key_algorithm": "RSA-2048",
			"signature_algorithm": "SHA-256", "apply": "SMART_CARD",
			"not_before": w.born.AddDate(-1, 0, 0).Format(secondFormat), "not_after": w.born.AddDate(0, 0, days).Format(secondFormat),
		}
	}
	return object{"cert_list": []object{one("ca-root", "corp root", "ROOT", "ENABLE", 3000), one("ca-cards", "corp smart cards", "SUBORDINATE", "ENABLE", 20)}}
}

// domainList has a password, as the documented answer may.
func domainList(w *world, r request) any {
	uos := []object{{
		"auth_config_id": "auth-1", "id": "uos-1", "type": "OPEN_API", "domain_name": "uos.example", "username": "administrator",
		"app_cert_id": "uos-app", "app_cert_start_time": w.born.AddDate(-1, 0, 0).Format(secondFormat), "app_cert_end_time": w.born.AddDate(0, 6, 0).Format(secondFormat),
		"openapi_ca_cert_id": "uos-ca", "openapi_ca_cert_start_time": w.born.AddDate(-1, 0, 0).Format(secondFormat), "openapi_ca_cert_end_time": w.born.AddDate(5, 0, 0).Format(secondFormat),
	}}
	if r.has("auth_type") {
		return object{"uos_domain_list": uos, "domain_infos": []object{}}
	}
	return object{"uos_domain_list": uos, "domain_infos": []object{{
		"id": "domain-1", "domain_type": "LOCAL_AD", "domain_name": "corp.example", "domain_admin_account": "administrator",
		"domain_password": DomainPassword, "delete_computer_object": 1, "use_ldaps": true, "tls_config": w.directoryCertificate(),
	}}}
}

// DomainPassword must never be seen outside the answer.
const DomainPassword = "simulated-directory-password"
