package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func appsArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "apps",
		Help:     "Applications of the application centre, visible to users or not.",
		Interval: time.Hour,
		Calls:    []area.Call{area.CallPages(apiclient.ListApps, area.Apps)},
		Series:   area.Series(2, nil),
		Fetch: decode.FetchCounts(apiclient.ListApps, "id", func(a app) string { return string(a.ID) },
			"status", []string{"NORMAL", "FORBIDDEN"}, func(a app) apiclient.Text { return a.Status }),
		Families: []area.Family[decode.States]{decode.StatesFamily("apps", "Number of applications in the application centre by status; users do not see FORBIDDEN ones.", "status")},
	}
}

// app is an entry of ListApps.
type app struct {
	ID     apiclient.Text `json:"id"`
	Status apiclient.Text `json:"status"`
}
