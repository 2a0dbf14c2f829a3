package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// edgeSite is an edge site.
type edgeSite struct {
	// SiteID is that of quotas and sites; ID is the edge site's own.
	SiteID string `json:"site_id"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Zone   string `json:"availability_zone"`
	Status string `json:"status"`
	// Used parts, 0 to 1.
	CPU      apiclient.Number `json:"cpu"`
	Memory   apiclient.Number `json:"memory"`
	Capacity apiclient.Number `json:"capacity"`
}

// Values of the option usage_unit.
const (
	unitAuto    = "auto"
	unitRatio   = "ratio"
	unitPercent = "percent"
)

func edgeSitesArea() area.Collector {
	return area.Declaration[[]edgeSite]{
		Name:     "edge_sites",
		Help:     "Edge sites: their status and how full they are.",
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListWksEdgeSites, area.EdgeSites)},
		Series:   area.Series(0, area.Per{area.EdgeSites: 8}),
		Options: []area.Option{{
			Name: "usage_unit", Default: unitAuto,
			Help: "What the API means by a usage rate, which its reference leaves open: ratio (0 to 1), percent (0 to 100), or auto, which takes all rates of an answer as percent when one of them is above 1.",
		}},
		Fetch: fetchEdgeSites,
		Families: []area.Family[[]edgeSite]{
			{
				Name: "edge_site_info",
				Help: "Properties of the edge site, always 1; join on site_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"site_id", "edge_site_id", "site_name", "availability_zone"},
				Map: area.Each(func(s edgeSite, put area.Put) { put.Value(1, s.SiteID, s.ID, s.Name, s.Zone) }),
			},
			{
				Name: "edge_site_status",
				Help: "Statuses of the edge site, 1 for the current one and 0 for the others; an unavailable site cannot be reached, and neither can its desktops.",
				Type: area.Gauge, Labels: []string{"site_id", "status"},
				Map: area.Each(func(s edgeSite, put area.Put) { area.PutState(put, edgeSiteStates, s.Status, s.SiteID) }),
			},
			{
				Name: "edge_site_usage_ratio",
				Help: "How much of the edge site's hardware is used, 1 being all; at the limit desktops cannot be created or started there.",
				Type: area.Gauge, Labels: []string{"site_id", "resource"},
				Map: area.Each(func(s edgeSite, put area.Put) {
					put.Number(s.CPU, s.SiteID, "cpu")
					put.Number(s.Memory, s.SiteID, "memory")
					put.Number(s.Capacity, s.SiteID, "capacity")
				}),
			},
		},
	}
}

// edgeSiteAnswer is an entry of ListWksEdgeSites.
type edgeSiteAnswer struct {
	ID       apiclient.Text   `json:"id"`
	Name     apiclient.Text   `json:"name"`
	Zone     apiclient.Text   `json:"availability_zone_id"`
	Status   apiclient.Text   `json:"status"`
	CPU      apiclient.Number `json:"cpu_usage_rate"`
	Memory   apiclient.Number `json:"memory_usage_rate"`
	Capacity apiclient.Number `json:"capacity_usage_rate"`
	Site     struct {
		ID apiclient.Text `json:"id"`
	} `json:"site_info"`
}

func (a edgeSiteAnswer) rates() []apiclient.Number {
	return []apiclient.Number{a.CPU, a.Memory, a.Capacity}
}

func fetchEdgeSites(ctx context.Context, in area.Input, _ []edgeSite) ([]edgeSite, error) {
	answers, err := decode.List(ctx, in, apiclient.ListWksEdgeSites, "id", func(a edgeSiteAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	whole, err := usageWhole(in.Options.Text("usage_unit"), answers)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	sites := make([]edgeSite, len(answers))
	for i, a := range answers {
		id := string(cmp.Or(a.Site.ID, a.ID))
		if taken[id] {
			id = string(a.ID)
		}
		taken[id] = true
		sites[i] = edgeSite{
			SiteID: id, ID: string(a.ID), Name: string(a.Name), Zone: string(a.Zone), Status: string(a.Status),
			CPU: shareOf(a.CPU, whole), Memory: shareOf(a.Memory, whole), Capacity: shareOf(a.Capacity, whole),
		}
	}
	return sites, nil
}

func shareOf(n apiclient.Number, whole float64) apiclient.Number {
	v, sent := decode.NotNegative(n).Value()
	if !sent {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(v / whole)
}

// usageWhole is the rate of a site that is used up.
func usageWhole(unit string, sites []edgeSiteAnswer) (float64, error) {
	above1 := func(n apiclient.Number) bool { v, _ := n.Value(); return v > 1 }
	switch unit {
	case unitRatio:
		return 1, nil
	case unitPercent:
		return 100, nil
	case unitAuto:
		if slices.ContainsFunc(sites, func(a edgeSiteAnswer) bool { return slices.ContainsFunc(a.rates(), above1) }) {
			return 100, nil
		}
		return 1, nil
	}
	return 0, fmt.Errorf("option usage_unit is %q: set it to %s, %s or %s", unit, unitAuto, unitRatio, unitPercent)
}

// edgeSiteStates are those of the SDK.
var edgeSiteStates = []string{"initial", "deploying", "available", "unavailable"}
