package world

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

// totals is what the desktops of a place take up.
type totals struct {
	instances, gpu                       int
	cores, memory, allCores, allMemory   int
	volumes, gigabytes, users, desktopsN int
}

// totalsOf adds up the desktops for which in is true. Cores and memory are
// those of running desktops: they fill in the morning.
func (w *World) totalsOf(in func(*Desktop) bool) totals {
	var t totals
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if !in(d) {
			continue
		}
		t.desktopsN++
		if d.Product.GPU {
			t.gpu++
		} else {
			t.instances++
		}
		t.allCores += d.Product.CPU
		t.allMemory += d.Product.Memory
		if d.Status == Active {
			t.cores += d.Product.CPU
			t.memory += d.Product.Memory
		}
		t.volumes++
		t.gigabytes += d.Product.Disk + d.Product.Data
		if d.Product.Data > 0 {
			t.volumes++
		}
		if w.loggedOn[i] {
			t.users++
		}
	}
	return t
}

// quotaFor is a limit somewhat above what may be needed.
func quotaFor(needed, step int) int { return (needed*6/5/step + 1) * step }

// QuotasOf lists the quotas of a site, or of one of its zones ("" for all).
func (w *World) QuotasOf(s *Site, zone string) []Quota {
	t := w.totalsOf(func(d *Desktop) bool { return d.Place.Site == s && (zone == "" || d.Place.Zone == zone) })
	list := []Quota{
		{Type: "general_instances", Limit: quotaFor(t.desktopsN, 50), Used: t.instances},
		{Type: "gpu_instances", Limit: quotaFor(t.gpu, 10), Used: t.gpu},
		{Type: "cores", Limit: quotaFor(t.allCores, 100), Used: t.cores},
		{Type: "Cores", Limit: quotaFor(t.allCores, 100), Used: t.cores},
		{Type: "Memory", Limit: quotaFor(t.allMemory, 10240), Used: t.memory, Unit: "MB"},
		{Type: "volume_gigabytes", Limit: quotaFor(t.gigabytes, 1000), Used: t.gigabytes, Unit: "GB"},
	}
	if s.Kind == "CENTER" { // edge sites have no quotas of these
		list = append(list,
			Quota{Type: "volumes", Limit: -1, Used: t.volumes},
			Quota{Type: "deh", Limit: 5, Used: 1},
			Quota{Type: "users", Limit: quotaFor(t.desktopsN, 100), Used: t.users},
			Quota{Type: "policy_groups", Limit: 50, Used: 7})
	}
	for i := range list {
		list[i].SiteID = s.ID
	}
	return list
}
