package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func exportTasksArea() area.Collector {
	return decode.CountByArea("export_tasks", "Exports of lists to files that nobody has downloaded yet, by state.",
		time.Hour, true, apiclient.ListExportTasks, "status", decode.Filters("CREATING", "SUCCESS", "FAIL", "EXPIRED"),
		decode.StatesFamily("export_tasks", "Number of exports of lists to files that nobody has downloaded yet, by status.", "status"))
}
