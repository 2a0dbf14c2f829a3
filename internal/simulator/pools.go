package simulator

type poolListAnswer struct {
	Total int          `json:"total_count"`
	Pools []poolAnswer `json:"desktop_pools"`
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

// poolState is what the desktops of a pool say about it.
type poolState struct {
	desktops, used, isolated int
	frozen, tasks            bool
}

func (w *world) poolState(p *pool) poolState {
	s := poolState{desktops: len(p.members)}
	for _, i := range p.members {
		d := &w.desktops[i]
		if d.user >= 0 {
			s.used++
		}
		if d.isolated {
			s.isolated++
		}
		s.frozen = s.frozen || d.frozen
		s.tasks = s.tasks || d.task != ""
	}
	return s
}

// status as the API spells it.
func (s poolState) status() string {
	switch {
	case s.frozen:
		return "EXIST_FROZEN"
	case s.tasks:
		return "TEMPORARY"
	}
	return "STEADY"
}

// poolList lists the pools; isolation_num is left to the detail call.
func poolList(w *world, r request) any {
	wanted := filters[*pool]{
		"name":                  partly(func(p *pool) string { return p.name }),
		"type":                  exactly(func(p *pool) string { return p.kind }),
		"in_maintenance_mode":   flagged(func(p *pool) bool { return p.maintenance }),
		"enterprise_project_id": always[*pool]("0"),
	}.of(r)
	var found []*pool
	for _, p := range w.pools {
		if wanted(p) {
			found = append(found, p)
		}
	}
	list := poolListAnswer{Total: len(found), Pools: []poolAnswer{}}
	for _, p := range page(r, found, 1000) {
		list.Pools = append(list.Pools, w.poolAnswer(p))
	}
	return list
}

// poolAnswer writes a pool; a static one has no autoscale policy (null).
func (w *world) poolAnswer(p *pool) poolAnswer {
	state := w.poolState(p)
	a := poolAnswer{
		ID: p.id, Name: p.name, Type: p.kind, Created: p.created.Format("2006-01-02T15:04:05.000Z"), Charging: p.product.answer().Charge,
		Desktops: state.desktops, Used: state.used, Zone: p.zone, Subnet: p.subnet, Subnets: []string{p.subnet},
		Product: p.product.answer(), ImageID: p.image.id, ImageName: p.image.name, ImageOSType: p.image.osType, ImageOSVersion: p.image.version,
		Root: volume{Type: "SAS", Size: p.product.disk, ID: "root-" + p.id}, Data: []volume{},
		SecurityGroups: []idName{{ID: "sg-desktops", Name: "WorkspaceUserSecurityGroup"}},
		Retention:      p.retention, Status: state.status(), Enterprise: "0", Maintenance: p.maintenance,
		Tags: []tag{{Key: "department", Value: p.name}}, OU: "workspace", VPC: "vpc-" + p.site.name, Domain: "corp.example",
	}
	if p.product.data > 0 {
		a.Data = []volume{{Type: "SSD", Size: p.product.data, ID: "data-" + p.id}}
	}
	if p.kind == dynamic {
		a.EnableAutoscale = true
		a.Autoscale = &autoscale{Type: p.autoscale, Max: 2 * max(len(p.members), 10), MinIdle: p.minIdle, MinRetention: p.minIdle,
			IdleRetention: 30, Isolation: true, MaxIsolated: 10}
		a.Reset = resetPolicy{Enable: true, PerDay: 3}
	}
	return a
}
