package answers

import (
	"net/http"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func monitorAnswers() map[string]Answer {
	return map[string]Answer{
		"ShowDesktopMonitorData": {
			Params: query.Params(query.TimeRange(), query.OneOf("metric_name", monitorMetrics()...)),
			Reply:  desktopMonitor,
		},
		"ListAgentsInstallCondition": {
			Params: query.Params(
				query.Text("enterprise_project_id", "desktop_id", "desktop_name", "status", "ip_address", "desktop_pool_id"),
				query.Bool("is_installed"), query.Paging(100, query.AnyOffset)),
			Reply: agentList,
		},
	}
}

// monitorMetrics are the legal values of metric_name. Some have no member in
// the answer.
func monitorMetrics() []string {
	names := []string{"cpu_credit_usage", "cpu_credit_balance", "cpu_surplus_credit_balance", "cpu_surplus_credit_charged", "user_online_info"}
	for _, k := range world.MonitorKinds() {
		names = append(names, k.Metric)
	}
	return names
}

type point struct {
	Average   float64 `json:"average"`
	Timestamp int64   `json:"timestamp"` // ms
}

// desktopMonitor lists the points in a range. A desktop that is off has none;
// it is as if one that runs had always run. Points come in no order.
func desktopMonitor(w *world.World, r query.Request) any {
	i := slices.IndexFunc(w.Desktops, func(d world.Desktop) bool { return d.ID == r.Path["desktop_id"] })
	if i < 0 {
		return response.Refuse(http.StatusNotFound, "WKS.0202", "The desktop does not exist")
	}
	d := &w.Desktops[i]
	from, to := r.Range(query.SecondFormat)
	if span := to.Sub(from); span < time.Hour || span > 30*world.Day {
		return response.Refusal("the range is not between 1 hour and 30 days")
	}
	answer := map[string]any{"user_online_info": []struct{}{}, "online_status": 0}
	for _, k := range world.MonitorKinds() {
		if r.Has("metric_name") && r.Text("metric_name") != k.Metric {
			continue
		}
		points := []point{}
		if d.Status == world.Active && (!k.Guest || d.Image.OSType != "Linux") {
			for at := from.Add(world.MonitorPeriod - time.Second).Truncate(world.MonitorPeriod); !at.After(to) && !at.After(w.Now); at = at.Add(world.MonitorPeriod) {
				points = append(points, point{Average: w.MonitorValue(d, k, at), Timestamp: at.UnixMilli()})
			}
			if half := len(points) / 2; half > 0 {
				slices.Reverse(points[:half])
			}
		}
		answer[k.Member] = points
	}
	return answer
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

func agentList(w *world.World, r query.Request) any {
	found := w.DesktopsWhere(filter.Set[*world.Desktop]{
		"desktop_id":            filter.Equal(func(d *world.Desktop) string { return d.ID }),
		"desktop_name":          filter.Contains(func(d *world.Desktop) string { return d.Name }),
		"status":                filter.Equal(func(d *world.Desktop) string { return d.Status }),
		"ip_address":            filter.Equal(func(d *world.Desktop) string { return d.IP }),
		"desktop_pool_id":       filter.Equal((*world.Desktop).PoolID),
		"is_installed":          filter.Bool(func(d *world.Desktop) bool { return d.AgentVersion() != "" }),
		"enterprise_project_id": filter.Const[*world.Desktop]("0"),
	}.For(r))
	return members{{"agents_condition", page(r, found, 100, func(d *world.Desktop) agentCondition {
		return agentCondition{
			ID: d.ID, Name: d.Name, PoolID: d.PoolID(), Status: d.Status, Task: d.Task, IP: d.IP, Enterprise: "0",
			Agents: []agentState{{Name: "ces_agent", Version: d.AgentVersion(), Installed: d.AgentVersion() != ""}},
		}
	})}, {"total_count", len(found)}}
}
