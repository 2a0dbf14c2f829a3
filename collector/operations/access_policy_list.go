package operations

import (
	"context"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// accessPolicyAnswer is an entry of ListAccessPolicies.
type accessPolicyAnswer struct {
	ID      apiclient.Text `json:"policy_id"`
	Type    apiclient.Text `json:"access_control_type" sent:"always"`
	Enabled apiclient.Text `json:"is_enable" sent:"always"`
}

func listAccessPolicies(ctx context.Context, in area.Input) ([]accessPolicyAnswer, error) {
	return decode.List(ctx, in, apiclient.ListAccessPolicies, "policy_id", func(a accessPolicyAnswer) string { return string(a.ID) })
}
