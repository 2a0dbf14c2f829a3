package inventory

import (
	"cmp"
	"context"
	"fmt"
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
	// Whole is the rate of a site that is used up, as it was found out once.
	Whole float64 `json:"whole,omitempty"`
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
			Help: "What the API means by a usage rate, which its reference leaves open: ratio (0 to 1), percent (0 to 100), or auto, which decides at the first rates that are not 0, percent if one of them is above 1, and stays with that.",
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
	Status   apiclient.Text   `json:"status" sent:"always"`
	CPU      apiclient.Number `json:"cpu_usage_rate" sent:"always"`
	Memory   apiclient.Number `json:"memory_usage_rate" sent:"always"`
	Capacity apiclient.Number `json:"capacity_usage_rate" sent:"always"`
	Site     struct {
		ID apiclient.Text `json:"id"`
	} `json:"site_info"`
}

func (a edgeSiteAnswer) rates() []apiclient.Number {
	return []apiclient.Number{a.CPU, a.Memory, a.Capacity}
}

func fetchEdgeSites(ctx context.Context, in area.Input, prev []edgeSite) ([]edgeSite, error) {
	answers, err := decode.List(ctx, in, apiclient.ListWksEdgeSites, "id", func(a edgeSiteAnswer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	whole, err := usageWhole(in.Options.Text("usage_unit"), answers, prev)
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
			SiteID: id, ID: string(a.ID), Name: string(a.Name), Zone: string(a.Zone), Status: decode.State(a.Status, edgeSiteStates),
			CPU: shareOf(in, a.CPU, whole), Memory: shareOf(in, a.Memory, whole), Capacity: shareOf(in, a.Capacity, whole),
			Whole: whole,
		}
	}
	return sites, nil
}

// mostRatio is how much of a site may be used; more than twice as much as there
// is cannot be, so that it is no ratio.
const mostRatio = 2

// shareOf is a rate as a ratio. It has no value while the unit is not known,
// and for a rate that cannot be in it.
func shareOf(in area.Input, n apiclient.Number, whole float64) apiclient.Number {
	v, sent := decode.NotNegative(n).Value()
	switch {
	case !sent || whole == 0 && v != 0:
		return apiclient.Number{}
	case whole == 0:
		return n
	case v/whole > mostRatio:
		in.Skip(1, "wks_edge_sites[].*_usage_rate", "not in the unit that was found out: set usage_unit")
		return apiclient.Number{}
	default:
		return apiclient.NumberOf(v / whole)
	}
}

// usageWhole is the rate of a site that is used up, 0 while nobody knows.
func usageWhole(unit string, sites []edgeSiteAnswer, prev []edgeSite) (float64, error) {
	switch unit {
	case unitRatio:
		return 1, nil
	case unitPercent:
		return 100, nil
	case unitAuto:
		for _, s := range prev {
			if s.Whole != 0 {
				return s.Whole, nil
			}
		}
		greatest := 0.0
		for _, s := range sites {
			for _, rate := range s.rates() {
				v, _ := rate.Value()
				greatest = max(greatest, v)
			}
		}
		switch {
		case greatest > 1:
			return 100, nil
		case greatest > 0:
			return 1, nil
		default:
			return 0, nil
		}
	}
	return 0, fmt.Errorf("option usage_unit is %q: set it to %s, %s or %s", unit, unitAuto, unitRatio, unitPercent)
}

// edgeSiteStates are those of the SDK.
var edgeSiteStates = []string{"initial", "deploying", "available", "unavailable"}
