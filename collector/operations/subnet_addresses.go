package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func subnetAddressesArea() area.Collector {
	return area.Declaration[[]decode.ObjectCount]{
		Name:     "subnet_addresses",
		Help:     "Free addresses of the subnets that desktops are in. One call for each subnet.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ShowUsingSubnets), area.CallEach(apiclient.ShowAvailableIP, area.Subnets)},
		Series:   area.Series(0, area.Per{area.Subnets: 1}),
		Fetch:    fetchSubnetAddresses,
		Families: []area.Family[[]decode.ObjectCount]{{
			Name: "subnet_available_ips",
			Help: "Number of free addresses of a subnet that desktops are in; with none left no desktop can be created there.",
			Type: area.Gauge, Labels: []string{"subnet_id"},
			Map: area.Each(func(c decode.ObjectCount, put area.Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}

func fetchSubnetAddresses(ctx context.Context, in area.Input, _ []decode.ObjectCount) ([]decode.ObjectCount, error) {
	// Without a choice of subnets all that are in use are listed.
	ids, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ShowUsingSubnets},
		func(id apiclient.Text) string { return string(id) })
	if err != nil {
		return nil, err
	}
	counts := []decode.ObjectCount{}
	for _, id := range ids {
		if id == "" {
			continue
		}
		answer, err := apiclient.Get[struct {
			Available *apiclient.Number `json:"available_ip"`
		}](ctx, in.API, apiclient.Request{Endpoint: apiclient.ShowAvailableIP, Path: map[string]string{"subnet_id": string(id)}})
		if err != nil {
			return nil, err
		}
		if answer.Available == nil {
			return nil, decode.Malformed(apiclient.ShowAvailableIP, "answer has no member `available_ip`")
		}
		counts = append(counts, decode.ObjectCount{ID: string(id), Count: *answer.Available})
	}
	return counts, nil
}
