package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Alarm levels and record states as the API spells them.
const (
	alarmActive  = "alarm"
	alarmOK      = "ok"
	alarmInvalid = "invalid"

	// maxAlarms bounds the records kept beside the active ones.
	maxAlarms = 250
)

// alarmRule is a Cloud Eye rule on desktops.
type alarmRule struct {
	id, name, metric, unit, operator string
	level                            int
	event                            bool
	threshold                        float64
}

func alarmRules() []alarmRule {
	return []alarmRule{
		{id: "al-cpu", name: "desktop-cpu-high", metric: "cpu_util", unit: "%", operator: ">=", level: 2, threshold: 90},
		{id: "al-memory", name: "desktop-memory-high", metric: "mem_util", unit: "%", operator: ">=", level: 3, threshold: 90},
		{id: "al-disk", name: "desktop-disk-full", metric: "disk_util_inband", unit: "%", operator: ">", level: 1, threshold: 95},
		{id: "al-disk-read", name: "desktop-disk-reads", metric: "disk_read_bytes_rate", unit: "byte/s", operator: ">", level: 4, threshold: 5e7},
		{id: "al-network", name: "desktop-network-out", metric: "network_outgoing_bytes_aggregate_rate", unit: "byte/s", operator: ">", level: 3, threshold: 2e7},
		{id: "al-unreachable", name: "desktop-unreachable", metric: "desktopUnreachable", level: 1, event: true},
		{id: "al-start", name: "desktop-start-failed", metric: "desktopStartFailed", level: 2, event: true},
		{id: "al-agent", name: "desktop-agent-upgraded", metric: "desktopAgentUpgraded", level: 4, event: true},
	}
}

// alarm is one alarm record.
type alarm struct {
	id          string
	rule        alarmRule
	status      string
	begin       time.Time
	desktop     int // index
	desktopID   string
	desktopName string
	value       float64
	until       time.Duration // simulated time of its end
}

// alarms of a project, the oldest first.
type alarms struct {
	rules  []alarmRule
	list   []*alarm
	serial int
	next   time.Duration // simulated time of the next one
}

func newAlarms() alarms { return alarms{rules: alarmRules()} }

// stepAlarms raises and clears what is due and returns when it wants to be
// called again.
func (w *world) stepAlarms(at time.Duration) time.Duration {
	for _, a := range w.alarms.list {
		if a.status == alarmActive && a.until <= at {
			a.status = alarmOK
			if w.chance(0.1) {
				a.status = alarmInvalid
			}
		}
	}
	if at >= w.alarms.next {
		if len(w.desktops) > 0 {
			w.raise(at)
		}
		// About one desktop in 300 has an alarm at any time.
		gap := time.Hour
		if n := len(w.desktops); n > 0 {
			gap = min(max(8*time.Hour*30/time.Duration(n), 30*time.Second), 40*time.Minute)
		}
		w.alarms.next = at + w.between(gap/2, gap*3/2)
	}
	next := w.alarms.next
	for _, a := range w.alarms.list {
		if a.status == alarmActive {
			next = min(next, a.until)
		}
	}
	return next
}

// raise begins an alarm of some desktop.
func (w *world) raise(at time.Duration) {
	rule := w.alarms.rules[w.rand.IntN(len(w.alarms.rules))]
	d := &w.desktops[w.rand.IntN(len(w.desktops))]
	w.alarms.serial++
	w.alarms.list = append(w.alarms.list, &alarm{
		id:          fmt.Sprintf("ah-%08x-%06d", uint32(w.seed), w.alarms.serial),
		rule:        rule,
		status:      alarmActive,
		begin:       w.clock.real(at),
		desktop:     d.index,
		desktopID:   d.id,
		desktopName: d.name,
		value:       rule.threshold * (1 + w.rand.Float64()/20),
		until:       at + w.between(5*time.Minute, 90*time.Minute),
	})
	w.alarms.trim()
}

// trim drops the oldest records that are over.
func (a *alarms) trim() {
	excess := len(a.list) - maxAlarms
	a.list = slices.DeleteFunc(a.list, func(one *alarm) bool {
		drop := excess > 0 && one.status != alarmActive
		if drop {
			excess--
		}
		return drop
	})
}

// forget makes the alarms of removed desktops invalid.
func (a *alarms) forget(removed []desktop) {
	for _, one := range a.list {
		if len(removed) > 0 && one.desktop >= removed[0].index && one.status == alarmActive {
			one.status = alarmInvalid
		}
	}
}

// newest alarms first, of one level or of all (0).
func (a *alarms) newest(level int) []*alarm {
	var found []*alarm
	for _, one := range slices.Backward(a.list) {
		if level == 0 || one.rule.level == level {
			found = append(found, one)
		}
	}
	slices.SortStableFunc(found, func(a, b *alarm) int { return cmp.Compare(b.begin.Unix(), a.begin.Unix()) })
	return found
}

type alarmStatisticsAnswer struct {
	Critical int `json:"critical_count"`
	Major    int `json:"major_count"`
	Minor    int `json:"minor_count"`
	Info     int `json:"info_count"`
	Total    int `json:"total"`
}

// alarmStatistics counts records of every state: whether resolved ones count
// is undocumented, and who takes this for active alarms shall notice.
func alarmStatistics(w *world, _ request) any {
	var s alarmStatisticsAnswer
	for _, a := range w.alarms.list {
		*[]*int{&s.Critical, &s.Major, &s.Minor, &s.Info}[a.rule.level-1]++
		s.Total++
	}
	return s
}

type alarmListAnswer struct {
	Histories []alarmHistory `json:"alarm_histories"`
	Count     int            `json:"count"`
}

type alarmHistory struct {
	RecordID  string           `json:"record_id"`
	AlarmID   string           `json:"alarm_id"`
	Name      string           `json:"name"`
	Status    string           `json:"status"`
	Type      string           `json:"type"`
	Level     int              `json:"level"`
	Begin     string           `json:"begin_time"`
	Metric    alarmMetric      `json:"metric"`
	Condition alarmCondition   `json:"condition"`
	Info      *alarmInfo       `json:"additional_info"`
	Points    []alarmDataPoint `json:"data_points"`
}

type alarmMetric struct {
	Namespace  string           `json:"namespace"`
	Name       string           `json:"metric_name"`
	Dimensions []alarmDimension `json:"dimensions"`
}

type alarmDimension struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type alarmCondition struct {
	Period   int     `json:"period"`
	Filter   string  `json:"filter"`
	Operator string  `json:"comparison_operator"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Count    int     `json:"count"`
	Suppress int     `json:"suppress_duration"`
}

type alarmInfo struct {
	ResourceID   string `json:"resource_id"`
	ResourceName string `json:"resource_name"`
	EventID      string `json:"event_id"`
}

type alarmDataPoint struct {
	Time  string  `json:"time"`
	Value float64 `json:"value"`
}

// alarmList lists the records of every state. Metric alarms have no
// additional_info (null), events no data points (null).
func alarmList(w *world, r request) any {
	found := w.alarms.newest(r.number("level", 0))
	list := alarmListAnswer{Histories: []alarmHistory{}, Count: len(found)}
	for _, a := range page(r, found, 100) {
		h := alarmHistory{
			RecordID: a.id, AlarmID: a.rule.id, Name: a.rule.name, Status: a.status, Level: a.rule.level,
			Begin: a.begin.Format(secondFormat),
			Metric: alarmMetric{Namespace: "SYS.Workspace", Name: a.rule.metric,
				Dimensions: []alarmDimension{{Name: "instance_id", Value: a.desktopID}}},
			Condition: alarmCondition{Filter: "average", Operator: a.rule.operator, Value: a.rule.threshold, Unit: a.rule.unit},
		}
		if a.rule.event {
			h.Type = "EVENT.SYS"
			h.Condition.Operator, h.Condition.Value, h.Condition.Count = ">=", 1, 1
			h.Info = &alarmInfo{ResourceID: a.desktopID, ResourceName: a.desktopName, EventID: "ev-" + a.id}
		} else {
			h.Type = "MULTI_INSTANCE"
			h.Condition.Period, h.Condition.Count, h.Condition.Suppress = 300, 3, 300
			h.Points = []alarmDataPoint{{Time: h.Begin, Value: a.value}}
		}
		list.Histories = append(list.Histories, h)
	}
	return list
}
