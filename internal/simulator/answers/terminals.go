package answers

import (
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func terminalsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListTerminalsBindingDesktopsConfig": {Reply: terminalBindingConfig},
		"ListTerminalsBindingDesktops": {
			Params: query.Params(query.Text("computer_name", "mac"), query.Repeated(query.Text("computer_names", "mac_list")), query.Bool("count_only"), query.Required(query.Paging(100, query.AnyOffset))),
			Reply:  terminalBindings,
		},
	}
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
