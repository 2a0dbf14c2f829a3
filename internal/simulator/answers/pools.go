package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func poolsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListDesktopPools": {
			Params: query.Params(query.Text("name", "enterprise_project_id"), query.OneOf("type", "DYNAMIC", "STATIC"), query.Bool("in_maintenance_mode"), query.Paging(1000, query.AnyOffset)),
			Reply:  poolList,
		},
		"ShowDesktopPoolDetail":            {Reply: ofPool(poolDetail)},
		"ListInconsistentStatics":          {Reply: ofPool(poolDrift)},
		"ListDesktopPoolAuthorizedObjects": {Params: query.Paging(100, query.AnyOffset), Reply: ofPool(poolMembers)},
	}
}

type poolAnswer struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	Type            string        `json:"type"`
	Description     string        `json:"description"`
	Created         string        `json:"created_time"`
	Charging        string        `json:"charging_mode"`
	Desktops        int           `json:"desktop_count"`
	Used            int           `json:"desktop_used"`
	Zone            string        `json:"availability_zone"`
	Subnet          string        `json:"subnet_id"`
	Subnets         []string      `json:"subnet_ids"`
	Product         productAnswer `json:"product"`
	ImageID         string        `json:"image_id"`
	ImageName       string        `json:"image_name"`
	ImageOSType     string        `json:"image_os_type"`
	ImageOSVersion  string        `json:"image_os_version"`
	Root            volume        `json:"root_volume"`
	Data            []volume      `json:"data_volumes"`
	SecurityGroups  []idName      `json:"security_groups"`
	Retention       int           `json:"disconnected_retention_period"`
	EnableAutoscale bool          `json:"enable_autoscale"`
	Autoscale       *autoscale    `json:"autoscale_policy"`
	Reset           resetPolicy   `json:"user_reset_policy"`
	Status          string        `json:"status"`
	Enterprise      string        `json:"enterprise_project_id"`
	Maintenance     bool          `json:"in_maintenance_mode"`
	Tags            []tag         `json:"tags"`
	OU              string        `json:"ou_name"`
	VPC             string        `json:"vpc_id"`
	Domain          string        `json:"domain"`
}

type idName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type autoscale struct {
	Type          string `json:"autoscale_type"`
	Max           int    `json:"max_auto_created"`
	MinIdle       int    `json:"min_idle"`
	MinRetention  int    `json:"min_retention"`
	IdleRetention int    `json:"idle_retention_duration"`
	Isolation     bool   `json:"auto_isolation_enable"`
	MaxIsolated   int    `json:"auto_isolation_max_num"`
}

type resetPolicy struct {
	Enable bool `json:"enable"`
	PerDay int  `json:"reset_count_per_day"`
}

// poolList lists the pools; isolation_num is left to the detail call.
func poolList(w *world.World, r query.Request) any {
	found := filter.Set[*world.Pool]{
		"name":                  filter.Contains(func(p *world.Pool) string { return p.Name }),
		"type":                  filter.Equal(func(p *world.Pool) string { return p.Kind }),
		"in_maintenance_mode":   filter.Bool(func(p *world.Pool) bool { return p.Maintenance }),
		"enterprise_project_id": filter.Const[*world.Pool]("0"),
	}.Apply(r, w.Pools)
	return members{
		{"total_count", len(found)}, {"desktop_pools", page(r, found, 1000, func(p *world.Pool) poolAnswer { return poolEntry(w, p) })},
	}
}

// poolEntry describes a pool; a static one has no autoscale policy (null).
func poolEntry(w *world.World, p *world.Pool) poolAnswer {
	state := w.PoolState(p)
	a := poolAnswer{
		ID: p.ID, Name: p.Name, Type: p.Kind, Created: p.Created.Format(query.MilliFormat), Charging: productOf(p.Product).Charge,
		Desktops: state.Desktops, Used: state.Used, Zone: p.Zone, Subnet: p.Subnet, Subnets: []string{p.Subnet},
		Product: productOf(p.Product), ImageID: p.Image.ID, ImageName: p.Image.Name, ImageOSType: p.Image.OSType, ImageOSVersion: p.Image.Version,
		Root: volume{Type: "SAS", Size: p.Product.Disk, ID: "root-" + p.ID}, Data: []volume{},
		SecurityGroups: []idName{{ID: "sg-desktops", Name: "WorkspaceUserSecurityGroup"}},
		Retention:      p.Retention, Status: state.Status(), Enterprise: "0", Maintenance: p.Maintenance,
		Tags: []tag{{Key: "department", Value: p.Name}}, OU: "workspace", VPC: "vpc-" + p.Site.Name, Domain: "corp.example",
	}
	if p.Product.Data > 0 {
		a.Data = []volume{{Type: "SSD", Size: p.Product.Data, ID: "data-" + p.ID}}
	}
	if p.Kind == world.Dynamic {
		a.EnableAutoscale = true
		a.Autoscale = &autoscale{Type: p.Autoscale, Max: 2 * max(len(p.Members), 10), MinIdle: p.MinIdle, MinRetention: p.MinIdle,
			IdleRetention: 30, Isolation: true, MaxIsolated: 10}
		a.Reset = resetPolicy{Enable: true, PerDay: 3}
	}
	return a
}

// ofPool answers about the pool that the path names. One that does not exist
// is a bad request (TF).
func ofPool(reply func(w *world.World, r query.Request, p *world.Pool) any) func(*world.World, query.Request) any {
	return func(w *world.World, r query.Request) any {
		i := slices.IndexFunc(w.Pools, func(p *world.Pool) bool { return p.ID == r.Path["pool_id"] })
		if i < 0 {
			return response.Refusal("the desktop pool does not exist")
		}
		return reply(w, r, w.Pools[i])
	}
}

type poolDetailAnswer struct {
	poolAnswer
	Isolated int `json:"isolation_num"`
}

// poolDetail is an entry of the list with isolation_num.
func poolDetail(w *world.World, _ query.Request, p *world.Pool) any {
	return poolDetailAnswer{poolAnswer: poolEntry(w, p), Isolated: w.PoolState(p).Isolated}
}

type driftAnswer struct {
	Product  int `json:"product_id"`
	Image    int `json:"image_id"`
	DiskNum  int `json:"disk_num"`
	DiskSize int `json:"disk_size"`
}

func poolDrift(_ *world.World, _ query.Request, p *world.Pool) any {
	return driftAnswer(p.Drift())
}

type poolMember struct {
	Type    string `json:"object_type"`
	ID      string `json:"object_id"`
	Name    string `json:"object_name"`
	Domain  string `json:"domain"`
	Group   string `json:"user_group"`
	Created string `json:"created_at"`
}

// poolMembers lists the pool's group and the users who have a desktop of it.
func poolMembers(w *world.World, r query.Request, p *world.Pool) any {
	created := p.Created.Format(query.SecondFormat)
	all := []poolMember{{Type: "USER_GROUP", ID: w.HexID("group of pool "+p.Name, 0), Name: p.Name, Domain: "corp.example", Group: "users", Created: created}}
	for _, i := range p.Members {
		if d := &w.Desktops[i]; d.Owner >= 0 {
			all = append(all, poolMember{Type: "USER", ID: w.HexID("user", d.Owner), Name: world.UserName(d.Owner), Domain: "corp.example", Group: "users", Created: created})
		}
	}
	return members{{"objects", query.Page(r, all, 10)}, {"total_count", len(all)}}
}
