package answers

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func desktopDetailsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListDesktopsDetail": {Params: query.Params(desktopFilters(), query.Text("pool_id"), query.Paging(500, query.AnyOffset)), Reply: desktopDetails},
	}
}

type desktopDetail struct {
	ID            string               `json:"desktop_id"`
	Name          string               `json:"computer_name"`
	HostName      string               `json:"os_host_name"`
	Addresses     map[string][]address `json:"addresses"`
	IPs           []string             `json:"ip_addresses"`
	IPv4          string               `json:"ipv4"`
	IPv6          *string              `json:"ipv6"`
	UserList      []string             `json:"user_list"`
	GroupList     []string             `json:"user_group_list"`
	Type          string               `json:"desktop_type"`
	Metadata      map[string]string    `json:"metadata"`
	Flavor        flavor               `json:"flavor"`
	Status        string               `json:"status"`
	Task          *string              `json:"task_status"`
	Maintenance   bool                 `json:"in_maintenance_mode"`
	Created       string               `json:"created"`
	LoginStatus   string               `json:"login_status"`
	User          *string              `json:"user_name"`
	Users         []attachedUser       `json:"attach_user_infos"`
	ProductID     string               `json:"product_id"`
	Root          volume               `json:"root_volume"`
	Data          []volume             `json:"data_volumes"`
	Group         string               `json:"user_group"`
	Zone          string               `json:"availability_zone"`
	SiteType      string               `json:"site_type"`
	SiteName      string               `json:"site_name"`
	Product       productAnswer        `json:"product"`
	OU            string               `json:"ou_name"`
	OSVersion     string               `json:"os_version"`
	SID           string               `json:"sid"`
	OrderID       *string              `json:"order_id"`
	Tags          []tag                `json:"tags"`
	Internet      bool                 `json:"is_support_internet"`
	InternetMode  string               `json:"internet_mode"`
	InternetModes []string             `json:"internet_mode_list"`
	AttachingEIP  bool                 `json:"is_attaching_eip"`
	AttachState   string               `json:"attach_state"`
	Enterprise    string               `json:"enterprise_project_id"`
	Subnet        string               `json:"subnet_id"`
	Bill          string               `json:"bill_resource_id"`
	Process       *int                 `json:"process"`
	RootResource  string               `json:"root_resource_id"`
	HourPackage   *hourPackage         `json:"hour_package_info"`
	Frozen        bool                 `json:"is_freeze"`
	Isolated      bool                 `json:"isolated"`
	Domain        string               `json:"domain"`
}

type address struct {
	Addr    string `json:"addr"`
	Version string `json:"version"`
	MAC     string `json:"OS-EXT-IPS-MAC:mac_addr"`
	Type    string `json:"OS-EXT-IPS:type"`
}

type flavor struct {
	ID    string       `json:"id"`
	Links []flavorLink `json:"links"`
}

type flavorLink struct {
	Rel  string `json:"rel"`
	Href string `json:"hrel"` // so spelled
}

// desktopDetails is the list with everything about each desktop.
func desktopDetails(w *world.World, r query.Request) any {
	found := w.DesktopsWhere(detailFilters(r).For(r))
	query.SortBy(r, found, func(a, b *world.Desktop) int {
		if r.Text("sort_field") == "created" {
			return a.Created.Compare(b.Created)
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return members{
		{"desktops", page(r, found, 500, func(d *world.Desktop) desktopDetail { return detailOf(w, d) })}, {"total_count", len(found)},
	}
}

// detailFilters are those of the detailed lists. user_name is ignored when
// user_names is sent.
func detailFilters(r query.Request) filter.Set[*world.Desktop] {
	all := commonFilters()
	all["user_names"] = filter.Equal((*world.Desktop).UserName)
	all["computer_names"] = filter.Equal(func(d *world.Desktop) string { return d.Name })
	all["user_attached"] = filter.Bool(func(d *world.Desktop) bool { return d.User >= 0 })
	all["image_id"] = filter.Equal(func(d *world.Desktop) string { return d.Image.ID })
	all["charge_mode"] = filter.Equal((*world.Desktop).ChargeMode)
	all["in_maintenance_mode"] = filter.Bool(func(d *world.Desktop) bool { return d.Maintenance })
	all["is_support_internet"] = filter.Bool(func(*world.Desktop) bool { return true })
	all["availability_zone"] = filter.Equal(func(d *world.Desktop) string { return d.Place.Zone })
	if !r.Has("user_names") {
		all["user_name"] = filter.Equal((*world.Desktop).UserName)
	}
	return all
}

// detailOf describes one desktop. task_status and process are null without a task.
func detailOf(w *world.World, d *world.Desktop) desktopDetail {
	created := d.Created.Format(query.MilliFormat)
	one := desktopDetail{
		ID: d.ID, Name: d.Name, HostName: d.Name,
		Addresses: map[string][]address{d.Place.Subnet: {{Addr: d.IP, Version: "4", MAC: fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", d.Index>>16&255, d.Index>>8&255, d.Index&255), Type: "fixed"}}},
		IPs:       []string{d.IP}, IPv4: d.IP, UserList: []string{}, GroupList: []string{}, Type: d.Kind(),
		Metadata: map[string]string{"image_name": d.Image.Name, "metering.image_id": d.Image.ID, "metering.resourcespeccode": d.Product.ID,
			"os_bit": "64", "os_type": d.Image.OSType, "desktop_os_version": d.Image.Version},
		Flavor: flavor{ID: strings.TrimPrefix(d.Product.ID, "workspace."), Links: []flavorLink{{Rel: "self", Href: "https://ecs.example.com/flavors/" + d.Product.ID}}},
		Status: d.Status, Maintenance: d.Maintenance, Created: created, LoginStatus: d.Login, Users: attachedUsers(w, d),
		ProductID: d.Product.ID,
		Root:      volume{Type: "SAS", Size: d.Product.Disk, Device: "/dev/sda", ID: "root-" + d.ID, VolumeID: "root-" + d.ID, CreateTime: created, Name: "root"},
		Data:      []volume{}, Group: "users", Zone: d.Place.Zone, SiteType: d.Place.Site.Kind, SiteName: d.Place.Site.Name,
		Product: productOf(d.Product), OU: "workspace", OSVersion: d.Image.Version, SID: d.SID,
		Tags: []tag{{Key: "team", Value: d.Team}}, Internet: true, InternetMode: "NAT", InternetModes: []string{"NAT"},
		AttachState: d.Attach, Enterprise: "0", Subnet: d.Place.Subnet, Bill: d.ID, RootResource: d.ID,
		HourPackage: (*hourPackage)(d.HourPackage()), Frozen: d.Frozen, Isolated: d.Isolated, Domain: "corp.example",
	}
	if d.User >= 0 {
		one.User = new(world.UserName(d.User))
		one.UserList = []string{world.UserName(d.User)}
	}
	if d.Task != "" {
		one.Task, one.Process = new(d.Task), new(50)
	}
	if d.Product.Prepaid {
		one.OrderID = new("CS" + strings.ToUpper(d.ID[:8]))
	}
	if d.Product.Data > 0 {
		one.Data = []volume{{Type: "SSD", Size: d.Product.Data, Device: "/dev/sdb", ID: "data-" + d.ID, VolumeID: "data-" + d.ID, CreateTime: created, Name: "data"}}
	}
	return one
}

type hourPackage struct {
	Spec     string `json:"package_spec_code"`
	Policy   string `json:"use_up_policy"`
	Duration int    `json:"package_duration"` // hours
	Used     int    `json:"use_duration"`
}
