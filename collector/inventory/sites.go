package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
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
		Families: []area.Family[[]site]{
			{
				Name: "site_info",
				Help: "Properties of the site, always 1; the type of the main site is CENTER.",
				Type: area.Gauge, Labels: []string{"site_id", "site_name", "site_type"},
				Map: area.Each(func(s site, put area.Put) { put.Value(1, s.ID, s.Name, s.Type) }),
			},
			{
				Name: "site_status",
				Help: "Statuses of the site, 1 for the current one and 0 for the others; one whose SUBSCRIBED is 0 is not or no longer in operation.",
				Type: area.Gauge, Labels: []string{"site_id", "status"},
				Map: area.Each(func(s site, put area.Put) { area.PutState(put, decode.ServiceStates, s.Status, s.ID) }),
			},
		},
	}
}

// siteAnswer is an entry of ListSiteConfigs.
type siteAnswer struct {
	ID     apiclient.Text `json:"site_id"`
	Name   apiclient.Text `json:"site_name"`
	Type   apiclient.Text `json:"site_type"`
	Status apiclient.Text `json:"status"`
}

func fetchSites(ctx context.Context, in area.Input, _ []site) ([]site, error) {
	answers, err := decode.List(ctx, in, apiclient.ListSiteConfigs, "site_id", func(a siteAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	sites := make([]site, len(answers))
	for i, a := range answers {
		sites[i] = site{ID: string(a.ID), Name: string(a.Name), Type: string(a.Type), Status: string(a.Status)}
	}
	return sites, nil
}
