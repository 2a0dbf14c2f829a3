package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func tenantConfigsArea() area.Collector {
	return area.Declaration[switches]{
		Name:     "tenant_configs",
		Help:     "Which of the functions that can be configured for the tenant are switched on.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListTenantConfigs)},
		Series:   area.Series(3, nil),
		Fetch:    fetchTenantConfigs,
		Families: []area.Family[switches]{{
			Name: "tenant_config_enabled",
			Help: "Whether the function is switched on for the tenant (1); a change explains why something has begun or ceased to work.",
			Type: area.Gauge, Labels: []string{"name"},
			Map: switches.put,
		}},
	}
}

func fetchTenantConfigs(ctx context.Context, in area.Input, _ switches) (switches, error) {
	type configAnswer struct {
		Name   apiclient.Text `json:"name"`
		Status apiclient.Text `json:"status"`
	}
	answers, err := decode.List(ctx, in, apiclient.ListTenantConfigs, "name", func(a configAnswer) string { return string(a.Name) })
	if err != nil {
		return nil, err
	}
	all := switches{}
	for _, a := range answers {
		if on, sent := decode.Switch(a.Status).Value(); sent {
			all[string(a.Name)] = on
		}
	}
	return all.cut(in.Log), nil
}
