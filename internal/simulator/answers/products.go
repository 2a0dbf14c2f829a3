package answers

import (
	"fmt"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func productsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListImages": {
			Params: query.Params(query.Text("os_type", "platform", "architecture", "package_type", "image_id"), query.OneOf("image_type", "gold", "private"),
				query.OneOf("sort_field", "name", "created_at"), query.OneOf("sort_type", "asc", "desc"), query.Paging(100, query.AnyOffset)),
			Reply: imageList,
		},
		"ListProducts": {
			Params: query.Params(query.Text("product_id", "availability_zone", "package_type"), query.OneOf("os_type", "Windows", "Linux"), query.OneOf("charge_mode", "0", "1"),
				query.OneOf("architecture", "arm", "x86"), query.Paging(100, query.AnyOffset)),
			Reply: productList,
		},
		"ListVolumeProductInfo": {Params: query.Params(query.Text("availability_zone"), query.ListOf("volume_type", "SATA", "SAS", "SSD")), Reply: volumeProductList},
		"ListAvailabilityZones": {Reply: zoneList},
	}
}

// imageList has the images of the desktops, which are private, and public ones.
func imageList(w *world.World, r query.Request) any {
	var rows []object
	add := func(id, kind, name, osType, version string) {
		rows = append(rows, object{"id": id, "image_type": kind, "os_type": osType, "architecture": "x86", "os_version": version, "disk_format": "zvhd2", "name": name,
			"min_ram": 0, "min_disk": 80, "product_code": "", "created_at": stamp(w.Started.AddDate(-1, 0, 0)), unsent + "image_id": id})
	}
	for _, i := range w.Images {
		add(i.ID, "private", i.Name, i.OSType, i.Version)
	}
	for i := range 9 {
		add(fmt.Sprintf("gold-%d", i), "gold", fmt.Sprintf("public-%d", i), "Windows", "Windows 10")
	}
	return list(r, "images", "total_count", rows, 100, "image_type", "os_type", "architecture", "image_id")
}

// soldOutIn reports whether a product is sold out in a zone, and with no zone
// whether it is everywhere: the last product is, the one before in the
// second zone.
func soldOutIn(w *world.World, p int, zone string) bool {
	last := len(w.Products) - 1
	return p == last || p == last-1 && zone == w.Sites[0].Zones[1]
}

// productList has each product once for each way of charging.
func productList(w *world.World, r query.Request) any {
	var rows []object
	for i, p := range w.Products {
		status := "normal"
		if soldOutIn(w, i, r.Text("availability_zone")) {
			status = "sellout"
		}
		for _, charge := range []string{"0", "1"} {
			rows = append(rows, object{"product_id": p.ID, "type": "BASE", "architecture": p.Architecture, "cpu": fmt.Sprint(p.CPU), "memory": fmt.Sprint(p.Memory),
				"is_gpu": p.GPU, "system_disk_type": "SAS", "system_disk_size": fmt.Sprint(p.Disk), "charge_mode": charge, "contain_data_disk": false,
				"resource_type": "hws.resource.type.workspace.desktop", "cloud_service_type": "hws.service.type.vdi", "status": status, "package_type": p.PackageType})
		}
	}
	return list(r, "products", "total_count", rows, 100, "product_id", "charge_mode", "package_type", "architecture")
}

func volumeProductList(_ *world.World, r query.Request) any {
	var rows []object
	for _, kind := range []string{"SATA", "SAS", "SSD"} {
		status := "normal"
		if kind == "SATA" {
			status = "sellout"
		}
		rows = append(rows, object{"resource_spec_code": "workspace.volume." + strings.ToLower(kind), "volume_type": kind, "volume_product_type": "workspace",
			"resource_type": "hws.resource.type.volume", "cloud_service_type": "hws.service.type.ebs", "status": status})
	}
	return filteredList(r, "volumes", "", rows, len(rows), filter.Set[object]{"volume_type": filter.In(func(one object) string { return one.text("volume_type") })})
}

func zoneList(w *world.World, _ query.Request) any {
	rows := []object{}
	for _, s := range w.Sites {
		for i, zone := range s.Zones {
			out := []string{}
			for n, p := range w.Products {
				if soldOutIn(w, n, zone) {
					out = append(out, p.ID)
				}
			}
			rows = append(rows, object{"availability_zone": zone, "display_name": fmt.Sprintf("%s AZ%d", s.Name, i+1), "sold_out": object{"products": out},
				"product_ids": []string{}, "visible": true, "default_availability_zone": s == w.Sites[0] && i == 0})
		}
	}
	return object{"availability_zones": rows, "total_count": len(rows)}
}
