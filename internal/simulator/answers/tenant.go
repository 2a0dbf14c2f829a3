package answers

import (
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func tenantAnswers() map[string]Answer {
	return map[string]Answer{
		"ShowHibernateType":                  {Reply: hibernateType},
		"ListDesktopNamePolicy":              {Params: query.Params(query.Bool("is_contain_user"), query.Text("policy_name", "policy_id"), query.Paging(100, query.AnyOffset)), Reply: namePolicies},
		"ListTenantConfigs":                  {Params: query.Text("name"), Reply: tenantConfigs},
		"ListTenantProfiles":                 {Reply: tenantProfiles},
		"ListTerminalsBindingDesktopsConfig": {Reply: terminalBindingConfig},
		"ListTerminalsBindingDesktops": {
			Params: query.Params(query.Text("computer_name", "mac"), query.Repeated(query.Text("computer_names", "mac_list")), query.Bool("count_only"), query.Required(query.Paging(100, query.AnyOffset))),
			Reply:  terminalBindings,
		},
	}
}

func tenantConfigs(_ *world.World, r query.Request) any {
	all := []object{}
	for i, name := range []string{"screen_watermark", "self_service_restart", "user_snapshot"} {
		if !r.Has("name") || r.Text("name") == name {
			all = append(all, object{"id": "config-" + name, "name": name, "status": []string{"ON", "OFF"}[i%2], "values": []object{{"key": "max", "value": "3"}}})
		}
	}
	return object{"function_configs": all}
}

// tenantProfiles is a bare object.
func tenantProfiles(*world.World, query.Request) any {
	return map[string]bool{"app_center": true, "app_control": true, "app_market": false}
}

func namePolicies(_ *world.World, r query.Request) any {
	found := filter.Set[object]{
		"is_contain_user": filter.Bool(func(o object) bool { return o["is_contain_user"].(bool) }),
		"policy_name":     filter.Contains(func(o object) string { return o["policy_name"].(string) }),
		"policy_id":       filter.Equal(func(o object) string { return o["policy_id"].(string) }),
	}.Apply(r, []object{
		{"policy_id": "name-default", "policy_name": "default", "name_prefix": "DESK-", "digit_number": 5, "start_number": 0, "single_domain_user_inc": 0, "is_default_policy": true, "is_contain_user": false},
		{"policy_id": "name-user", "policy_name": "by_user", "name_prefix": "$DomainUser$-", "digit_number": 2, "start_number": 1, "single_domain_user_inc": 1, "is_default_policy": false, "is_contain_user": true},
	})
	return object{"desktop_name_policy_infos": query.Page(r, found, 100), "total_count": len(found)}
}

func hibernateType(w *world.World, _ query.Request) any {
	return object{"tenant_id": w.Domain, "hibernate_type": "SUSPEND", "shutdown_days": 7}
}

func terminalBindingConfig(*world.World, query.Request) any {
	return object{"tc_bind_switch": "ON", "tc_auto_bind_switch": "OFF", "tc_auto_bind_max": 1}
}

// terminalBinding binds a terminal to every tenth dedicated desktop.
type terminalBinding struct {
	ID          string `json:"id"`
	MAC         string `json:"mac"`
	Desktop     string `json:"desktop_name"`
	Description string `json:"description"`
}

func terminalBindings(w *world.World, r query.Request) any {
	wanted := filter.Set[terminalBinding]{
		"computer_name":  filter.Contains(func(b terminalBinding) string { return b.Desktop }),
		"computer_names": filter.Equal(func(b terminalBinding) string { return b.Desktop }),
		"mac":            filter.Equal(func(b terminalBinding) string { return b.MAC }),
		"mac_list":       filter.Equal(func(b terminalBinding) string { return b.MAC }),
	}.For(r)
	all := []terminalBinding{}
	for _, d := range w.DesktopsWhere(func(d *world.Desktop) bool { return d.Pool == nil && d.Index%10 == 0 }) {
		b := terminalBinding{ID: w.HexID("binding", d.Index), MAC: "00-16-3E-" + strings.ToUpper(d.ID[:2]+"-"+d.ID[2:4]+"-"+d.ID[4:6]), Desktop: d.Name}
		if wanted(b) {
			all = append(all, b)
		}
	}
	list := object{"bind_list": []terminalBinding{}, "total_num": len(all)}
	if r.Text("count_only") != "true" {
		list["bind_list"] = query.Page(r, all, 100)
	}
	return list
}
