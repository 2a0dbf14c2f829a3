package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// natMapping is the NAT mapping of the first site, the only one that the API
// tells without being asked for a site.
type natMapping struct {
	SiteID  string           `json:"site_id"`
	Enabled apiclient.Number `json:"enabled"`
	// Mappings are counted by type.
	Mappings map[string]int `json:"mappings"`
}

func natMappingArea() Collector {
	return Area[natMapping]{
		Name:     "nat_mapping",
		Help:     "NAT mapping of the access gateways of the first site.",
		Interval: time.Hour,
		Calls:    []Call{once(apiclient.ListNatMappingConfigs)},
		Series:   series(3, nil),
		Fetch:    fetchNATMapping,
		Families: []Family[natMapping]{
			{
				Name: "nat_mapping_enabled",
				Help: "Whether NAT mapping is switched on at the site (1); clients behind the NAT cannot connect without it.",
				Type: Gauge, Labels: []string{"site_id"},
				Map: func(m natMapping, put Put) { put.Number(m.Enabled, m.SiteID) },
			},
			{
				Name: "nat_mappings",
				Help: "Number of NAT mappings of the site by type.",
				Type: Gauge, Labels: []string{"site_id", "nat_map_type"},
				Map: func(m natMapping, put Put) {
					for _, kind := range slices.Sorted(maps.Keys(m.Mappings)) {
						put.Value(float64(m.Mappings[kind]), m.SiteID, kind)
					}
				},
			},
		},
	}
}

func fetchNATMapping(ctx context.Context, in Input, _ natMapping) (natMapping, error) {
	e := apiclient.ListNatMappingConfigs
	a, err := apiclient.Get[struct {
		SiteID   apiclient.Text `json:"site_id"`
		On       apiclient.Text `json:"nat_on"`
		Mappings []struct {
			Type apiclient.Text `json:"nat_map_type"`
		} `json:"nat_vag_maps"`
	}](ctx, in.API, apiclient.Request{Endpoint: e})
	if err != nil {
		return natMapping{}, err
	}
	m := natMapping{SiteID: string(a.SiteID), Enabled: switched(a.On), Mappings: map[string]int{"PORT": 0, "HOST": 0}}
	if _, sent := m.Enabled.Value(); !sent {
		return natMapping{}, malformed(e, "member `nat_on` of the answer is neither true nor false")
	}
	for _, mapping := range a.Mappings {
		m.Mappings[cmp.Or(string(mapping.Type), unknownLabel)]++
	}
	return m, nil
}
