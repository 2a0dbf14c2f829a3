package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (d *desktop) kind() string {
	if d.pool != nil {
		return pooled
	}
	return dedicated
}

func (d *desktop) poolID() string {
	if d.pool == nil {
		return ""
	}
	return d.pool.id
}

// group is the desktop group it is counted in.
func (d *desktop) group() string {
	if d.pool == nil {
		return "default"
	}
	return d.pool.name
}

// userName is the attached user's, "" if there is none.
func (d *desktop) userName() string {
	if d.user < 0 {
		return ""
	}
	return userName(d.user)
}

func (d *desktop) chargeMode() string {
	if d.product.prepaid {
		return "0"
	}
	return "1"
}

// commonFilters are those that all lists of desktops share.
func commonFilters() filters[*desktop] {
	return filters[*desktop]{
		"desktop_id":            exactly(func(d *desktop) string { return d.id }),
		"computer_name":         partly(func(d *desktop) string { return d.name }),
		"desktop_ip":            exactly(func(d *desktop) string { return d.ip }),
		"status":                exactly(func(d *desktop) string { return d.status }),
		"subnet_id":             exactly(func(d *desktop) string { return d.place.subnet }),
		"pool_id":               listed((*desktop).poolID),
		"desktop_type":          listed((*desktop).kind),
		"tag":                   allTags,
		"is_share_desktop":      flagged(func(*desktop) bool { return false }),
		"enterprise_project_id": always[*desktop]("0"),
	}
}

// allTags is for `k1=v1,k2=v2`: a desktop has one tag here.
func allTags(d *desktop, values []string) bool {
	for tag := range strings.SplitSeq(values[0], ",") {
		if tag != "team="+d.team {
			return false
		}
	}
	return true
}

// desktopsOf lists the desktops that pass a filter, in ascending order.
func (w *world) desktopsOf(in func(*desktop) bool) []*desktop {
	var found []*desktop
	for i := range w.desktops {
		if in(&w.desktops[i]) {
			found = append(found, &w.desktops[i])
		}
	}
	return found
}

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type attachedUser struct {
	ID     string `json:"user_id"`
	Name   string `json:"user_name"`
	Domain string `json:"domain"`
	Group  string `json:"user_group"`
	Type   string `json:"type"`
}

func (w *world) attachedUsers(d *desktop) []attachedUser {
	if d.user < 0 {
		return []attachedUser{}
	}
	return []attachedUser{{ID: w.hex("user", d.user), Name: userName(d.user), Domain: "corp.example", Group: "users", Type: "USER"}}
}

type desktopListAnswer struct {
	Total    int             `json:"total_count"`
	Desktops []simpleDesktop `json:"desktops"`
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
func desktopList(w *world, r request) any {
	wanted := commonFilters()
	wanted["user_name"] = partly((*desktop).userName)
	found := w.desktopsOf(wanted.of(r))
	list := desktopListAnswer{Total: len(found), Desktops: []simpleDesktop{}}
	for _, d := range page(r, found, 1000) {
		one := simpleDesktop{
			DomainID: w.domain, ProjectID: w.project.ID, ID: d.id, Name: d.name, HostName: d.name,
			Created: d.created.Format(secondFormat), IP: d.ip, Users: w.attachedUsers(d), Group: "users", SID: d.sid,
			OU: "workspace", Enterprise: "0", Tags: []tag{{Key: "team", Value: d.team}}, Maintenance: d.maintenance,
			Type: d.kind(), Subnet: d.place.subnet, Bill: d.id, Status: d.status, Task: d.task,
			Zone: d.place.zone, ConnectStatus: d.login, PoolID: d.poolID(),
		}
		if d.user >= 0 {
			one.User = new(userName(d.user))
		}
		list.Desktops = append(list.Desktops, one)
	}
	return list
}

type desktopDetailsAnswer struct {
	Desktops []desktopDetail `json:"desktops"`
	Total    int             `json:"total_count"`
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

type volume struct {
	Type       string `json:"type"`
	Size       int    `json:"size"`
	Device     string `json:"device,omitempty"`
	ID         string `json:"id"`
	VolumeID   string `json:"volume_id,omitempty"`
	CreateTime string `json:"create_time,omitempty"`
	Name       string `json:"display_name,omitempty"`
}

type productAnswer struct {
	ID           string `json:"product_id"`
	Flavor       string `json:"flavor_id"`
	Type         string `json:"type"`
	CPU          string `json:"cpu"`    // a string
	Memory       string `json:"memory"` // a string, MB
	Charge       string `json:"charge_mode"`
	Architecture string `json:"architecture"`
	GPU          bool   `json:"is_gpu"`
	Package      string `json:"package_type"`
	DiskType     string `json:"system_disk_type"`
	DiskSize     string `json:"system_disk_size"` // a string, GB
	DataDisk     bool   `json:"contain_data_disk"`
	Status       string `json:"status"`
}

func (p *product) answer() productAnswer {
	charge := "1"
	if p.prepaid {
		charge = "0"
	}
	return productAnswer{
		ID: p.id, Flavor: strings.TrimPrefix(p.id, "workspace."), Type: "BASE", CPU: strconv.Itoa(p.cpu), Memory: strconv.Itoa(p.memory),
		Charge: charge, Architecture: p.architecture, GPU: p.gpu, Package: p.packageType, DiskType: "SAS", DiskSize: strconv.Itoa(p.disk),
		DataDisk: p.data > 0, Status: "normal",
	}
}

// desktopDetails is the list with everything about each desktop.
func desktopDetails(w *world, r request) any {
	found := w.desktopsOf(detailFilters(r).of(r))
	slices.SortStableFunc(found, func(a, b *desktop) int {
		order := 0
		switch r.text("sort_field") {
		case "created":
			order = a.created.Compare(b.created)
		case "computer_name":
			order = cmp.Compare(a.name, b.name)
		}
		if r.text("sort_type") == "DESC" {
			return -order
		}
		return order
	})
	list := desktopDetailsAnswer{Desktops: []desktopDetail{}, Total: len(found)}
	for _, d := range page(r, found, 500) {
		list.Desktops = append(list.Desktops, w.detail(d))
	}
	return list
}

// detailFilters are those of the detailed lists. user_name is ignored when
// user_names is sent.
func detailFilters(r request) filters[*desktop] {
	all := commonFilters()
	all["user_names"] = exactly((*desktop).userName)
	all["computer_names"] = exactly(func(d *desktop) string { return d.name })
	all["user_attached"] = flagged(func(d *desktop) bool { return d.user >= 0 })
	all["image_id"] = exactly(func(d *desktop) string { return d.image.id })
	all["charge_mode"] = exactly((*desktop).chargeMode)
	all["in_maintenance_mode"] = flagged(func(d *desktop) bool { return d.maintenance })
	all["is_support_internet"] = flagged(func(*desktop) bool { return true })
	all["availability_zone"] = exactly(func(d *desktop) string { return d.place.zone })
	if !r.has("user_names") {
		all["user_name"] = exactly((*desktop).userName)
	}
	return all
}

// detail of one desktop. task_status and process are null without a task.
func (w *world) detail(d *desktop) desktopDetail {
	created := d.created.Format("2006-01-02T15:04:05.000Z")
	one := desktopDetail{
		ID: d.id, Name: d.name, HostName: d.name,
		Addresses: map[string][]address{d.place.subnet: {{Addr: d.ip, Version: "4", MAC: fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", d.index>>16&255, d.index>>8&255, d.index&255), Type: "fixed"}}},
		IPs:       []string{d.ip}, IPv4: d.ip, UserList: []string{}, GroupList: []string{}, Type: d.kind(),
		Metadata: map[string]string{"image_name": d.image.name, "metering.image_id": d.image.id, "metering.resourcespeccode": d.product.id,
			"os_bit": "64", "os_type": d.image.osType, "desktop_os_version": d.image.version},
		Flavor: flavor{ID: strings.TrimPrefix(d.product.id, "workspace."), Links: []flavorLink{{Rel: "self", Href: "https://ecs.example.com/flavors/" + d.product.id}}},
		Status: d.status, Maintenance: d.maintenance, Created: created, LoginStatus: d.login, Users: w.attachedUsers(d),
		ProductID: d.product.id,
		Root:      volume{Type: "SAS", Size: d.product.disk, Device: "/dev/sda", ID: "root-" + d.id, VolumeID: "root-" + d.id, CreateTime: created, Name: "root"},
		Data:      []volume{}, Group: "users", Zone: d.place.zone, SiteType: d.place.site.kind, SiteName: d.place.site.name,
		Product: d.product.answer(), OU: "workspace", OSVersion: d.image.version, SID: d.sid,
		Tags: []tag{{Key: "team", Value: d.team}}, Internet: true, InternetMode: "NAT", InternetModes: []string{"NAT"},
		AttachState: d.attach, Enterprise: "0", Subnet: d.place.subnet, Bill: d.id, RootResource: d.id,
		HourPackage: d.hourPackage(), Frozen: d.frozen, Isolated: d.isolated, Domain: "corp.example",
	}
	if d.user >= 0 {
		one.User = new(userName(d.user))
		one.UserList = []string{userName(d.user)}
	}
	if d.task != "" {
		one.Task, one.Process = &d.task, new(50)
	}
	if d.product.prepaid {
		one.OrderID = new("CS" + strings.ToUpper(d.id[:8]))
	}
	if d.product.data > 0 {
		one.Data = []volume{{Type: "SSD", Size: d.product.data, Device: "/dev/sdb", ID: "data-" + d.id, VolumeID: "data-" + d.id, CreateTime: created, Name: "data"}}
	}
	return one
}
