package operations

import (
	"context"
	"slices"
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
		Calls:    []area.Call{area.Once(apiclient.ShowUsingSubnets), decode.CallSubnets, area.CallEach(apiclient.ShowAvailableIP, area.Subnets)},
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

// fetchSubnetAddresses asks only for subnets that the list of them knows: for
// any other id the API answers that no address is left.
func fetchSubnetAddresses(ctx context.Context, in area.Input, _ []decode.ObjectCount) ([]decode.ObjectCount, error) {
	// Without a choice of subnets all that are in use are listed.
	used, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: apiclient.ShowUsingSubnets},
		func(id apiclient.Text) string { return string(id) })
	if err != nil {
		return nil, err
	}
	known, err := decode.Subnets(ctx, in)
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(used, func(id apiclient.Text) bool { return !slices.Contains(known, string(id)) })
	in.Skip(len(used)-len(ids), "subnet_ids[]", "not in the list of subnets")
	return decode.Each(in, apiclient.ShowAvailableIP, ids, decode.ObjectMissing, func(id apiclient.Text) (decode.ObjectCount, error) {
		answer, err := decode.Get[struct {
			Available apiclient.Number `json:"available_ip" sent:"always"`
		}](ctx, in, apiclient.Request{Endpoint: apiclient.ShowAvailableIP, Path: map[string]string{"subnet_id": string(id)}})
		return decode.ObjectCount{ID: string(id), Count: answer.Available}, err
	})
}
