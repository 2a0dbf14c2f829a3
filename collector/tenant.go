package collector

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// switches are on or off (1 or 0) by name.
type switches map[string]float64

// maxSwitches bounds the names, which the reference does not list.
const maxSwitches = 100

func tenantConfigsArea() Collector {
	return Area[switches]{
		Name:     "tenant_configs",
		Help:     "Which of the functions that can be configured for the tenant are switched on.",
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ListTenantConfigs)},
		Series:   series(3, nil),
		Fetch:    fetchTenantConfigs,
		Families: []Family[switches]{{
			Name: "tenant_config_enabled",
			Help: "Whether the function is switched on for the tenant (1); a change explains why something has begun or ceased to work.",
			Type: Gauge, Labels: []string{"name"},
			Map: switches.put,
		}},
	}
}

func tenantProfilesArea() Collector {
	return Area[switches]{
		Name:     "tenant_profiles",
		Help:     "Which functions of the application centre the tenant has.",
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ListTenantProfiles)},
		Series:   series(3, nil),
		Fetch:    fetchTenantProfiles,
		Families: []Family[switches]{{
			Name: "tenant_feature_enabled",
			Help: "Whether the tenant has the function (1); a change explains why something has begun or ceased to work.",
			Type: Gauge, Labels: []string{"feature"},
			Map: switches.put,
		}},
	}
}

func (s switches) put(put Put) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		put.Value(s[name], name)
	}
}

// cut leaves the first names of the alphabet.
func (s switches) cut(log *slog.Logger) switches {
	names := slices.Sorted(maps.Keys(s))
	if len(names) <= maxSwitches {
		return s
	}
	log.Warn("more switches than are shown", "shown", maxSwitches, "left_out", len(names)-maxSwitches)
	for _, name := range names[maxSwitches:] {
		delete(s, name)
	}
	return s
}

func fetchTenantConfigs(ctx context.Context, in Input, _ switches) (switches, error) {
	type configAnswer struct {
		Name   apiclient.Text `json:"name"`
		Status apiclient.Text `json:"status"`
	}
	answers, err := listIdentified(ctx, in, apiclient.ListTenantConfigs, "name", func(a configAnswer) string { return string(a.Name) })
	if err != nil {
		return nil, err
	}
	all := switches{}
	for _, a := range answers {
		if on, sent := switched(a.Status).Value(); sent {
			all[string(a.Name)] = on
		}
	}
	return all.cut(in.Log), nil
}

// fetchTenantProfiles reads a bare object of features. It has no list to be
// empty: no feature at all is no answer.
func fetchTenantProfiles(ctx context.Context, in Input, _ switches) (switches, error) {
	e := apiclient.ListTenantProfiles
	answer, err := apiclient.Get[map[string]json.RawMessage](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return nil, err
	}
	all := switches{}
	for name, data := range answer {
		var state apiclient.Text
		if json.Unmarshal(data, &state) != nil {
			continue
		}
		if on, sent := switched(state).Value(); sent {
			all[name] = on
		}
	}
	if len(all) == 0 {
		return nil, malformed(e, "answer names no feature that is true or false")
	}
	return all.cut(in.Log), nil
}
