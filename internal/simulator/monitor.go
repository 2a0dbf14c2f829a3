package simulator

import (
	"net/http"
	"slices"
	"time"
)

// MonitorPeriod is the time between two points of monitoring data.
const MonitorPeriod = 5 * time.Minute

// monitorKind is a metric of desktop monitoring.
type monitorKind struct {
	metric, member string
	// guest metrics come from an agent that Linux has not.
	guest bool
	// most is the greatest value.
	most int
}

func monitorKinds() []monitorKind {
	return []monitorKind{
		{metric: "cpu_util", member: "cpu_info", most: 100},
		{metric: "mem_util", member: "memory_info", guest: true, most: 100},
		{metric: "disk_util_inband", member: "disk_util_inband", guest: true, most: 100},
		{metric: "disk_read_bytes_rate", member: "disk_read_bytes_rate", most: 50_000_000},
		{metric: "disk_write_bytes_rate", member: "disk_write_bytes_rate", most: 20_000_000},
		{metric: "disk_read_requests_rate", member: "disk_read_requests_rate", most: 500},
		{metric: "disk_write_requests_rate", member: "disk_write_requests_rate", most: 300},
		{metric: "network_incoming_bytes_rate_inband", member: "network_incoming_bytes_rate_inband", guest: true, most: 5_000_000},
		{metric: "network_outgoing_bytes_rate_inband", member: "network_outgoing_bytes_rate_inband", guest: true, most: 2_000_000},
		{metric: "network_incoming_bytes_aggregate_rate", member: "network_incoming_bytes_aggregate_rate", most: 6_000_000},
		{metric: "network_outgoing_bytes_aggregate_rate", member: "network_outgoing_bytes_aggregate_rate", most: 3_000_000},
		{metric: "network_vm_connections", member: "network_vm_connections", most: 400},
	}
}

// monitorMetrics are the legal values of metric_name. Some have no member in
// the answer.
func monitorMetrics() []string {
	names := []string{"cpu_credit_usage", "cpu_credit_balance", "cpu_surplus_credit_balance", "cpu_surplus_credit_charged", "user_online_info"}
	for _, k := range monitorKinds() {
		names = append(names, k.metric)
	}
	return names
}

// monitored is the value of a metric at a time, with one decimal.
func (w *world) monitored(d *desktop, k monitorKind, at time.Time) float64 {
	draw := mix(w.seed ^ hash(k.metric) ^ uint64(d.index)<<40 ^ uint64(at.Unix()))
	return float64(draw%uint64(10*k.most)) / 10
}

type point struct {
	Average   float64 `json:"average"`
	Timestamp int64   `json:"timestamp"` // ms
}

// desktopMonitor lists the points in a range. A desktop that is off has none;
// it is as if one that runs had always run. Points come in no order.
func desktopMonitor(w *world, r request) any {
	i := slices.IndexFunc(w.desktops, func(d desktop) bool { return d.id == r.path["desktop_id"] })
	if i < 0 {
		return refuse(http.StatusNotFound, "WKS.0202", "The desktop does not exist")
	}
	d := &w.desktops[i]
	from, to := r.moment("start_time", secondFormat), r.moment("end_time", secondFormat)
	if span := to.Sub(from); span < time.Hour || span > 30*day {
		return refusal("the range is not between 1 hour and 30 days")
	}
	answer := map[string]any{"user_online_info": []struct{}{}, "online_status": 0}
	for _, k := range monitorKinds() {
		if r.has("metric_name") && r.text("metric_name") != k.metric {
			continue
		}
		points := []point{}
		if d.status == active && (!k.guest || d.image.osType != "Linux") {
			for at := from.Add(MonitorPeriod - time.Second).Truncate(MonitorPeriod); !at.After(to) && !at.After(w.now); at = at.Add(MonitorPeriod) {
				points = append(points, point{Average: w.monitored(d, k, at), Timestamp: at.UnixMilli()})
			}
			if half := len(points) / 2; half > 0 {
				slices.Reverse(points[:half])
			}
		}
		answer[k.member] = points
	}
	return answer
}

type agentListAnswer struct {
	Conditions []agentCondition `json:"agents_condition"`
	Total      int              `json:"total_count"`
}

type agentCondition struct {
	ID         string       `json:"desktop_id"`
	Name       string       `json:"desktop_name"`
	PoolID     string       `json:"desktop_pool_id"`
	Status     string       `json:"status"`
	Task       string       `json:"task_status"`
	IP         string       `json:"ip_address"`
	Enterprise string       `json:"enterprise_project_id"`
	Process    *int         `json:"process"`
	Agents     []agentState `json:"agent_info"`
}

type agentState struct {
	Name      string `json:"agent_name"`
	Version   string `json:"agent_version"`
	Installed bool   `json:"is_installed"`
}

// agent of a desktop: Linux has none, and one in fifty Windows desktops
// neither.
func (d *desktop) agent() agentState {
	if d.image.osType == "Linux" || d.index%50 == 17 {
		return agentState{Name: "ces_agent"}
	}
	return agentState{Name: "ces_agent", Version: []string{"2.7.5", "2.7.5", "2.7.4", "2.6.12"}[d.index%4], Installed: true}
}

func agentList(w *world, r request) any {
	found := w.desktopsOf(filters[*desktop]{
		"desktop_id":            exactly(func(d *desktop) string { return d.id }),
		"desktop_name":          partly(func(d *desktop) string { return d.name }),
		"status":                exactly(func(d *desktop) string { return d.status }),
		"ip_address":            exactly(func(d *desktop) string { return d.ip }),
		"desktop_pool_id":       exactly((*desktop).poolID),
		"is_installed":          flagged(func(d *desktop) bool { return d.agent().Installed }),
		"enterprise_project_id": always[*desktop]("0"),
	}.of(r))
	list := agentListAnswer{Conditions: []agentCondition{}, Total: len(found)}
	for _, d := range page(r, found, 100) {
		list.Conditions = append(list.Conditions, agentCondition{
			ID: d.id, Name: d.name, PoolID: d.poolID(), Status: d.status, Task: d.task, IP: d.ip, Enterprise: "0",
			Agents: []agentState{d.agent()},
		})
	}
	return list
}

// hourPackage is a prepaid number of hours of use.
type hourPackage struct {
	Spec     string `json:"package_spec_code"`
	Policy   string `json:"use_up_policy"`
	Duration int    `json:"package_duration"` // hours
	Used     int    `json:"use_duration"`
}

// hourPackage of a desktop, nil for the most: one in twenty dedicated desktops
// has one.
func (d *desktop) hourPackage() *hourPackage {
	if d.pool != nil || d.index%20 != 3 {
		return nil
	}
	p := &hourPackage{Spec: "hour.package.120", Policy: "SHUTDOWN_OR_HIBERNATE", Duration: 120, Used: int(mix(uint64(d.index)) % 130)}
	if d.index%40 == 3 {
		p.Policy = "PAY_PER_USE"
	}
	return p
}
