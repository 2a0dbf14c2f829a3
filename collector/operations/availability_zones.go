package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// availabilityZone is a zone and what cannot be had there.
type availabilityZone struct {
	Zone    string           `json:"zone"`
	Name    string           `json:"name"`
	SoldOut apiclient.Number `json:"sold_out"`
}

func availabilityZonesArea() area.Collector {
	return area.Declaration[[]availabilityZone]{
		Name:     "availability_zones",
		Help:     "The availability zones of the region and how many packages are sold out in them.",
		Interval: 30 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListAvailabilityZones)},
		Series:   area.Series(10, nil),
		Fetch:    fetchAvailabilityZones,
		Families: []area.Family[[]availabilityZone]{
			{
				Name: "availability_zone_info",
				Help: "Display name of the availability zone, always 1.",
				Type: area.Gauge, Labels: []string{"availability_zone", "name"},
				Map: area.Each(func(z availabilityZone, put area.Put) { put.Value(1, z.Zone, z.Name) }),
			},
			{
				Name: "availability_zone_sold_out_products",
				Help: "Number of desktop packages that are sold out in the availability zone.",
				Type: area.Gauge, Labels: []string{"availability_zone"},
				Map: area.Each(func(z availabilityZone, put area.Put) { put.Number(z.SoldOut, z.Zone) }),
			},
		},
	}
}

func fetchAvailabilityZones(ctx context.Context, in area.Input, _ []availabilityZone) ([]availabilityZone, error) {
	type zone struct {
		Zone    apiclient.Text `json:"availability_zone"`
		Name    apiclient.Text `json:"display_name"`
		SoldOut struct {
			Products *[]apiclient.Text `json:"products"`
		} `json:"sold_out"`
	}
	list, err := decode.List(ctx, in, apiclient.ListAvailabilityZones, "availability_zone",
		func(z zone) string { return string(z.Zone) })
	if err != nil {
		return nil, err
	}
	zones := make([]availabilityZone, len(list))
	for i, z := range list {
		zones[i] = availabilityZone{Zone: string(z.Zone), Name: string(z.Name)}
		if z.SoldOut.Products != nil {
			zones[i].SoldOut = apiclient.NumberOf(float64(len(*z.SoldOut.Products)))
		}
	}
	return zones, nil
}
