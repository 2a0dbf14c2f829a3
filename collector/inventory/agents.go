package inventory

import (
	"cmp"
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// agentKey is what agents on desktops are counted by.
type agentKey struct {
	Agent     string `json:"agent"`
	Version   string `json:"version"`
	Installed string `json:"installed"`
}

type agentCount struct {
	agentKey
	Count int `json:"count"`
}

// Agents and versions that are counted apart, the most frequent ones.
const (
	maxAgents        = 10
	maxAgentVersions = 20
)

func agentsArea() area.Collector {
	return area.Declaration[[]agentCount]{
		Name:     "agents",
		Help:     "Monitoring agents on the desktops by version. One call for 100 desktops.",
		Interval: time.Hour,
		Calls:    []area.Call{area.CallPages(apiclient.ListAgentsInstallCondition, area.Desktops)},
		Series:   area.Series(4, nil),
		Fetch:    fetchAgents,
		Families: []area.Family[[]agentCount]{{
			Name: "desktops_agent",
			Help: "Number of desktops by agent, its version (the most frequent ones, the rest as other) and whether it is installed; desktops without it have no monitoring data.",
			Type: area.Gauge, Labels: []string{"agent", "agent_version", "installed"},
			Map: area.Each(func(c agentCount, put area.Put) { put.Value(float64(c.Count), c.Agent, c.Version, c.Installed) }),
		}},
	}
}

// agentsAnswer is an entry of ListAgentsInstallCondition.
type agentsAnswer struct {
	ID     string `json:"desktop_id"`
	Agents []struct {
		Name      apiclient.Text `json:"agent_name"`
		Version   apiclient.Text `json:"agent_version"`
		Installed apiclient.Text `json:"is_installed"`
	} `json:"agent_info"`
}

func fetchAgents(ctx context.Context, in area.Input, _ []agentCount) ([]agentCount, error) {
	answers, err := decode.List(ctx, in, apiclient.ListAgentsInstallCondition, "desktop_id", func(a agentsAnswer) string { return a.ID })
	if err != nil {
		return nil, err
	}
	counts := map[agentKey]int{}
	for _, a := range answers {
		for _, agent := range a.Agents {
			key := agentKey{Agent: cmp.Or(string(agent.Name), decode.Unknown), Version: string(agent.Version), Installed: decode.SwitchLabel(agent.Installed)}
			counts[key]++
		}
	}
	counts = decode.MergeRare(counts, maxAgents, func(k agentKey) string { return k.Agent }, func(k agentKey) agentKey {
		k.Agent, k.Version = decode.Other, decode.Other
		return k
	})
	counts = decode.MergeRare(counts, maxAgentVersions, func(k agentKey) string { return k.Version }, func(k agentKey) agentKey {
		k.Version = decode.Other
		return k
	})
	return decode.Rows(counts, func(key agentKey, n int) agentCount { return agentCount{key, n} },
		func(c agentCount) []string { return []string{c.Agent, c.Version, c.Installed} }), nil
}
