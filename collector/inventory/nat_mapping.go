package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// natMapping is the NAT mapping of the first site, the only one that the API
// tells without being asked for a site.
type natMapping struct {
	SiteID  string           `json:"site_id"`
	Enabled apiclient.Number `json:"enabled"`
	// Mappings are counted by type.
	Mappings decode.States `json:"mappings"`
}

func natMappingArea() area.Collector {
	return area.Declaration[natMapping]{
		Name:     "nat_mapping",
		Help:     "NAT mapping of the access gateways of the first site.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListNatMappingConfigs), decode.CallSites},
		Series:   area.Series(3, nil),
		Fetch:    fetchNATMapping,
		Families: []area.Family[natMapping]{
			{
				Name: "nat_mapping_enabled",
				Help: "Whether NAT mapping is switched on at the site (1); clients behind the NAT cannot connect without it.",
				Type: area.Gauge, Labels: []string{"site_id"},
				Map: func(m natMapping, put area.Put) { put.Number(m.Enabled, m.SiteID) },
			},
			{
				Name: "nat_mappings",
				Help: "Number of NAT mappings of the site by type.",
				Type: area.Gauge, Labels: []string{"site_id", "nat_map_type"},
				Map: func(m natMapping, put area.Put) { m.Mappings.Put(put, m.SiteID) },
			},
		},
	}
}

// natMappingAnswer is a mapping of the answer.
type natMappingAnswer struct {
	Type apiclient.Text `json:"nat_map_type"`
}

func fetchNATMapping(ctx context.Context, in area.Input, _ natMapping) (natMapping, error) {
	e := apiclient.ListNatMappingConfigs
	a, err := decode.Get[struct {
		SiteID   apiclient.Text     `json:"site_id"`
		On       apiclient.Text     `json:"nat_on" sent:"always"`
		Mappings []natMappingAnswer `json:"nat_vag_maps" sent:"always"`
	}](ctx, in, apiclient.Request{Endpoint: e})
	if err != nil {
		return natMapping{}, err
	}
	sites, err := decode.Sites(ctx, in)
	if err != nil {
		return natMapping{}, err
	}
	m := natMapping{SiteID: sites.Label(string(a.SiteID)), Enabled: decode.Switch(a.On)}
	if a.Mappings != nil {
		m.Mappings = decode.CountBy(in, "nat_vag_maps[].nat_map_type", a.Mappings, []string{"PORT", "HOST"},
			func(n natMappingAnswer) apiclient.Text { return n.Type })
	}
	return m, nil
}
