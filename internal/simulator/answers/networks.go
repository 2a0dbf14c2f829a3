package answers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func networksAnswers() map[string]Answer {
	return map[string]Answer{
		"ListPorts":        {Params: query.Params(query.Text("marker", "ip_address", "subnet_id"), query.Bool("is_used"), query.Number(1, 2000, "limit")), Reply: portList},
		"ListSubnets":      {Params: query.Text("vpc_id", "availability_zone_id"), Reply: subnetList},
		"ShowUsingSubnets": {Params: query.Text("subnet_ids"), Reply: usingSubnets},
		"ShowAvailableIp":  {Reply: availableIP},
		"ListNatGateways": {
			Params: query.Params(query.Text("id", "enterprise_project_id", "description", "created_at", "name", "router_id"),
				query.Repeated(query.OneOf("status", "ACTIVE", "PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE", "INACTIVE")), query.Repeated(query.OneOf("spec", "1", "2", "3", "4")),
				query.Paging(2000, query.AnyOffset)),
			Reply: natGatewayList,
		},
		"ListDesktopsEips": {
			Params: query.Params(query.Text("enterprise_project_id", "desktop_id", "desktop_name", "user_name", "address"), query.OneOf("state", "bind", "unbind"),
				query.Paging(100, query.AnyOffset)),
			Reply: eipList,
		},
		"ListSubnetBandwidths": {
			Params: query.Params(query.Text("enterprise_project_id", "vpc_id", "subnet_id", "bandwidth_id", "bandwidth_name"), query.Paging(100, query.AnyOffset)),
			Reply:  bandwidthList,
		},
		"ShowSubnetBandwidthControlList": {
			Params: query.Params(query.Text("desktop_id", "desktop_name", "user_name"), query.OneOf("control_mode", "BLACK", "WHITE"), query.Paging(100, query.AnyOffset)),
			Reply:  bandwidthControlList,
		},
		"ListInternet": {Params: query.Text("enterprise_project_id", "nat_name", "eip"), Reply: internetList},
	}
}

func subnetList(w *world.World, r query.Request) any {
	var rows []object
	for _, n := range w.Networks() {
		rows = append(rows, object{"id": n.Subnet, "unused": w.InSubnet(n.Subnet) == 0, "checked": true, "vpc_id": n.VPC, "name": strings.TrimPrefix(n.Subnet, "subnet-"),
			"cidr": n.CIDR, "gateway_ip": "", "dhcp_enable": true, "ipv6_enable": false, "status": "ACTIVE", "availability_zone": "", "description": ""})
	}
	return list(r, "subnets", "subnet_size", rows, len(rows), "vpc_id")
}

// usingSubnets are the subnets with desktops, among those asked for.
func usingSubnets(w *world.World, r query.Request) any {
	ids := []string{}
	for _, n := range w.Networks() {
		asked := !r.Has("subnet_ids") || slices.Contains(strings.Split(r.Text("subnet_ids"), ","), n.Subnet)
		if asked && w.InSubnet(n.Subnet) > 0 {
			ids = append(ids, n.Subnet)
		}
	}
	return object{"subnet_ids": ids}
}

// availableIP leaves out the reserved addresses.
func availableIP(w *world.World, r query.Request) any {
	for _, n := range w.Networks() {
		if n.Subnet == r.Path["subnet_id"] {
			return object{"available_ip": max(n.Addresses-world.ReservedAddresses-w.InSubnet(n.Subnet), 0)}
		}
	}
	return response.Refusal("the subnet does not exist")
}

// portList has a port for each desktop, in the order of their ids.
func portList(w *world.World, r query.Request) any {
	var rows []object
	for i := range w.Desktops {
		d := &w.Desktops[i]
		used := d.Status == world.Active
		rows = append(rows, object{"id": fmt.Sprintf("port-%06d", i), "status": map[bool]string{true: "ACTIVE", false: "DOWN"}[used], "network_id": "network-" + d.Place.Site.Name,
			"device_id": d.ID, "fixed_ips": []object{{"subnet_id": d.Place.Subnet, "ip_address": d.IP}}, unsent + "subnet_id": d.Place.Subnet, unsent + "ip_address": d.IP, unsent + "is_used": used})
	}
	if marker := r.Text("marker"); marker != "" {
		rows = slices.DeleteFunc(rows, func(one object) bool { return one.text("id") <= marker })
	}
	return list(r, "ports", "", rows, 2000, "ip_address", "subnet_id", "is_used")
}

func natGatewayList(w *world.World, r query.Request) any {
	var rows []object
	for i, s := range w.Sites[:2] {
		status := []string{"ACTIVE", "PENDING_UPDATE"}[i]
		rows = append(rows, object{"id": "nat-" + s.Name, "tenant_id": w.Project.ID, "name": s.Name, "description": "", "spec": fmt.Sprint(2 - i), "status": status,
			"admin_state_up": "true", "created_at": stamp(w.Started.AddDate(0, -8, 0)), "router_id": "vpc-" + s.Name, "internal_network_id": "network-" + s.Name,
			"enterprise_project_id": "0"})
	}
	return list(r, "nat_gateways", "", rows, 2000, "id", "name", "status", "spec", "router_id", "enterprise_project_id")
}

func eipList(w *world.World, r query.Request) any {
	var rows []object
	for n, d := range w.Addresses() {
		one := object{"id": fmt.Sprintf("eip-%d", n), "address": fmt.Sprintf("203.0.%d.%d", 113+n/250, 1+n%250), "bandwidth_size": 5, "eip_charge_mode": "traffic",
			"create_time": stamp(w.Started.AddDate(0, -3, 0)), "attached_desktop_id": "", "attached_desktop_name": "", "enterprise_project_id": "0",
			unsent + "state": "unbind", unsent + "desktop_id": "", unsent + "desktop_name": "", unsent + "user_name": ""}
		if d != nil {
			one[unsent+"state"], one[unsent+"desktop_id"], one[unsent+"desktop_name"], one[unsent+"user_name"] = "bind", d.ID, d.Name, d.UserName()
			one["attached_desktop_id"], one["attached_desktop_name"] = d.ID, d.Name
		}
		rows = append(rows, one)
	}
	return list(r, "eips", "total_count", rows, len(rows), "desktop_id", "desktop_name", "user_name", "address", "enterprise_project_id", "state")
}

func bandwidthList(w *world.World, r query.Request) any {
	var rows []object
	for i, s := range w.Sites[:2] {
		rows = append(rows, object{"bandwidth_id": "bandwidth-" + s.Name, "bandwidth_name": s.Name, "charge_mode": fmt.Sprint(i), "size": 300 / (i + 1), "vpc_id": "vpc-" + s.Name,
			"vpc_name": s.Name, "subnet_id": "subnet-" + s.Name, "subnet_name": s.Name, "enterprise_project_id": "0", "created_at": stamp(w.Started.AddDate(0, -8, 0)),
			"order_id": "", "status": "ACTIVE", "control_mode": []string{"BLACK", "WHITE"}[i]})
	}
	return list(r, "bandwidths", "total_count", rows, len(rows), "vpc_id", "subnet_id", "bandwidth_id", "bandwidth_name", "enterprise_project_id")
}

// bandwidthControlList has every seventieth desktop of the site.
func bandwidthControlList(w *world.World, r query.Request) any {
	for i, s := range w.Sites[:2] {
		if r.Path["bandwidth_id"] != "bandwidth-"+s.Name {
			continue
		}
		var rows []object
		for n := 0; n < len(w.Desktops); n += 70 {
			if d := &w.Desktops[n]; d.Place.Site == s {
				rows = append(rows, object{"desktop_id": d.ID, "desktop_name": d.Name, "desktop_status": d.Status, "pool_id": d.PoolID(), "attach_user_infos": []object{},
					unsent + "user_name": d.UserName()})
			}
		}
		answer := list(r, "control_list", "total_count", rows, len(rows), "desktop_id", "desktop_name", "user_name")
		answer["control_mode"] = []string{"BLACK", "WHITE"}[i]
		return answer
	}
	return response.Refusal("the bandwidth does not exist")
}

func internetList(w *world.World, r query.Request) any {
	var rows []object
	for i, s := range w.Sites[:2] {
		rows = append(rows, object{"vpc_name": s.Name, "subnet_id": "subnet-" + s.Name, "subnet_name": s.Name, "nat_id": "nat-" + s.Name, "nat_name": s.Name,
			"eip": fmt.Sprintf("198.51.100.%d", i+1), "created_at": stamp(w.Started.AddDate(0, -8, 0)), "status": "ACTIVE", "enterprise_project_id": "0"})
	}
	return list(r, "internet_infos", "", rows, len(rows), "nat_name", "eip", "enterprise_project_id")
}
