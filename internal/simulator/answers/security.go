package answers

import (
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func securityAnswers() map[string]Answer {
	return map[string]Answer{
		"ListAgencies": {
			Params: query.Params(query.ListOf("scene", "WORKSPACE", "CLOUD_GAME", "CLOUD_STORAGE", "SCREEN_RECORD"), query.OneOf("action", "CREATE", "FIX")),
			Reply:  agencyList,
		},
		"ListCerts":      {Reply: certificateList},
		"ShowDomainsNew": {Params: query.OneOf("auth_type", "OPEN_API"), Reply: domainList},
	}
}

func agencyList(_ *world.World, r query.Request) any {
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
	if r.Has("scene") {
		all = slices.DeleteFunc(all, func(o object) bool {
			return !slices.Contains(strings.Split(r.Text("scene"), ","), o["scene"].(string))
		})
	}
	return object{"existing_agencies": all}
}

func certificateList(w *world.World, _ query.Request) any {
	one := func(id, name, kind, status string, days int) object {
		return object{
			"tenant_id": w.Domain, "cert_id": id, "common_name": name, "type": kind, "status": status, "key_algorithm": "RSA-2048",
			"signature_algorithm": "SHA-256", "apply": "SMART_CARD",
			"not_before": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "not_after": w.Started.AddDate(0, 0, days).Format(query.SecondFormat),
		}
	}
	return object{"cert_list": []object{one("ca-root", "corp root", "ROOT", "ENABLE", 3000), one("ca-cards", "corp smart cards", "SUBORDINATE", "ENABLE", 20)}}
}

// domainList has a password, as the documented answer may.
func domainList(w *world.World, r query.Request) any {
	uos := []object{{
		"auth_config_id": "auth-1", "id": "uos-1", "type": "OPEN_API", "domain_name": "uos.example", "username": "administrator",
		"app_cert_id": "uos-app", "app_cert_start_time": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "app_cert_end_time": w.Started.AddDate(0, 6, 0).Format(query.SecondFormat),
		"openapi_ca_cert_id": "uos-ca", "openapi_ca_cert_start_time": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "openapi_ca_cert_end_time": w.Started.AddDate(5, 0, 0).Format(query.SecondFormat),
	}}
	if r.Has("auth_type") {
		return object{"uos_domain_list": uos, "domain_infos": []object{}}
	}
	return object{"uos_domain_list": uos, "domain_infos": []object{{
		"id": "domain-1", "domain_type": "LOCAL_AD", "domain_name": "corp.example", "domain_admin_account": "administrator",
		"domain_password": DomainPassword, "delete_computer_object": 1, "use_ldaps": true, "tls_config": directoryCertificate(w),
	}}}
}

// DomainPassword must never be seen outside the answer.
const DomainPassword = "simulated-directory-password"
