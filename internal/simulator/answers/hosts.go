package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func hostsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListHostsDetail": {
			Params: query.Params(
				query.Text("name", "availability_zone", "host_id", "enterprise_project_id", "host_type", "host_type_name", "marker", "changes_since"),
				query.OneOf("state", "available", "fault", "released"), query.Paging(100, query.AnyOffset)),
			Reply: hostList,
		},
	}
}

// hostList pages by offset, or else by marker.
func hostList(w *world.World, r query.Request) any {
	all := filter.Set[world.Host]{
		"name":                  filter.Contains(func(h world.Host) string { return h.Name }),
		"availability_zone":     filter.Equal(func(h world.Host) string { return h.Zone }),
		"host_id":               filter.Equal(func(h world.Host) string { return h.ID }),
		"state":                 filter.Equal(func(h world.Host) string { return h.State }),
		"host_type":             filter.Const[world.Host]("s3"),
		"host_type_name":        filter.Const[world.Host]("general"),
		"enterprise_project_id": filter.Const[world.Host]("0"),
	}.Apply(r, w.Hosts())
	rest := all
	if i := slices.IndexFunc(all, func(h world.Host) bool { return h.ID == r.Text("marker") }); i >= 0 && !r.Has("offset") {
		rest = all[i+1:]
	}
	return object{"total": len(all), "dedicated_hosts": page(r, rest, 100, func(h world.Host) object {
		return object{
			"dedicated_host_id": h.ID, "name": h.Name, "auto_placement": "on", "availability_zone": h.Zone, "state": h.State,
			"host_properties": object{"vcpus": h.VCPUs, "cores": h.VCPUs / 2, "sockets": 2, "memory": h.Memory, "host_type": "s3", "host_type_name": "general"},
			"available_vcpus": h.FreeVCPUs, "available_memory": h.FreeMemory, "instance_total": h.Desktops, "instance_uuids": []string{},
			"allocated_at": w.Started.AddDate(-1, 0, 0).Format(query.SecondFormat), "released_at": "", "enterprise_project_id": "0", "project_id": w.Project.ID,
		}
	})}
}
