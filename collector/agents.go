package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
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

func agentsArea() Collector {
	return Area[[]agentCount]{
		Name:     "agents",
		Help:     "Monitoring agents on the desktops by version. One call for 100 desktops.",
		Interval: time.Hour,
		Calls:    []Call{callPages(apiclient.ListAgentsInstallCondition, Desktops)},
		Series:   series(4, nil),
		Fetch:    fetchAgents,
		Families: []Family[[]agentCount]{{
			Name: "desktops_agent",
			Help: "Number of desktops by agent, its version (the most frequent ones, the rest as other) and whether it is installed; desktops without it have no monitoring data.",
			Type: Gauge, Labels: []string{"agent", "agent_version", "installed"},
			Map: each(func(c agentCount, put Put) { put.Value(float64(c.Count), c.Agent, c.Version, c.Installed) }),
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

func fetchAgents(ctx context.Context, in Input, _ []agentCount) ([]agentCount, error) {
	answers, err := listIdentified(ctx, in, apiclient.ListAgentsInstallCondition, "desktop_id", func(a agentsAnswer) string { return a.ID })
	if err != nil {
		return nil, err
	}
	counts := map[agentKey]int{}
	for _, a := range answers {
		for _, agent := range a.Agents {
			key := agentKey{Agent: cmp.Or(string(agent.Name), unknownLabel), Version: string(agent.Version), Installed: "false"}
			if on, _ := switched(agent.Installed).Value(); on == 1 {
				key.Installed = "true"
			}
			counts[key]++
		}
	}
	counts = mergeRare(counts, maxAgents, func(k agentKey) string { return k.Agent }, func(k agentKey) agentKey {
		k.Agent, k.Version = otherLabel, otherLabel
		return k
	})
	counts = mergeRare(counts, maxAgentVersions, func(k agentKey) string { return k.Version }, func(k agentKey) agentKey {
		k.Version = otherLabel
		return k
	})
	all := make([]agentCount, 0, len(counts))
	for key, n := range counts {
		all = append(all, agentCount{key, n})
	}
	slices.SortFunc(all, func(a, b agentCount) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Installed, b.Installed))
	})
	return all, nil
}

// mergeRare counts under another key what has none of the most frequent
// values, of which at most limit are kept.
func mergeRare[K comparable](counts map[K]int, limit int, value func(K) string, rare func(K) K) map[K]int {
	totals := map[string]int{}
	for key, n := range counts {
		totals[value(key)] += n
	}
	frequent := slices.SortedFunc(maps.Keys(totals), func(a, b string) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b))
	})
	if len(frequent) <= limit {
		return counts
	}
	merged := map[K]int{}
	for key, n := range counts {
		if !slices.Contains(frequent[:limit], value(key)) {
			key = rare(key)
		}
		merged[key] += n
	}
	return merged
}
