package truth

import "github.com/workspace-exporter/workspace_exporter/internal/simulator/world"

// InventoryTruth is what the inventory of a project tells beside its desktops
// and pools. Counts of 0 are absent from maps.
type InventoryTruth struct {
	// Tasks are counted by task_status, Frozen by charge mode, Products by id,
	// HourPackages by use-up policy, Agents by version ("" is not installed).
	Tasks, Frozen, Products, HourPackages, Agents map[string]int
	Maintenance, Isolated, Disconnected           int
	// Drift and PoolUsers (users with a desktop for good) are by pool id.
	Drift     map[string]world.Drift
	PoolUsers map[string]int
	Hosts     []world.Host
	// TerminalBindings is the number of bound terminals.
	TerminalBindings int
	// Monitored is the newest value of each metric by desktop id.
	Monitored map[string]map[string]float64
}

func inventoryTruth(w *world.World) InventoryTruth {
	t := InventoryTruth{
		Tasks: map[string]int{}, Frozen: map[string]int{}, Products: map[string]int{}, HourPackages: map[string]int{}, Agents: map[string]int{},
		Drift: map[string]world.Drift{}, PoolUsers: map[string]int{}, Hosts: w.Hosts(), Monitored: map[string]map[string]float64{},
	}
	count := func(n *int, counts bool) {
		if counts {
			*n++
		}
	}
	newest := w.Now.Truncate(world.MonitorPeriod)
	for i := range w.Desktops {
		d := &w.Desktops[i]
		if d.Task != "" {
			t.Tasks[d.Task]++
		}
		if d.Frozen {
			t.Frozen[d.ChargeMode()]++
		}
		if p := d.HourPackage(); p != nil {
			t.HourPackages[p.Policy]++
		}
		t.Products[d.Product.ID]++
		t.Agents[d.AgentVersion()]++
		count(&t.Maintenance, d.Maintenance)
		count(&t.Isolated, d.Isolated)
		count(&t.Disconnected, d.Login == world.Disconnected)
		count(&t.TerminalBindings, d.Pool == nil && d.Index%10 == 0)
		if d.Status != world.Active {
			continue
		}
		t.Monitored[d.ID] = map[string]float64{}
		for _, k := range world.MonitorKinds() {
			if !k.Guest || d.Image.OSType != "Linux" {
				t.Monitored[d.ID][k.Metric] = w.MonitorValue(d, k, newest)
			}
		}
	}
	for _, p := range w.Pools {
		t.Drift[p.ID] = p.Drift()
		for _, i := range p.Members {
			if w.Desktops[i].Owner >= 0 {
				t.PoolUsers[p.ID]++
			}
		}
	}
	return t
}
