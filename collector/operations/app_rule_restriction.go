package operations

import (
	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func appRuleRestrictionArea() area.Collector {
	return decode.SwitchArea("app_rule_restriction", "Whether forbidden applications are kept from running.",
		apiclient.ShowRuleRestriction, "app_restrict_rule_switch", []string{"app_control_mode", "app_periodic_interval", "app_force_kill_proc_switch"},
		decode.NumberFamily("app_rule_restriction_enabled", "Whether forbidden applications are kept from running: 1 if they are, 0 if not."))
}
