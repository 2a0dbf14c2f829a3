package inventory

import (
	"context"
	"encoding/json"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func tenantProfilesArea() area.Collector {
	return area.Declaration[switches]{
		Name:     "tenant_profiles",
		Help:     "Which functions of the application centre the tenant has.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListTenantProfiles)},
		Series:   area.Series(3, nil),
		Fetch:    fetchTenantProfiles,
		Families: []area.Family[switches]{{
			Name: "tenant_feature_enabled",
			Help: "Whether the tenant has the function (1); a change explains why something has begun or ceased to work.",
			Type: area.Gauge, Labels: []string{"feature"},
			Map: switches.put,
		}},
	}
}

// fetchTenantProfiles reads a bare object of features. It has no list to be
// empty: no feature at all is no answer.
func fetchTenantProfiles(ctx context.Context, in area.Input, _ switches) (switches, error) {
	e := apiclient.ListTenantProfiles
	answer, err := decode.Object(ctx, in, apiclient.Request{Endpoint: e})
	if err != nil {
		return nil, err
	}
	all := switches{}
	for name, data := range answer {
		var state apiclient.Text
		if json.Unmarshal(data, &state) != nil {
			continue
		}
		if on, sent := decode.Switch(state).Value(); sent {
			all[name] = on
		}
	}
	if len(all) == 0 {
		return nil, decode.Malformed(e, "answer names no feature that is true or false")
	}
	return all.cut(in.Log), nil
}
