package peer

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Alarm is a record of an alarm that is active. It is also what alerts are
// made of; most members beyond those of the metrics are for their texts.
type Alarm struct {
	RecordID string `json:"record_id"`
	AlarmID  string `json:"alarm_id"`
	Name     string `json:"name"`
	// Level is critical, major, minor, info, unknown, or what the API says.
	Level      string         `json:"level"`
	Begin      apiclient.Time `json:"begin"`
	MetricName string         `json:"metric_name"`
	ResourceID string         `json:"resource_id"`
	// Dimensions of the metric beside the resource, as in "disk=C", sorted.
	Dimensions string `json:"dimensions,omitempty"`
	// ResourceName is kept only where names of users are shown as they are:
	// desktops are often called after them.
	ResourceName string `json:"resource_name,omitempty"`
	// Event tells that the alarm is about an event and not about a metric.
	Event     bool           `json:"event,omitempty"`
	Condition AlarmCondition `json:"condition,omitzero"`
	// Observed is the newest value of the metric in the record.
	Observed apiclient.Number `json:"observed,omitzero"`
}

// Alarms are the alarms that are active now, as area alarms found them.
type Alarms []Alarm

// Area implements area.Shared.
func (Alarms) Area() string { return "alarms" }

// AlarmCondition is what made an alarm active. What the API left out is zero.
type AlarmCondition struct {
	Operator  string           `json:"operator,omitempty"`
	Threshold apiclient.Number `json:"threshold,omitzero"`
	Unit      string           `json:"unit,omitempty"`
	Filter    string           `json:"filter,omitempty"`
	Period    time.Duration    `json:"period,omitempty"`
	Count     int              `json:"count,omitempty"`
}
