package operations

import (
	"context"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

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

func listBandwidths(ctx context.Context, in area.Input) ([]bandwidth, error) {
	type answer struct {
		ID          apiclient.Text   `json:"bandwidth_id"`
		Name        apiclient.Text   `json:"bandwidth_name"`
		ChargeMode  apiclient.Text   `json:"charge_mode"`
		ControlMode apiclient.Text   `json:"control_mode"`
		Subnet      apiclient.Text   `json:"subnet_id"`
		Status      apiclient.Text   `json:"status" sent:"always"`
		Size        apiclient.Number `json:"size" sent:"always"`
	}
	list, err := decode.List(ctx, in, apiclient.ListSubnetBandwidths, "bandwidth_id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return nil, err
	}
	bandwidths := make([]bandwidth, len(list))
	for i, a := range list {
		bandwidths[i] = bandwidth{
			ID: string(a.ID), Name: string(a.Name), ChargeMode: decode.ChargingMode(string(a.ChargeMode)),
			ControlMode: string(a.ControlMode), Subnet: string(a.Subnet), Status: decode.State(a.Status, bandwidthStates), Size: decode.NotNegative(a.Size),
		}
	}
	return bandwidths, nil
}

// bandwidthStates are those of the SDK.
var bandwidthStates = []string{"CREATING", "ACTIVE", "INACTIVE", "UPDATING", "DELETING"}
