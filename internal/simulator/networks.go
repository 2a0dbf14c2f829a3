package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// network of a site, and one that no desktop is in.
type network struct {
	subnet, vpc, cidr string
	addresses         int
}

func (w *world) networks() []network {
	all := []network{{"subnet-" + w.sites[0].name, "vpc-" + w.sites[0].name, "10.64.0.0/10", 1 << 22}}
	for i, s := range w.sites[1:] {
		all = append(all, network{"subnet-" + s.name, "vpc-" + s.name, fmt.Sprintf("172.20.%d.0/19", 32*i), 1 << 13})
	}
	return append(all, network{"subnet-spare", all[0].vpc, "192.168.7.0/24", 1 << 8})
}

// inSubnet counts the desktops of a subnet.
func (w *world) inSubnet(subnet string) int {
	n := 0
	for i := range w.desktops {
		if w.desktops[i].place.subnet == subnet {
			n++
		}
	}
	return n
}

func subnetList(w *world, r request) any {
	var rows []row
	for _, n := range w.networks() {
		rows = append(rows, row{"id": n.subnet, "unused": w.inSubnet(n.subnet) == 0, "checked": true, "vpc_id": n.vpc, "name": strings.TrimPrefix(n.subnet, "subnet-"),
			"cidr": n.cidr, "gateway_ip": "", "dhcp_enable": true, "ipv6_enable": false, "status": "ACTIVE", "availability_zone": "", "description": ""})
	}
	answer := rowsAnswer(r, "subnets", "subnet_size", rows, len(rows), "vpc_id")
	return answer
}

// usingSubnets are the subnets with desktops, among those asked for.
func usingSubnets(w *world, r request) any {
	ids := []string{}
	for _, n := range w.networks() {
		asked := !r.has("subnet_ids") || slices.Contains(strings.Split(r.text("subnet_ids"), ","), n.subnet)
		if asked && w.inSubnet(n.subnet) > 0 {
			ids = append(ids, n.subnet)
		}
	}
	return row{"subnet_ids": ids}
}

// reserved addresses of every subnet are for no desktop.
const reserved = 5

// availableIP leaves out the reserved addresses.
func availableIP(w *world, r request) any {
	for _, n := range w.networks() {
		if n.subnet == r.path["subnet_id"] {
			return row{"available_ip": max(n.addresses-reserved-w.inSubnet(n.subnet), 0)}
		}
	}
	return refusal("the subnet does not exist")
}

func natGatewayList(w *world, r request) any {
	var rows []row
	for i, s := range w.sites[:2] {
		status := []string{"ACTIVE", "PENDING_UPDATE"}[i]
		rows = append(rows, row{"id": "nat-" + s.name, "tenant_id": w.project.ID, "name": s.name, "description": "", "spec": fmt.Sprint(2 - i), "status": status,
			"admin_state_up": true, "created_at": stamp(w.born.AddDate(0, -8, 0)), "router_id": "vpc-" + s.name, "internal_network_id": "network-" + s.name,
			"enterprise_project_id": "0"})
	}
	return rowsAnswer(r, "nat_gateways", "", rows, 2000, "id", "name", "status", "spec", "router_id", "enterprise_project_id")
}

// portList has a port for each desktop, in the order of their ids.
func portList(w *world, r request) any {
	var rows []row
	for i := range w.desktops {
		d := &w.desktops[i]
		used := d.status == active
		rows = append(rows, row{"id": fmt.Sprintf("port-%06d", i), "status": map[bool]string{true: "ACTIVE", false: "DOWN"}[used], "network_id": "network-" + d.place.site.name,
			"device_id": d.id, "fixed_ips": []row{{"subnet_id": d.place.subnet, "ip_address": d.ip}}, "subnet_id": d.place.subnet, "ip_address": d.ip, "is_used": used})
	}
	if marker := r.text("marker"); marker != "" {
		rows = slices.DeleteFunc(rows, func(one row) bool { return one.text("id") <= marker })
	}
	return rowsAnswer(r, "ports", "", rows, 2000, "ip_address", "subnet_id", "is_used")
}

// eipRows are an address for every fiftieth desktop, and three of none.
func (w *world) eipRows() []row {
	var rows []row
	add := func(state, desktopID, name, user string) {
		n := len(rows)
		rows = append(rows, row{"id": fmt.Sprintf("eip-%d", n), "address": fmt.Sprintf("203.0.%d.%d", 113+n/250, 1+n%250), "bandwidth_size": 5, "eip_charge_mode": "traffic",
			"create_time": stamp(w.born.AddDate(0, -3, 0)), "attached_desktop_id": desktopID, "attached_desktop_name": name, "enterprise_project_id": "0",
			"state": state, "desktop_id": desktopID, "desktop_name": name, "user_name": user})
	}
	for i := 0; i < len(w.desktops); i += 50 {
		d := &w.desktops[i]
		add("bind", d.id, d.name, d.userName())
	}
	for range 3 {
		add("unbind", "", "", "")
	}
	return rows
}

func eipList(w *world, r request) any {
	rows := w.eipRows()
	return rowsAnswer(r, "eips", "total_count", rows, len(rows), "desktop_id", "desktop_name", "user_name", "address", "enterprise_project_id", "state")
}

func bandwidthList(w *world, r request) any {
	var rows []row
	for i, s := range w.sites[:2] {
		rows = append(rows, row{"bandwidth_id": "bandwidth-" + s.name, "bandwidth_name": s.name, "charge_mode": fmt.Sprint(i), "size": 300 / (i + 1), "vpc_id": "vpc-" + s.name,
			"vpc_name": s.name, "subnet_id": "subnet-" + s.name, "subnet_name": s.name, "enterprise_project_id": "0", "created_at": stamp(w.born.AddDate(0, -8, 0)),
			"order_id": "", "status": "ACTIVE", "control_mode": []string{"BLACK", "WHITE"}[i]})
	}
	return rowsAnswer(r, "bandwidths", "total_count", rows, len(rows), "vpc_id", "subnet_id", "bandwidth_id", "bandwidth_name", "enterprise_project_id")
}

// bandwidthControlList has every seventieth desktop of the site.
func bandwidthControlList(w *world, r request) any {
	for i, s := range w.sites[:2] {
		if r.path["bandwidth_id"] != "bandwidth-"+s.name {
			continue
		}
		var rows []row
		for n := 0; n < len(w.desktops); n += 70 {
			if d := &w.desktops[n]; d.place.site == s {
				rows = append(rows, row{"desktop_id": d.id, "desktop_name": d.name, "desktop_status": d.status, "pool_id": d.poolID(), "attach_user_infos": []row{},
					"user_name": d.userName()})
			}
		}
		answer := rowsAnswer(r, "control_list", "total_count", rows, len(rows), "desktop_id", "desktop_name", "user_name")
		answer["control_mode"] = []string{"BLACK", "WHITE"}[i]
		return answer
	}
	return refusal("the bandwidth does not exist")
}

func internetList(w *world, r request) any {
	var rows []row
	for i, s := range w.sites[:2] {
		rows = append(rows, row{"vpc_name": s.name, "subnet_id": "subnet-" + s.name, "subnet_name": s.name, "nat_id": "nat-" + s.name, "nat_name": s.name,
			"eip": fmt.Sprintf("198.51.100.%d", i+1), "created_at": stamp(w.born.AddDate(0, -8, 0)), "status": "ACTIVE", "enterprise_project_id": "0"})
	}
	return rowsAnswer(r, "internet_infos", "", rows, len(rows), "nat_name", "eip", "enterprise_project_id")
}
