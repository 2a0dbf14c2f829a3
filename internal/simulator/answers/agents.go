package answers

import (
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func agentsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListAgentsInstallCondition": {
			Params: query.Params(
				query.Text("enterprise_project_id", "desktop_id", "desktop_name", "status", "ip_address", "desktop_pool_id"),
				query.Bool("is_installed"), query.Paging(100, query.AnyOffset)),
			Reply: agentList,
		},
	}
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
