package collector

import (
	"context"
	"math"
	"net/netip"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
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

func subnetsArea() Collector {
	return Area[[]subnet]{
		Name:     "subnets",
		Help:     "The subnets that desktops can be in, and how many addresses they have.",
		Interval: 30 * time.Minute,
		Calls:    []Call{once(apiclient.ListSubnets)},
		Series:   series(2, per{Subnets: 2}),
		Fetch:    fetchSubnets,
		Families: []Family[[]subnet]{
			{
				Name: "subnet_info",
				Help: "Properties of the subnet, always 1; join on subnet_id to show its name beside other metrics.",
				Type: Gauge, Labels: []string{"subnet_id", "subnet", "vpc_id", "cidr", "availability_zone", "status"},
				Map: each(func(s subnet, put Put) { put.Value(1, s.ID, s.Name, s.VPC, s.CIDR, s.Zone, s.Status) }),
			},
			{
				Name: "subnet_ips",
				Help: "Number of addresses of the subnet that desktops can have, computed from its range less the five that are reserved.",
				Type: Gauge, Labels: []string{"subnet_id"},
				Map: each(func(s subnet, put Put) { put.Number(usableAddresses(s.CIDR), s.ID) }),
			},
		},
	}
}

func fetchSubnets(ctx context.Context, in Input, _ []subnet) ([]subnet, error) {
	type answer struct {
		ID     apiclient.Text `json:"id"`
		Name   apiclient.Text `json:"name"`
		VPC    apiclient.Text `json:"vpc_id"`
		CIDR   apiclient.Text `json:"cidr"`
		Zone   apiclient.Text `json:"availability_zone"`
		Status apiclient.Text `json:"status"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListSubnets, "id", func(a answer) string { return string(a.ID) })
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

func subnetAddressesArea() Collector {
	return Area[[]objectCount]{
		Name:     "subnet_addresses",
		Help:     "Free addresses of the subnets that desktops are in. One call for each subnet.",
		Interval: 10 * time.Minute,
		Calls:    []Call{once(apiclient.ShowUsingSubnets), callEach(apiclient.ShowAvailableIP, Subnets)},
		Series:   series(0, per{Subnets: 1}),
		Fetch:    fetchSubnetAddresses,
		Families: []Family[[]objectCount]{{
			Name: "subnet_available_ips",
			Help: "Number of free addresses of a subnet that desktops are in; with none left no desktop can be created there.",
			Type: Gauge, Labels: []string{"subnet_id"},
			Map: each(func(c objectCount, put Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}

func fetchSubnetAddresses(ctx context.Context, in Input, _ []objectCount) ([]objectCount, error) {
	// Without a choice of subnets all that are in use are listed.
	ids, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ShowUsingSubnets},
		func(id apiclient.Text) string { return string(id) })
	if err != nil {
		return nil, err
	}
	counts := []objectCount{}
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
			return nil, malformed(apiclient.ShowAvailableIP, "answer has no member `available_ip`")
		}
		counts = append(counts, objectCount{ID: string(id), Count: *answer.Available})
	}
	return counts, nil
}
