package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func scriptsArea() area.Collector {
	return decode.TotalArea("scripts", "How many scripts the tenant keeps for its desktops.", time.Hour, false, apiclient.ListScripts,
		decode.NumberFamily("scripts", "Number of scripts that the tenant keeps for its desktops."))
}
