package decode

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata"
	"unicode"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// ZonedTime reads a time of a scheduled task, which is written without a zone
// and meant in the one that stands beside it. Some answers carry the offset
// as well. It is zero for what cannot be read, and without a zone that is
// known: a wrong time is worse than none.
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
	for _, format := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(format, s, location); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// offsetZone is a zone by its offset: +08:00, GMT+8, UTC+0800.
var offsetZone = regexp.MustCompile(`(?i)^(?:gmt|utc)?([+-])([0-9]{1,2}):?([0-9]{2})?$`)

// locationOf returns a zone by its name, in whatever letter case, or by its
// offset; nil if there is none.
func locationOf(zone string) *time.Location {
	switch strings.ToUpper(zone) {
	case "", "LOCAL": // Local is of this machine, which means nothing to the API
		return nil
	case "UTC", "GMT", "Z":
		return time.UTC
	}
	if m := offsetZone.FindStringSubmatch(zone); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi("0" + m[3])
		offset := hours*3600 + minutes*60
		if hours > 14 || minutes > 59 {
			return nil
		}
		if m[1] == "-" {
			offset = -offset
		}
		return time.FixedZone(zone, offset)
	}
	for _, name := range []string{zone, zoneName(zone)} {
		if location, err := time.LoadLocation(name); err == nil {
			return location
		}
	}
	return nil
}

// zoneName spells a name as the zone database does: each part with a capital.
func zoneName(zone string) string {
	capital := true
	return strings.Map(func(r rune) rune {
		now := capital
		capital = r == '/' || r == '_' || r == '-'
		if now {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, zone)
}
