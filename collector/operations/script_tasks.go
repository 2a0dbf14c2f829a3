package operations

import (
	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

func scriptTasksArea() area.Collector {
	return scriptRunsArea("script_tasks", "script_task", "on desktops", apiclient.ListScriptTasks)
}
