package simulator

// InventoryTruth is what the inventory of a project tells beside its desktops
// and pools. Counts of 0 are absent from maps.
type InventoryTruth struct {
	// Tasks are counted by task_status, Frozen by charge mode, Products by id,
	// HourPackages by use-up policy, Agents by version ("" is not installed).
	Tasks, Frozen, Products, HourPackages, Agents map[string]int
	Maintenance, Isolated, Disconnected           int
	// Drift and PoolUsers (users with a desktop for good) are by pool id.
	Drift     map[string]Drift
	PoolUsers map[string]int
	Hosts     []Host
	// TerminalBindings is the number of bound terminals.
	TerminalBindings int
	// Monitored is the newest value of each metric by desktop id.
	Monitored map[string]map[string]float64
}

func (w *world) inventoryTruth() InventoryTruth {
	t := InventoryTruth{
		Tasks: map[string]int{}, Frozen: map[string]int{}, Products: map[string]int{}, HourPackages: map[string]int{}, Agents: map[string]int{},
		Drift: map[string]Drift{}, PoolUsers: map[string]int{}, Hosts: w.hosts(), Monitored: map[string]map[string]float64{},
	}
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	newest := w.now.Truncate(MonitorPeriod)
	for i := range w.desktops {
		d := &w.desktops[i]
		if d.task != "" {
			t.Tasks[d.task]++
		}
		if d.frozen {
			t.Frozen[d.chargeMode()]++
		}
		if p := d.hourPackage(); p != nil {
			t.HourPackages[p.Policy]++
		}
		t.Products[d.product.id]++
		t.Agents[d.agent().Version]++
		count(&t.Maintenance, d.maintenance)
		count(&t.Isolated, d.isolated)
		count(&t.Disconnected, d.login == disconnected)
		count(&t.TerminalBindings, d.pool == nil && d.index%10 == 0)
		if d.status != active {
			continue
		}
		t.Monitored[d.id] = map[string]float64{}
		for _, k := range monitorKinds() {
			if !k.guest || d.image.osType != "Linux" {
				t.Monitored[d.id][k.metric] = w.monitored(d, k, newest)
			}
		}
	}
	for _, p := range w.pools {
		t.Drift[p.id] = p.drift()
		for _, i := range p.members {
			if w.desktops[i].owner >= 0 {
				t.PoolUsers[p.id]++
			}
		}
	}
	return t
}
