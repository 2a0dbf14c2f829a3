package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// natGateway is a NAT gateway that desktops reach the Internet through.
type natGateway struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Spec   string `json:"spec"`
	VPC    string `json:"vpc_id"`
	Status string `json:"status"`
}

func natGatewaysArea() area.Collector {
	return area.Declaration[[]natGateway]{
		Name:     "nat_gateways",
		Help:     "NAT gateways through which desktops reach the Internet.",
		Interval: 5 * time.Minute,
		Calls:    []area.Call{area.Once(apiclient.ListNatGateways)},
		Series:   area.Series(12, nil),
		Fetch:    fetchNatGateways,
		Families: []area.Family[[]natGateway]{
			{
				Name: "nat_gateway_info",
				Help: "Properties of the NAT gateway, always 1; spec 1 to 4 stands for 10000, 50000, 200000 and 1000000 connections.",
				Type: area.Gauge, Labels: []string{"nat_gateway_id", "nat_gateway", "spec", "vpc_id"},
				Map: area.Each(func(n natGateway, put area.Put) { put.Value(1, n.ID, n.Name, n.Spec, n.VPC) }),
			},
			{
				Name: "nat_gateway_status",
				Help: "States of the NAT gateway, 1 for the current one and 0 for the others; desktops behind one that is not ACTIVE have no Internet.",
				Type: area.Gauge, Labels: []string{"nat_gateway_id", "status"},
				Map: area.Each(func(n natGateway, put area.Put) { area.PutState(put, natGatewayStates, n.Status, n.ID) }),
			},
		},
	}
}

func fetchNatGateways(ctx context.Context, in area.Input, _ []natGateway) ([]natGateway, error) {
	type answer struct {
		ID     apiclient.Text `json:"id"`
		Name   apiclient.Text `json:"name"`
		Spec   apiclient.Text `json:"spec"`
		VPC    apiclient.Text `json:"router_id"`
		Status apiclient.Text `json:"status" sent:"always"`
	}
	list, err := decode.List(ctx, in, apiclient.ListNatGateways, "id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	gateways := make([]natGateway, len(list))
	for i, a := range list {
		gateways[i] = natGateway{string(a.ID), string(a.Name), string(a.Spec), string(a.VPC), decode.State(a.Status, natGatewayStates)}
	}
	return gateways, nil
}

// natGatewayStates are those of the SDK.
var natGatewayStates = []string{"ACTIVE", "INACTIVE", "PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"}
