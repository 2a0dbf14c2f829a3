package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// snapshotRows are an automatic snapshot of every fifth desktop, made last
// night, and a few made by hand.
func (w *world) snapshotRows() []row {
	night := w.now.UTC().Truncate(day).Add(time.Hour)
	if night.After(w.now) {
		night = night.Add(-day)
	}
	var rows []row
	add := func(d *desktop, kind string, at time.Time) {
		n := w.dice("snapshot "+kind+d.id, at)
		status, reason := "create_success", ""
		switch {
		case w.now.Sub(at) < 5*time.Minute:
			status = "creating"
		case n%50 == 0:
			status = "create_failed"
		case n%31 == 0 && kind == "MANUALLY":
			status = "restore_success"
		case n%67 == 0 && kind == "MANUALLY":
			status, reason = "restore_failed", "the desktop is busy"
		}
		rows = append(rows, row{
			"snapshot_id": fmt.Sprintf("snap-%s-%x", strings.ToLower(kind[:1])+d.id, at.Unix()), "snapshot_name": d.name + "-" + strings.ToLower(kind),
			"desktop_id": d.id, "desktop_name": d.name, "desktop_sid": d.sid, "desktop_pool_id": d.poolID(), "is_system_disk": true,
			"status": status, "process": nil, "description": "", "create_time": stamp(at), "create_type": kind, "last_restore_time": "",
			"restore_fail_reason": reason, "disk_type": "SYSTEM_DISK",
		})
	}
	for i := range w.desktops {
		d := &w.desktops[i]
		if i%5 == 0 {
			// One after the other, as the service has not room for all at once.
			if at := night.Add(time.Duration(i) * time.Second); !at.After(w.now) {
				add(d, "AUTO", at)
			}
		}
		if i%20 == 0 {
			add(d, "MANUALLY", w.born.Add(-time.Duration(1+i%90)*day-time.Duration(i)*time.Minute))
		}
	}
	return rows
}

func snapshotList(w *world, r request) any {
	if r.has("sort_field") != r.has("sort_type") {
		return refusal("sort_field and sort_type go together")
	}
	rows := w.snapshotRows()
	if field := r.text("sort_field"); field != "" {
		slices.SortStableFunc(rows, func(a, b row) int {
			if r.text("sort_type") == "DESC" {
				a, b = b, a
			}
			return cmp.Compare(a.text(field), b.text(field))
		})
	}
	return rowsAnswer(r, "desktop_snapshots", "total_count", rows, 1000, "desktop_id", "desktop_name", "snapshot_name", "create_type", "status")
}

func appList(w *world, r request) any {
	var rows []row
	for i, name := range []string{"editor", "browser", "office", "mail", "reader", "cad", "erp", "chat", "archive", "notes", "viewer", "terminal"} {
		status := "NORMAL"
		if i%5 == 4 {
			status = "FORBIDDEN"
		}
		rows = append(rows, row{"id": fmt.Sprintf("app-%d", i+1), "tenant_id": w.domain, "name": name, "version": "1.0", "description": "", "authorization_type": "ALL_USER",
			"install_type": "QUIET_INSTALL", "support_os": "Windows", "status": status, "application_source": "CUSTOM", "create_time": stamp(w.born.AddDate(0, 0, -i))})
	}
	return rowsAnswer(r, "items", "count", rows, 10, "name")
}

func appJobList(w *world, r request) any {
	var rows []row
	for _, at := range slots(w.now, 30*time.Minute, 7*day) {
		n := w.dice("app job", at)
		d := w.someDesktop(n)
		if d == nil {
			break
		}
		status, message := "SUCCESS", ""
		switch age := w.now.Sub(at); {
		case age < 2*time.Minute:
			status = "INIT"
		case age < 10*time.Minute:
			status = "WAITING"
		case n>>32%15 == 0:
			status, message = "FAIL", "timeout"
		}
		app := fmt.Sprintf("app-%d", 1+n>>16%12)
		rows = append(rows, row{"id": fmt.Sprintf("app-job-%x", at.Unix()), "app_id": app, "app_name": app, "app_version": "1.0", "instance_id": d.id, "instance_sid": d.sid,
			"instance_name": d.name, "operator": "admin", "target": d.userName(), "job_status": status, "error_message": message,
			"create_time": stamp(at), "update_time": stamp(at)})
	}
	return rowsAnswer(r, "items", "count", rows, 10, "instance_id", "app_id", "target", "job_status")
}

func appRuleList(n int) func(*world, request) any {
	return func(w *world, r request) any {
		var rows []row
		for i := range n {
			rows = append(rows, row{"id": fmt.Sprintf("rule-%d", i+1), "name": fmt.Sprintf("no games %d", i+1), "description": "",
				"rule": row{"scope": "PRODUCT", "product_rule": row{"product_name": "game"}}, "rule_source": "CUSTOM",
				"create_time": stamp(w.born.AddDate(0, -2, 0)), "update_time": stamp(w.born.AddDate(0, -1, 0))})
		}
		return rowsAnswer(r, "items", "count", rows, 10, "name")
	}
}

func ruleRestriction(*world, request) any {
	return row{"app_restrict_rule_switch": true, "app_control_mode": 0, "app_periodic_switch": true, "app_periodic_interval": 5, "app_force_kill_proc_switch": false}
}

// imageList has the images of the desktops, which are private, and public ones.
func imageList(w *world, r request) any {
	var rows []row
	add := func(id, kind, name, osType, version string) {
		rows = append(rows, row{"id": id, "image_type": kind, "os_type": osType, "architecture": "x86", "os_version": version, "disk_format": "zvhd2", "name": name,
			"min_ram": 0, "min_disk": 80, "product_code": "", "created_at": stamp(w.born.AddDate(-1, 0, 0)), "image_id": id})
	}
	for _, i := range w.images {
		add(i.id, "private", i.name, i.osType, i.version)
	}
	for i := range 9 {
		add(fmt.Sprintf("gold-%d", i), "gold", fmt.Sprintf("public-%d", i), "Windows", "Windows 10")
	}
	return rowsAnswer(r, "images", "total_count", rows, 100, "image_type", "os_type", "architecture", "image_id")
}

// soldOutIn tells whether a product is sold out in a zone, and with no zone
// whether it is everywhere: the last product is, the one before in the
// second zone.
func (w *world) soldOutIn(p int, zone string) bool {
	last := len(w.products) - 1
	return p == last || p == last-1 && zone == w.sites[0].zones[1]
}

// productList has each product once for each way of charging.
func productList(w *world, r request) any {
	var rows []row
	for i, p := range w.products {
		status := "normal"
		if w.soldOutIn(i, r.text("availability_zone")) {
			status = "sellout"
		}
		for _, charge := range []string{"0", "1"} {
			rows = append(rows, row{"product_id": p.id, "type": "BASE", "architecture": p.architecture, "cpu": fmt.Sprint(p.cpu), "memory": fmt.Sprint(p.memory),
				"is_gpu": p.gpu, "system_disk_type": "SAS", "system_disk_size": fmt.Sprint(p.disk), "charge_mode": charge, "contain_data_disk": false,
				"resource_type": "hws.resource.type.workspace.desktop", "cloud_service_type": "hws.service.type.vdi", "status": status, "package_type": p.packageType})
		}
	}
	return rowsAnswer(r, "products", "total_count", rows, 100, "product_id", "charge_mode", "package_type", "architecture")
}

func volumeProductList(_ *world, r request) any {
	var rows []row
	for _, kind := range []string{"SATA", "SAS", "SSD"} {
		status := "normal"
		if kind == "SATA" {
			status = "sellout"
		}
		rows = append(rows, row{"resource_spec_code": "workspace.volume." + strings.ToLower(kind), "volume_type": kind, "volume_product_type": "workspace",
			"resource_type": "hws.resource.type.volume", "cloud_service_type": "hws.service.type.ebs", "status": status})
	}
	answer := filteredRows(r, "volumes", "", rows, len(rows), filters[row]{"volume_type": listed(func(one row) string { return one.text("volume_type") })})
	return answer
}

func zoneList(w *world, _ request) any {
	rows := []row{}
	for _, s := range w.sites {
		for i, zone := range s.zones {
			out := []string{}
			for n, p := range w.products {
				if w.soldOutIn(n, zone) {
					out = append(out, p.id)
				}
			}
			rows = append(rows, row{"availability_zone": zone, "display_name": fmt.Sprintf("%s AZ%d", s.name, i+1), "sold_out": row{"products": out},
				"product_ids": []string{}, "visible": true, "default_availability_zone": s == w.sites[0] && i == 0})
		}
	}
	return row{"availability_zones": rows, "total_count": len(rows)}
}
