package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func bandwidthControlsArea() area.Collector {
	return area.Declaration[[]decode.ObjectCount]{
		Name:     "bandwidth_controls",
		Help:     "How many desktops are on the control list of each bandwidth. One call for each bandwidth.",
		Disabled: true,
		Interval: 30 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListSubnetBandwidths, area.Bandwidths), area.CallEach(apiclient.ShowSubnetBandwidthControlList, area.Bandwidths)},
		Series:   area.Series(0, area.Per{area.Bandwidths: 1}),
		Fetch: func(ctx context.Context, in area.Input, _ []decode.ObjectCount) ([]decode.ObjectCount, error) {
			list, err := listBandwidths(ctx, in)
			if err != nil {
				return nil, err
			}
			return decode.TotalOfEach(ctx, in, apiclient.ShowSubnetBandwidthControlList, "bandwidth_id", list, func(b bandwidth) string { return b.ID })
		},
		Families: []area.Family[[]decode.ObjectCount]{{
			Name: "bandwidth_controlled_desktops",
			Help: "Number of desktops on the control list of the bandwidth: kept from it or reserved it for, as control_mode of bandwidth_info says.",
			Type: area.Gauge, Labels: []string{"bandwidth_id"},
			Map: area.Each(func(c decode.ObjectCount, put area.Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}
