package collector

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// userGroups counts groups by platform; Each is filled with per_group alone.
type userGroups struct {
	ByPlatform states      `json:"by_platform"`
	Each       []userGroup `json:"each,omitempty"`
}

type userGroup struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Platform string           `json:"platform_type"`
	Users    apiclient.Number `json:"users"`
}

func userGroupsArea() Collector {
	return Area[userGroups]{
		Name:     "user_groups",
		Help:     "Groups of users; on request each group with the number of its users.",
		Interval: 15 * time.Minute,
		Calls:    []Call{callPages(apiclient.ListUserGroups, UserGroups)},
		Series: func(l Load) float64 {
			if l.Options.Bool("per_group") {
				return 3 + 2*l.Fleet[UserGroups]
			}
			return 3
		},
		Options: []Option{{Name: "per_group", Default: false, Help: "Add series for each single group; they show group names."}},
		Fetch:   fetchUserGroups,
		Families: []Family[userGroups]{
			{
				Name: "user_groups",
				Help: "Number of user groups by where they are managed: the directory or Workspace itself.",
				Type: Gauge, Labels: []string{"platform_type"},
				Map: func(g userGroups, put Put) { g.ByPlatform.put(put) },
			},
			{
				Name: "user_group_info",
				Help: "Properties of the user group, always 1; join on group_id to show its name beside other metrics.",
				Type: Gauge, Labels: []string{"group_id", "group", "platform_type"},
				Map: eachUserGroup(func(g userGroup, put Put) { put.Value(1, g.ID, g.Name, g.Platform) }),
			},
			{
				Name: "user_group_users",
				Help: "Number of users in the group.",
				Type: Gauge, Labels: []string{"group_id"},
				Map: eachUserGroup(func(g userGroup, put Put) { put.Number(g.Users, g.ID) }),
			},
		},
	}
}

func eachUserGroup(sample func(userGroup, Put)) func(userGroups, Put) {
	return func(g userGroups, put Put) { each(sample)(g.Each, put) }
}

func fetchUserGroups(ctx context.Context, in Input, _ userGroups) (userGroups, error) {
	type answer struct {
		ID       apiclient.Text   `json:"id"`
		Name     apiclient.Text   `json:"name"`
		Platform apiclient.Text   `json:"platform_type"`
		Users    apiclient.Number `json:"user_quantity"`
	}
	answers, err := listIdentified(ctx, in, apiclient.ListUserGroups, "id", func(a answer) string { return string(a.ID) })
	if err != nil {
		return userGroups{}, err
	}
	groups := userGroups{ByPlatform: tallyBy(answers, []string{"AD", "LOCAL", "UOS"}, func(a answer) string { return string(a.Platform) })}
	if !in.Options.Bool("per_group") {
		return groups, nil
	}
	for _, a := range answers {
		groups.Each = append(groups.Each, userGroup{string(a.ID), string(a.Name), string(a.Platform), a.Users})
	}
	return groups, nil
}
