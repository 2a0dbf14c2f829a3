package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func appRulesArea() area.Collector {
	return decode.TotalArea("app_rules", "Rules that describe applications.", time.Hour, false, apiclient.ListAppRule,
		decode.NumberFamily("app_rules", "Number of rules that describe applications."))
}
