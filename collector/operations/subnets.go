package operations

import (
	"context"
	"math"
	"net/netip"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// subnet is a subnet that the service can use.
type subnet struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	VPC    string `json:"vpc_id"`
	CIDR   string `json:"cidr"`
	Zone   string `json:"availability_zone"`
	Status string `json:"status"`
}

func subnetsArea() area.Collector {
	return area.Declaration[[]subnet]{
		Name:     "subnets",
		Help:     "The subnets that desktops can be in, and how many addresses they have.",
		Interval: 30 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListSubnets)},
		Series:   area.Series(2, area.Per{area.Subnets: 2}),
		Fetch:    fetchSubnets,
		Shares: func(subnets []subnet) area.Shared {
			shared := make(peer.Subnets, len(subnets))
			for i, s := range subnets {
				shared[i] = s.ID
			}
			return shared
		},
		Families: []area.Family[[]subnet]{
			{
				Name: "subnet_info",
				Help: "Properties of the subnet, always 1; join on subnet_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"subnet_id", "subnet", "vpc_id", "cidr", "availability_zone", "status"},
				Map: area.Each(func(s subnet, put area.Put) { put.Value(1, s.ID, s.Name, s.VPC, s.CIDR, s.Zone, s.Status) }),
			},
			{
				Name: "subnet_ips",
				Help: "Number of addresses of the subnet that desktops can have, computed from its range less the five that are reserved.",
				Type: area.Gauge, Labels: []string{"subnet_id"},
				Map: area.Each(func(s subnet, put area.Put) { put.Number(usableAddresses(s.CIDR), s.ID) }),
			},
		},
	}
}

func fetchSubnets(ctx context.Context, in area.Input, _ []subnet) ([]subnet, error) {
	type answer struct {
		ID     apiclient.Text `json:"id"`
		Name   apiclient.Text `json:"name"`
		VPC    apiclient.Text `json:"vpc_id"`
		CIDR   apiclient.Text `json:"cidr"`
		Zone   apiclient.Text `json:"availability_zone"`
		Status apiclient.Text `json:"status" sent:"always"`
	}
	list, err := decode.List(ctx, in, apiclient.ListSubnets, "id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	subnets := make([]subnet, len(list))
	for i, a := range list {
		subnets[i] = subnet{string(a.ID), string(a.Name), string(a.VPC), string(a.CIDR), string(a.Zone), string(a.Status)}
	}
	return subnets, nil
}

// reservedAddresses of every subnet are not for desktops: network, gateway,
// two of the service and broadcast.
const reservedAddresses = 5

// usableAddresses is the number of addresses of an IPv4 range for desktops.
func usableAddresses(cidr string) apiclient.Number {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || !prefix.Addr().Is4() {
		return apiclient.Number{}
	}
	return apiclient.NumberOf(max(math.Exp2(float64(32-prefix.Bits()))-reservedAddresses, 0))
}
