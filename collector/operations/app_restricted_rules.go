package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func appRestrictedRulesArea() area.Collector {
	return decode.TotalArea("app_restricted_rules", "Rules whose applications are forbidden on desktops.", time.Hour, false, apiclient.ListRestrictedRule,
		decode.NumberFamily("app_restricted_rules", "Number of rules whose applications are forbidden on desktops; they act only while the restriction is enabled."))
}
