package answers

import (
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func sitesAnswers() map[string]Answer {
	return map[string]Answer{
		"ListSiteConfigs": {Params: query.Params(query.Text("availability_zone_id"), query.OneOf("site_type", "CENTER", "IES")), Reply: siteList},
		"ListWksEdgeSites": {
			Params: query.Params(query.Text("name", "availability_zone_id"), query.OneOf("status", "initial", "deploying", "available", "unavailable"), query.Paging(1000, query.AnyOffset)),
			Reply:  edgeSiteList,
		},
		"ListAccessAddressBackupConfig": {Reply: accessAddresses},
		"ListNatMappingConfigs":         {Params: query.Text("site_id"), Reply: natMapping},
	}
}

func siteNetwork(s *world.Site) object {
	return object{"vpc_id": "vpc-" + s.Name, "vpc_name": s.Name, "subnet_ids": []string{"subnet-" + s.Name}}
}

func siteList(w *world.World, r query.Request) any {
	all := []object{}
	for _, s := range w.Sites {
		if r.Has("site_type") && s.Kind != r.Text("site_type") || r.Has("availability_zone_id") && !slices.Contains(s.Zones, r.Text("availability_zone_id")) {
			continue
		}
		all = append(all, object{
			"site_id": s.ID, "site_name": s.Name, "site_type": s.Kind, "project_id": w.Project.ID, "status": w.ServiceAt(s).Status,
			"create_time": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "network_config": siteNetwork(s),
		})
	}
	return object{"site_infos": all, "total_count": len(all)}
}

// edgeSiteList has ids of edge sites, which are not those of their sites.
func edgeSiteList(w *world.World, r query.Request) any {
	found := []*world.Site{}
	for _, s := range w.Sites[1:] {
		if r.Has("name") && !strings.Contains(s.Name, r.Text("name")) ||
			r.Has("availability_zone_id") && !slices.Contains(s.Zones, r.Text("availability_zone_id")) ||
			r.Has("status") && r.Text("status") != "available" {
			continue
		}
		found = append(found, s)
	}
	all := []object{}
	for _, s := range query.Page(r, found, 1000) {
		cpu, memory, disk := siteUsage(w, s)
		all = append(all, object{
			"id": "edge-" + s.ID, "name": s.Name, "description": "", "availability_zone_id": s.Zones[0], "address": "", "status": "available",
			"created_at": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "updated_at": w.Started.Format(query.SecondFormat),
			"cpu_usage_rate": cpu, "memory_usage_rate": memory, "capacity_usage_rate": disk,
			"site_info": object{"id": s.ID, "status": "SUBSCRIBED"},
		})
	}
	return object{"wks_edge_sites": all, "total_count": len(found)}
}

// siteUsage is what desktops use of a site's quotas, 0 to 1.
func siteUsage(w *world.World, s *world.Site) (cpu, memory, disk float64) {
	for _, q := range w.QuotasOf(s, "") {
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

func accessAddresses(w *world.World, _ query.Request) any {
	all := []object{}
	for i, s := range w.Sites {
		one := object{"site_id": s.ID, "backup_mode": "OFF"}
		if i == 0 {
			one["backup_mode"] = "ON"
			one["backup_info"] = []object{{"priority": 1, "address": "203.0.113.10"}, {"priority": 2, "address": "203.0.113.11", "address_custom": "desk.example.com"}}
		}
		all = append(all, one)
	}
	return object{"access_config": all}
}

// natMapping is the first site's if none is named.
func natMapping(w *world.World, r query.Request) any {
	id := w.Sites[0].ID
	if r.Has("site_id") {
		id = r.Text("site_id")
	}
	switch {
	case !slices.ContainsFunc(w.Sites, func(s *world.Site) bool { return s.ID == id }):
		return response.Refusal("the site does not exist")
	case id != w.Sites[0].ID:
		return object{"site_id": id, "nat_on": false, "vag_ips": []string{}, "nat_vag_maps": []object{}}
	}
	return object{"site_id": id, "nat_on": true, "vag_ips": []string{"192.168.1.2"}, "nat_vag_maps": []object{
		{"nat_map_type": "PORT", "nat_map_value": "9443", "nat_ip": "203.0.113.12", "nat_port": "9443", "vag_ip": "192.168.1.2", "vag_port": "9443", "access_filter_type": 0},
		{"nat_map_type": "HOST", "nat_map_value": "desk.example.com", "nat_ip": "203.0.113.13", "nat_port": "443", "vag_ip": "192.168.1.2", "vag_port": "443", "access_filter_type": 0},
	}}
}
