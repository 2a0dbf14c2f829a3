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
			"device_id": d.ID, "fixed_ips": []object{{"subnet_id": d.Place.Subnet, "ip_address": d.IP}}, "subnet_id": d.Place.Subnet, "ip_address": d.IP, "is_used": used})
	}
	if marker := r.Text("marker"); marker != "" {
		rows = slices.DeleteFunc(rows, func(one object) bool { return one.text("id") <= marker })
	}
	return list(r, "ports", "", rows, 2000, "ip_address", "subnet_id", "is_used")
}
