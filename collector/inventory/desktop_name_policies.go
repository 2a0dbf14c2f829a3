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
	WithUser    int `json:"with_user"`
	WithoutUser int `json:"without_user"`
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
				put.Value(float64(n.WithUser), "true")
				put.Value(float64(n.WithoutUser), "false")
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
	var n namePolicies
	for _, a := range answers {
		switch on, sent := decode.Switch(a.User).Value(); {
		case !sent:
			in.Skip(1, "desktop_name_policy_infos[].is_contain_user", "absent")
		case on == 1:
			n.WithUser++
		default:
			n.WithoutUser++
		}
	}
	return n, nil
}
