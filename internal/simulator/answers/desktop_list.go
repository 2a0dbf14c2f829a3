package answers

import (
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func desktopListAnswers() map[string]Answer {
	return map[string]Answer{
		"ListDesktops": {
			Params: query.Params(
				query.Repeated(query.Text("user_name", "desktop_id")),
				query.Text("computer_name", "desktop_ip", "pool_id", "enterprise_project_id", "subnet_id", "tag"),
				query.ListOf("desktop_type", "DEDICATED", "SHARED"),
				query.OneOf("status", world.Statuses...), query.Bool("is_share_desktop"),
				query.Paging(1000, query.AnyOffset)),
			Reply: desktopList,
		},
	}
}

// desktopFilters are the parameters that all detailed lists of desktops share.
func desktopFilters() []query.Param {
	return query.Params(
		query.Repeated(query.Text("user_names", "computer_names", "desktop_id")),
		query.Text("user_name", "computer_name", "desktop_ip", "tag", "enterprise_project_id", "image_id", "subnet_id", "availability_zone"),
		query.OneOf("status", world.Statuses...), query.OneOf("desktop_type", "DEDICATED", "POOLED"), query.OneOf("charge_mode", "0", "1"),
		query.OneOf("sort_field", "created", "computer_name"), query.OneOf("sort_type", "ASC", "DESC"),
		query.Bool("user_attached", "in_maintenance_mode", "is_share_desktop", "is_support_internet"))
}

// commonFilters are those that all lists of desktops share.
func commonFilters() filter.Set[*world.Desktop] {
	return filter.Set[*world.Desktop]{
		"desktop_id":            filter.Equal(func(d *world.Desktop) string { return d.ID }),
		"computer_name":         filter.Contains(func(d *world.Desktop) string { return d.Name }),
		"desktop_ip":            filter.Equal(func(d *world.Desktop) string { return d.IP }),
		"status":                filter.Equal(func(d *world.Desktop) string { return d.Status }),
		"subnet_id":             filter.Equal(func(d *world.Desktop) string { return d.Place.Subnet }),
		"pool_id":               filter.In((*world.Desktop).PoolID),
		"desktop_type":          filter.In((*world.Desktop).Kind),
		"tag":                   allTags,
		"is_share_desktop":      filter.Bool(func(*world.Desktop) bool { return false }),
		"enterprise_project_id": filter.Const[*world.Desktop]("0"),
	}
}

// allTags is for `k1=v1,k2=v2`: a desktop has one tag here.
func allTags(d *world.Desktop, values []string) bool {
	for tag := range strings.SplitSeq(values[0], ",") {
		if tag != "team="+d.Team {
			return false
		}
	}
	return true
}

type simpleDesktop struct {
	DomainID      string         `json:"domain_id"`
	ProjectID     string         `json:"project_id"`
	ID            string         `json:"desktop_id"`
	Name          string         `json:"computer_name"`
	HostName      string         `json:"os_host_name"`
	Created       string         `json:"created"`
	IP            string         `json:"ip_address"`
	User          *string        `json:"user_name"`
	Users         []attachedUser `json:"attach_user_infos"`
	Group         string         `json:"user_group"`
	SID           string         `json:"sid"`
	OU            string         `json:"ou_name"`
	Enterprise    string         `json:"enterprise_project_id"`
	Tags          []tag          `json:"tags"`
	Maintenance   bool           `json:"in_maintenance_mode"`
	Type          string         `json:"desktop_type"`
	Subnet        string         `json:"subnet_id"`
	Bill          string         `json:"bill_resource_id"`
	Status        string         `json:"status"`
	Task          string         `json:"task_status"`
	Zone          string         `json:"availability_zone"`
	ConnectStatus string         `json:"connect_status"`
	PoolID        string         `json:"pool_id"`
}

// desktopList is the light list. Pool desktops are in it with or without a
// pool_id filter (undocumented).
func desktopList(w *world.World, r query.Request) any {
	wanted := commonFilters()
	wanted["user_name"] = filter.Contains((*world.Desktop).UserName)
	found := w.DesktopsWhere(wanted.For(r))
	return members{{"total_count", len(found)}, {"desktops", page(r, found, 1000, func(d *world.Desktop) simpleDesktop {
		one := simpleDesktop{
			DomainID: w.Domain, ProjectID: w.Project.ID, ID: d.ID, Name: d.Name, HostName: d.Name,
			Created: d.Created.Format(query.SecondFormat), IP: d.IP, Users: attachedUsers(w, d), Group: "users", SID: d.SID,
			OU: "workspace", Enterprise: "0", Tags: []tag{{Key: "team", Value: d.Team}}, Maintenance: d.Maintenance,
			Type: d.Kind(), Subnet: d.Place.Subnet, Bill: d.ID, Status: d.Status, Task: d.Task,
			Zone: d.Place.Zone, ConnectStatus: d.Login, PoolID: d.PoolID(),
		}
		if d.User >= 0 {
			one.User = new(world.UserName(d.User))
		}
		return one
	})}}
}
