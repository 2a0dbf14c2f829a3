package usage

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// userGroups counts groups by platform; Each is filled with per_group alone.
type userGroups struct {
	ByPlatform decode.States `json:"by_platform"`
	Each       []userGroup   `json:"each,omitempty"`
}

type userGroup struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Platform string           `json:"platform_type"`
	Users    apiclient.Number `json:"users"`
}

func userGroupsArea() area.Collector {
	return area.Declaration[userGroups]{
		Name:     "user_groups",
		Help:     "Groups of users; on request each group with the number of its users.",
		Interval: 15 * time.Minute,
		Calls:    []area.Call{area.CallPages(apiclient.ListUserGroups, area.UserGroups)},
		Series: func(l area.Load) float64 {
			if l.Options.Bool("per_group") {
				return 3 + 2*l.Fleet[area.UserGroups]
			}
			return 3
		},
		Options: []area.Option{{Name: "per_group", Default: false, Help: "Add series for each single group; they show group names."}},
		Fetch:   fetchUserGroups,
		Families: []area.Family[userGroups]{
			{
				Name: "user_groups",
				Help: "Number of user groups by where they are managed: the directory or Workspace itself.",
				Type: area.Gauge, Labels: []string{"platform_type"},
				Map: func(g userGroups, put area.Put) { g.ByPlatform.Put(put) },
			},
			{
				Name: "user_group_info",
				Help: "Properties of the user group, always 1; join on group_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"group_id", "group", "platform_type"},
				Map: eachUserGroup(func(g userGroup, put area.Put) { put.Value(1, g.ID, g.Name, g.Platform) }),
			},
			{
				Name: "user_group_users",
				Help: "Number of users in the group.",
				Type: area.Gauge, Labels: []string{"group_id"},
				Map: eachUserGroup(func(g userGroup, put area.Put) { put.Number(g.Users, g.ID) }),
			},
		},
	}
}

func eachUserGroup(sample func(userGroup, area.Put)) func(userGroups, area.Put) {
	return func(g userGroups, put area.Put) { area.Each(sample)(g.Each, put) }
}

func fetchUserGroups(ctx context.Context, in area.Input, _ userGroups) (userGroups, error) {
	type answer struct {
		ID       apiclient.Text   `json:"id"`
		Name     apiclient.Text   `json:"name"`
		Platform apiclient.Text   `json:"platform_type"`
		Users    apiclient.Number `json:"user_quantity" sent:"always"`
	}
	answers, err := decode.List(ctx, in, apiclient.ListUserGroups, "id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return userGroups{}, err
	}
	groups := userGroups{ByPlatform: decode.CountBy(in, "user_groups[].platform_type", answers, []string{"AD", "LOCAL", "UOS"}, func(a answer) apiclient.Text { return a.Platform })}
	if !in.Options.Bool("per_group") {
		return groups, nil
	}
	for _, a := range answers {
		groups.Each = append(groups.Each, userGroup{string(a.ID), string(a.Name), string(a.Platform), a.Users})
	}
	return groups, nil
}
