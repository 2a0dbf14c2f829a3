package world

import (
	"cmp"
	"slices"
	"time"
)

// Alarm levels and record states as the API spells them.
const (
	AlarmActive  = "alarm"
	AlarmOK      = "ok"
	AlarmInvalid = "invalid"

	// maxAlarms bounds the records kept beside the active ones.
	maxAlarms = 250
)

// AlarmRule is a Cloud Eye rule on desktops.
type AlarmRule struct {
	ID, Name, Metric, Unit, Operator string
	Level                            int
	Event                            bool
	Threshold                        float64
}

func alarmRules() []AlarmRule {
	return []AlarmRule{
		{ID: "al-cpu", Name: "desktop-cpu-high", Metric: "cpu_util", Unit: "%", Operator: ">=", Level: 2, Threshold: 90},
		{ID: "al-memory", Name: "desktop-memory-high", Metric: "mem_util", Unit: "%", Operator: ">=", Level: 3, Threshold: 90},
		{ID: "al-disk", Name: "desktop-disk-full", Metric: "disk_util_inband", Unit: "%", Operator: ">", Level: 1, Threshold: 95},
		{ID: "al-disk-read", Name: "desktop-disk-reads", Metric: "disk_read_bytes_rate", Unit: "byte/s", Operator: ">", Level: 4, Threshold: 5e7},
		{ID: "al-network", Name: "desktop-network-out", Metric: "network_outgoing_bytes_aggregate_rate", Unit: "byte/s", Operator: ">", Level: 3, Threshold: 2e7},
		{ID: "al-unreachable", Name: "desktop-unreachable", Metric: "desktopUnreachable", Level: 1, Event: true},
		{ID: "al-start", Name: "desktop-start-failed", Metric: "desktopStartFailed", Level: 2, Event: true},
		{ID: "al-agent", Name: "desktop-agent-upgraded", Metric: "desktopAgentUpgraded", Level: 4, Event: true},
	}
}

// Alarm is one alarm record.
type Alarm struct {
	ID          string
	Rule        AlarmRule
	Status      string
	Begin       time.Time
	desktop     int // index
	DesktopID   string
	DesktopName string
	Value       float64
	until       time.Duration // simulated time of its end
}

// Alarms of a project, the oldest first.
type Alarms struct {
	rules  []AlarmRule
	List   []*Alarm
	serial int
	next   time.Duration // simulated time of the next one
}

func newAlarms() Alarms { return Alarms{rules: alarmRules()} }

// trim drops the oldest records that are over.
func (a *Alarms) trim() {
	excess := len(a.List) - maxAlarms
	a.List = slices.DeleteFunc(a.List, func(one *Alarm) bool {
		drop := excess > 0 && one.Status != AlarmActive
		if drop {
			excess--
		}
		return drop
	})
}

// forget makes the alarms of removed desktops invalid.
func (a *Alarms) forget(removed []Desktop) {
	for _, one := range a.List {
		if len(removed) > 0 && one.desktop >= removed[0].Index && one.Status == AlarmActive {
			one.Status = AlarmInvalid
		}
	}
}

// Newest alarms first, of one level or of all (0).
func (a *Alarms) Newest(level int) []*Alarm {
	var found []*Alarm
	for _, one := range slices.Backward(a.List) {
		if level == 0 || one.Rule.Level == level {
			found = append(found, one)
		}
	}
	slices.SortStableFunc(found, func(a, b *Alarm) int { return cmp.Compare(b.Begin.Unix(), a.Begin.Unix()) })
	return found
}
