package operations

import (
	"math"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func portsArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "ports",
		Help:     "Network ports of desktops by state. One call for each 2000 ports.",
		Disabled: true,
		Interval: 30 * time.Minute,
		Calls: []area.Call{{
			Endpoint: apiclient.ListPorts, Says: "1 for each 2,000 desktops, and 1 that finds the end",
			Of: func(l area.Load) float64 {
				return math.Floor(l.Fleet[area.Desktops]/float64(apiclient.ListPorts.Page.Size)) + 1
			},
		}},
		Series: area.Series(2, nil),
		Fetch: decode.FetchCounts(apiclient.ListPorts, "id", func(p port) string { return string(p.ID) },
			"status", []string{"ACTIVE", "DOWN"}, func(p port) apiclient.Text { return p.Status }),
		Families: []area.Family[decode.States]{decode.StatesFamily("ports", "Number of network ports by state.", "status")},
	}
}

// port is an entry of ListPorts.
type port struct {
	ID     apiclient.Text `json:"id"`
	Status apiclient.Text `json:"status"`
}
