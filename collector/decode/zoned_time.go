package decode

import (
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// ZonedTime reads a time of a scheduled task, which is written without a zone
// and meant in the one that stands beside it. Some answers carry the offset
// as well. It is zero for what cannot be read and for a zone nobody knows: a
// wrong time is worse than none.
func ZonedTime(text, zone apiclient.Text) time.Time {
	s := strings.TrimSpace(string(text))
	for _, format := range []string{"2006-01-02 15:04:05 GMT-07:00", "2006-01-02 15:04:05Z07:00", time.RFC3339} {
		if at, err := time.Parse(format, s); err == nil {
			return at.UTC()
		}
	}
	location := locationOf(strings.TrimSpace(string(zone)))
	if location == nil {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateTime, s, location)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// locationOf returns a zone by its name or offset, nil if there is none. All
// times without a zone are UTC.
func locationOf(zone string) *time.Location {
	if zone == "Local" { // of this machine, which means nothing to the API
		return nil
	}
	if location, err := time.LoadLocation(zone); err == nil {
		return location
	}
	for _, format := range []string{"GMT-07:00", "UTC-07:00", "-07:00"} {
		if at, err := time.Parse(format, zone); err == nil {
			_, offset := at.Zone()
			return time.FixedZone(zone, offset)
		}
	}
	return nil
}
