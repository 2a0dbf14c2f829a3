package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// site is a site of the service.
type site struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Status string `json:"status"`
}

func sitesArea() area.Collector {
	return area.Declaration[[]site]{
		Name:     "sites",
		Help:     "The sites of the Workspace service and their status.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListSiteConfigs)},
		Series:   area.Series(11, area.Per{area.EdgeSites: 11}),
		Fetch:    fetchSites,
		Shares:   shareSites,
		Families: []area.Family[[]site]{
			{
				Name: "site_info",
				Help: "Properties of the site, always 1; the main site has the type CENTER and the site_id center.",
				Type: area.Gauge, Labels: []string{"site_id", "site_name", "site_type"},
				Map: area.Each(func(s site, put area.Put) { put.Value(1, s.label(), s.Name, s.Type) }),
			},
			{
				Name: "site_status",
				Help: "Statuses of the site, 1 for the current one and 0 for the others; one whose SUBSCRIBED is 0 is not or no longer in operation.",
				Type: area.Gauge, Labels: []string{"site_id", "status"},
				Map: area.Each(func(s site, put area.Put) { area.PutState(put, decode.ServiceStates, s.Status, s.label()) }),
			},
		},
	}
}

// siteAnswer is an entry of ListSiteConfigs.
type siteAnswer struct {
	ID     apiclient.Text `json:"site_id"`
	Name   apiclient.Text `json:"site_name"`
	Type   apiclient.Text `json:"site_type" sent:"always"`
	Status apiclient.Text `json:"status" sent:"always"`
}

func shareSites(sites []site) area.Shared {
	shared := make(peer.Sites, len(sites))
	for i, s := range sites {
		shared[i] = peer.Site{ID: s.ID, Main: s.Type == decode.MainSiteType}
	}
	return shared
}

// label is the site_id by which the site is shown.
func (s site) label() string {
	if s.Type == decode.MainSiteType {
		return decode.CenterSite
	}
	return s.ID
}

func fetchSites(ctx context.Context, in area.Input, _ []site) ([]site, error) {
	answers, err := decode.List(ctx, in, apiclient.ListSiteConfigs, "site_id", func(a siteAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	sites := make([]site, len(answers))
	for i, a := range answers {
		sites[i] = site{ID: string(a.ID), Name: string(a.Name), Type: decode.State(a.Type, []string{decode.MainSiteType}), Status: decode.State(a.Status, decode.ServiceStates)}
	}
	return sites, nil
}
