package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// megabit is a million bits a second in bytes a second.
const megabit = 1_000_000 / 8

func bandwidthsArea() area.Collector {
	return area.Declaration[[]bandwidth]{
		Name:     "bandwidths",
		Help:     "Bandwidths that desktops share on their way to the Internet.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListSubnetBandwidths, area.Bandwidths)},
		Series:   area.Series(0, area.Per{area.Bandwidths: 7}),
		Fetch: func(ctx context.Context, in area.Input, _ []bandwidth) ([]bandwidth, error) {
			return listBandwidths(ctx, in)
		},
		Families: []area.Family[[]bandwidth]{
			{
				Name: "bandwidth_info",
				Help: "Properties of the bandwidth, always 1; join on bandwidth_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"bandwidth_id", "bandwidth", "charge_mode", "control_mode", "subnet_id"},
				Map: area.Each(func(b bandwidth, put area.Put) { put.Value(1, b.ID, b.Name, b.ChargeMode, b.ControlMode, b.Subnet) }),
			},
			{
				Name: "bandwidth_status",
				Help: "States of the bandwidth, 1 for the current one and 0 for the others.",
				Type: area.Gauge, Labels: []string{"bandwidth_id", "status"},
				Map: area.Each(func(b bandwidth, put area.Put) { area.PutState(put, bandwidthStates, b.Status, b.ID) }),
			},
			{
				Name: "bandwidth_limit_bytes_per_second",
				Help: "Size of the bandwidth; the API states no unit, Mbit per second is assumed.",
				Type: area.Gauge, Labels: []string{"bandwidth_id"},
				Map: area.Each(func(b bandwidth, put area.Put) { put.Number(decode.Scale(b.Size, megabit), b.ID) }),
			},
		},
	}
}
