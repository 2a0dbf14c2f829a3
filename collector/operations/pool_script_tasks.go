package operations

import (
	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

func poolScriptTasksArea() area.Collector {
	return scriptRunsArea("pool_script_tasks", "pool_script_task", "on whole pools", apiclient.ShowDesktopPoolsScriptExecTasks)
}
