package simulator

import "slices"

// Quota is one resource's limit and use at one site.
type Quota struct {
	SiteID string
	// Type as the API spells it: `cores` and `Cores` are both there.
	Type string
	// Limit -1 means unlimited.
	Limit, Used int
	// Unit is MB for Memory, GB for volume_gigabytes, else "".
	Unit string
}

// tally is what the desktops of a place take up.
type tally struct {
	instances, gpu                       int
	cores, memory, allCores, allMemory   int
	volumes, gigabytes, users, desktopsN int
}

// tallyOf adds up the desktops for which in is true. Cores and memory are
// those of running desktops: they fill in the morning.
func (w *world) tallyOf(in func(*desktop) bool) tally {
	var t tally
	for i := range w.desktops {
		d := &w.desktops[i]
		if !in(d) {
			continue
		}
		t.desktopsN++
		if d.product.gpu {
			t.gpu++
		} else {
			t.instances++
		}
		t.allCores += d.product.cpu
		t.allMemory += d.product.memory
		if d.status == active {
			t.cores += d.product.cpu
			t.memory += d.product.memory
		}
		t.volumes++
		t.gigabytes += d.product.disk + d.product.data
		if d.product.data > 0 {
			t.volumes++
		}
		if w.seen[i] {
			t.users++
		}
	}
	return t
}

// room is a limit somewhat above what may be needed.
func room(needed, step int) int { return (needed*6/5/step + 1) * step }

// quotasOf lists the quotas of a site, or of one of its zones ("" for all).
func (w *world) quotasOf(s *site, zone string) []Quota {
	t := w.tallyOf(func(d *desktop) bool { return d.place.site == s && (zone == "" || d.place.zone == zone) })
	list := []Quota{
		{Type: "general_instances", Limit: room(t.desktopsN, 50), Used: t.instances},
		{Type: "gpu_instances", Limit: room(t.gpu, 10), Used: t.gpu},
		{Type: "cores", Limit: room(t.allCores, 100), Used: t.cores},
		{Type: "Cores", Limit: room(t.allCores, 100), Used: t.cores},
		{Type: "Memory", Limit: room(t.allMemory, 10240), Used: t.memory, Unit: "MB"},
		{Type: "volume_gigabytes", Limit: room(t.gigabytes, 1000), Used: t.gigabytes, Unit: "GB"},
	}
	if s.kind == "CENTER" { // edge sites have no quotas of these
		list = append(list,
			Quota{Type: "volumes", Limit: -1, Used: t.volumes},
			Quota{Type: "deh", Limit: 5, Used: 1},
			Quota{Type: "users", Limit: room(t.desktopsN, 100), Used: t.users},
			Quota{Type: "policy_groups", Limit: 50, Used: 7})
	}
	for i := range list {
		list[i].SiteID = s.id
	}
	return list
}

type quotaResource struct {
	Type  string `json:"type"`
	Quota int    `json:"quota"`
	Used  int    `json:"used"`
	Unit  string `json:"unit"`
}

type quotaResources struct {
	SiteID    string          `json:"site_id,omitempty"`
	Resources []quotaResource `json:"resources"`
}

type quotasAnswer struct {
	Quotas quotaResources   `json:"quotas"`
	Sites  []quotaResources `json:"site_quotas"`
}

func resources(list []Quota) []quotaResource {
	out := []quotaResource{}
	for _, q := range list {
		out = append(out, quotaResource{Type: q.Type, Quota: q.Limit, Used: q.Used, Unit: q.Unit})
	}
	return out
}

// quotas lists the main site's and, apart, each edge site's.
func quotas(w *world, _ request) any {
	answer := quotasAnswer{Quotas: quotaResources{Resources: resources(w.quotasOf(w.sites[0], ""))}, Sites: []quotaResources{}}
	for _, s := range w.sites[1:] {
		answer.Sites = append(answer.Sites, quotaResources{SiteID: s.id, Resources: resources(w.quotasOf(s, ""))})
	}
	return answer
}

// quotaDetails is one site's, the main one if none is named.
func quotaDetails(w *world, r request) any {
	s := w.sites[0]
	if r.has("site_id") {
		i := slices.IndexFunc(w.sites, func(s *site) bool { return s.id == r.text("site_id") })
		if i < 0 {
			return refusal("the site does not exist")
		}
		s = w.sites[i]
	}
	if r.has("az_code") && !slices.Contains(s.zones, r.text("az_code")) {
		return refusal("the availability zone does not exist")
	}
	return quotaResources{SiteID: s.id, Resources: resources(w.quotasOf(s, r.text("az_code")))}
}
