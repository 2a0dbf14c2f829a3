package inventory

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// namePolicies counts the rules by which desktops are named.
type namePolicies struct {
	WithUser    apiclient.Number `json:"with_user"`
	WithoutUser apiclient.Number `json:"without_user"`
}

func desktopNamePoliciesArea() area.Collector {
	return area.Declaration[namePolicies]{
		Name:     "desktop_name_policies",
		Help:     "The rules by which desktops are named, by whether names tell the user.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListDesktopNamePolicy)},
		Series:   area.Series(2, nil),
		Fetch:    fetchNamePolicies,
		Families: []area.Family[namePolicies]{{
			Name: "desktop_name_policies",
			Help: "Number of naming policies by whether the names they make contain the user's; where they do, names of desktops are personal data.",
			Type: area.Gauge, Labels: []string{"contains_user"},
			Map: func(n namePolicies, put area.Put) {
				put.Number(n.WithUser, "true")
				put.Number(n.WithoutUser, "false")
			},
		}},
	}
}

func fetchNamePolicies(ctx context.Context, in area.Input, _ namePolicies) (namePolicies, error) {
	type policyAnswer struct {
		ID   apiclient.Text `json:"policy_id"`
		User apiclient.Text `json:"is_contain_user"`
	}
	answers, err := decode.List(ctx, in, apiclient.ListDesktopNamePolicy, "policy_id", func(a policyAnswer) string { return string(a.ID) })
	if err != nil {
		return namePolicies{}, err
	}
	with, told := 0.0, 0
	for _, a := range answers {
		if on, sent := decode.Switch(a.User).Value(); sent {
			with, told = with+on, told+1
		}
	}
	in.Skip(len(answers)-told, "desktop_name_policy_infos[].is_contain_user", "absent")
	if told == 0 && len(answers) > 0 {
		return namePolicies{}, nil
	}
	return namePolicies{WithUser: apiclient.NumberOf(with), WithoutUser: apiclient.NumberOf(float64(told) - with)}, nil
}
