package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func appJobsArea() area.Collector {
	return decode.CountByArea("app_jobs", "Installations of applications from the application centre, by how they ended.",
		5*time.Minute, false, apiclient.ListJobs, "job_status", decode.Filters("INIT", "WAITING", "SUCCESS", "FAIL"),
		decode.StatesFamily("app_jobs", "Number of installations of applications that the API lists, by status; FAIL is those that went wrong, other those of a status that is not known here.", "status"))
}
