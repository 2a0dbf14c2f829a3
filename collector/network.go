package collector

import (
	"context"
	"math"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// natGateway is a NAT gateway that desktops reach the Internet through.
type natGateway struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Spec   string `json:"spec"`
	VPC    string `json:"vpc_id"`
	Status string `json:"status"`
}

func natGatewaysArea() Collector {
	return Area[[]natGateway]{
		Name:     "nat_gateways",
		Help:     "NAT gateways through which desktops reach the Internet.",
		Interval: 5 * time.Minute,
		Calls:    []Call{once(apiclient.ListNatGateways)},
		Series:   series(12, nil),
		Fetch:    fetchNatGateways,
		Families: []Family[[]natGateway]{
			{
				Name: "nat_gateway_info",
				Help: "Properties of the NAT gateway, always 1; spec 1 to 4 stands for 10000, 50000, 200000 and 1000000 connections.",
				Type: Gauge, Labels: []string{"nat_gateway_id", "nat_gateway", "spec", "vpc_id"},
				Map: each(func(n natGateway, put Put) { put.Value(1, n.ID, n.Name, n.Spec, n.VPC) }),
			},
			{
				Name: "nat_gateway_status",
				Help: "States of the NAT gateway, 1 for the current one and 0 for the others; desktops behind one that is not ACTIVE have no Internet.",
				Type: Gauge, Labels: []string{"nat_gateway_id", "status"},
				Map: each(func(n natGateway, put Put) { putState(put, natGatewayStates, n.Status, n.ID) }),
			},
		},
	}
}

func fetchNatGateways(ctx context.Context, in Input, _ []natGateway) ([]natGateway, error) {
	type answer struct {
		ID     apiclient.Text `json:"id"`
		Name   apiclient.Text `json:"name"`
		Spec   apiclient.Text `json:"spec"`
		VPC    apiclient.Text `json:"router_id"`
		Status apiclient.Text `json:"status"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListNatGateways, "id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	gateways := make([]natGateway, len(list))
	for i, a := range list {
		gateways[i] = natGateway{string(a.ID), string(a.Name), string(a.Spec), string(a.VPC), string(a.Status)}
	}
	return gateways, nil
}

func eipsArea() Collector {
	return Area[states]{
		Name:     "eips",
		Help:     "Elastic IP addresses, bound to a desktop or not.",
		Interval: 10 * time.Minute,
		Calls:    []Call{calls(2, apiclient.ListDesktopsEips)},
		Series:   series(2, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			counts := states{}
			for _, state := range []member{{"bind", "bound"}, {"unbind", "unbound"}} {
				n, err := totalOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListDesktopsEips, Query: url.Values{"state": {state.name()}}})
				if err != nil {
					return nil, err
				}
				if v, sent := n.Value(); sent {
					counts[state.state()] = v
				}
			}
			return counts, nil
		},
		Families: []Family[states]{statesFamily("eips", "Number of elastic IP addresses by whether a desktop uses them; unbound ones cost money all the same.", "state")},
	}
}

// bandwidth is a bandwidth that desktops share on their way to the Internet.
type bandwidth struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	ChargeMode  string           `json:"charge_mode"`
	ControlMode string           `json:"control_mode"`
	Subnet      string           `json:"subnet_id"`
	Status      string           `json:"status"`
	Size        apiclient.Number `json:"size"` // Mbit/s
}

// megabit is a million bits a second in bytes a second.
const megabit = 1_000_000 / 8

func bandwidthsArea() Collector {
	return Area[[]bandwidth]{
		Name:     "bandwidths",
		Help:     "Bandwidths that desktops share on their way to the Internet.",
		Interval: 10 * time.Minute,
		Calls:    []Call{callPages(apiclient.ListSubnetBandwidths, Bandwidths)},
		Series:   series(0, per{Bandwidths: 7}),
		Fetch: func(ctx context.Context, in Input, _ []bandwidth) ([]bandwidth, error) {
			return listBandwidths(ctx, in)
		},
		Families: []Family[[]bandwidth]{
			{
				Name: "bandwidth_info",
				Help: "Properties of the bandwidth, always 1; join on bandwidth_id to show its name beside other metrics.",
				Type: Gauge, Labels: []string{"bandwidth_id", "bandwidth", "charge_mode", "control_mode", "subnet_id"},
				Map: each(func(b bandwidth, put Put) { put.Value(1, b.ID, b.Name, b.ChargeMode, b.ControlMode, b.Subnet) }),
			},
			{
				Name: "bandwidth_status",
				Help: "States of the bandwidth, 1 for the current one and 0 for the others.",
				Type: Gauge, Labels: []string{"bandwidth_id", "status"},
				Map: each(func(b bandwidth, put Put) { putState(put, bandwidthStates, b.Status, b.ID) }),
			},
			{
				Name: "bandwidth_limit_bytes_per_second",
				Help: "Size of the bandwidth; the API states no unit, Mbit per second is assumed.",
				Type: Gauge, Labels: []string{"bandwidth_id"},
				Map: each(func(b bandwidth, put Put) { put.Number(times(b.Size, megabit), b.ID) }),
			},
		},
	}
}

func listBandwidths(ctx context.Context, in Input) ([]bandwidth, error) {
	type answer struct {
		ID          apiclient.Text   `json:"bandwidth_id"`
		Name        apiclient.Text   `json:"bandwidth_name"`
		ChargeMode  apiclient.Text   `json:"charge_mode"`
		ControlMode apiclient.Text   `json:"control_mode"`
		Subnet      apiclient.Text   `json:"subnet_id"`
		Status      apiclient.Text   `json:"status"`
		Size        apiclient.Number `json:"size"`
	}
	list, err := listIdentified(ctx, in, apiclient.ListSubnetBandwidths, "bandwidth_id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	bandwidths := make([]bandwidth, len(list))
	for i, a := range list {
		bandwidths[i] = bandwidth{
			ID: string(a.ID), Name: string(a.Name), ChargeMode: chargingMode(string(a.ChargeMode)),
			ControlMode: string(a.ControlMode), Subnet: string(a.Subnet), Status: string(a.Status), Size: notNegative(a.Size),
		}
	}
	return bandwidths, nil
}

// objectCount is the number of things that belong to an object.
type objectCount struct {
	ID    string           `json:"id"`
	Count apiclient.Number `json:"count"`
}

func bandwidthControlsArea() Collector {
	return Area[[]objectCount]{
		Name:     "bandwidth_controls",
		Help:     "How many desktops are on the control list of each bandwidth. One call for each bandwidth.",
		Disabled: true,
		Interval: 30 * time.Minute,
		Calls:    []Call{callPages(apiclient.ListSubnetBandwidths, Bandwidths), callEach(apiclient.ShowSubnetBandwidthControlList, Bandwidths)},
		Series:   series(0, per{Bandwidths: 1}),
		Fetch: func(ctx context.Context, in Input, _ []objectCount) ([]objectCount, error) {
			list, err := listBandwidths(ctx, in)
			if err != nil {
				return nil, err
			}
			return countOfEach(ctx, in, apiclient.ShowSubnetBandwidthControlList, "bandwidth_id", list, func(b bandwidth) string { return b.ID })
		},
		Families: []Family[[]objectCount]{{
			Name: "bandwidth_controlled_desktops",
			Help: "Number of desktops on the control list of the bandwidth: kept from it or reserved it for, as control_mode of bandwidth_info says.",
			Type: Gauge, Labels: []string{"bandwidth_id"},
			Map: each(func(c objectCount, put Put) { put.Number(c.Count, c.ID) }),
		}},
	}
}

// countOfEach asks for the number of things that belong to each object.
func countOfEach[T any](ctx context.Context, in Input, e apiclient.Endpoint, member string, objects []T, id func(T) string) ([]objectCount, error) {
	counts := make([]objectCount, len(objects))
	for i, o := range objects {
		n, err := totalOf(ctx, in, apiclient.Request{Endpoint: e, Path: map[string]string{member: id(o)}})
		if err != nil {
			return nil, err
		}
		counts[i] = objectCount{id(o), n}
	}
	return counts, nil
}

func portsArea() Collector {
	return Area[states]{
		Name:     "ports",
		Help:     "Network ports of desktops by state. One call for each 2000 ports.",
		Disabled: true,
		Interval: 30 * time.Minute,
		Calls: []Call{{
			Endpoint: apiclient.ListPorts, Says: "1 for each 2,000 desktops, and 1 that finds the end",
			Of: func(l Load) float64 { return math.Floor(l.Fleet[Desktops]/float64(apiclient.ListPorts.Page.Size)) + 1 },
		}},
		Series: series(2, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			type port struct {
				ID     apiclient.Text `json:"id"`
				Status apiclient.Text `json:"status"`
			}
			list, err := listIdentified(ctx, in, apiclient.ListPorts, "id", func(p port) string { return string(p.ID) })
			if err != nil {
				return nil, err
			}
			return tallyBy(list, []string{"ACTIVE", "DOWN"}, func(p port) string { return string(p.Status) }), nil
		},
		Families: []Family[states]{statesFamily("ports", "Number of network ports by state.", "status")},
	}
}

func internetAccessArea() Collector {
	return Area[states]{
		Name:     "internet_access",
		Help:     "Ways of subnets to the Internet by state.",
		Interval: 10 * time.Minute,
		Calls:    []Call{once(apiclient.ListInternet)},
		Series:   series(1, nil),
		Fetch: func(ctx context.Context, in Input, _ states) (states, error) {
			type access struct {
				Status apiclient.Text `json:"status"`
			}
			list, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: apiclient.ListInternet}, func(access) string { return "" })
			if err != nil {
				return nil, err
			}
			return tallyBy(list, nil, func(a access) string { return string(a.Status) }), nil
		},
		Families: []Family[states]{statesFamily("internet_access", "Number of ways of subnets to the Internet by state, in the API's undocumented words.", "status")},
	}
}
