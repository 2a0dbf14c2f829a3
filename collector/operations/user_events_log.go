package operations

import (
	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func userEventsLogArea() area.Collector {
	return decode.SwitchArea("user_events_log", "Whether events of users are written to the log service.",
		apiclient.ListUserEventsLtsConfigurations, "enable", []string{"log_group_id", "log_stream_id"},
		decode.NumberFamily("user_events_log_enabled", "Whether events of users are written to the log service: 1 if they are, 0 if not."))
}
