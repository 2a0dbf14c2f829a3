package truth

import "github.com/workspace-exporter/workspace_exporter/internal/simulator/world"

// OperationsTruth is what is done to desktops and what they are connected
// with. Counts of 0 are absent from maps.
type OperationsTruth struct {
	// Jobs are those that are listed, the newest first.
	Jobs []world.Job
	// Snapshots are counted by status, Ports by status, FreeAddresses by
	// subnet with desktops.
	Snapshots, Ports, FreeAddresses map[string]int
	// Addresses are counted by state, bind or unbind.
	Addresses map[string]int
}

func operationsTruth(w *world.World) OperationsTruth {
	t := OperationsTruth{Jobs: w.Jobs(), Snapshots: map[string]int{}, Ports: map[string]int{}, FreeAddresses: map[string]int{}, Addresses: map[string]int{}}
	for _, s := range w.Snapshots() {
		t.Snapshots[s.Status]++
	}
	for i := range w.Desktops {
		if w.Desktops[i].Status == world.Active {
			t.Ports["ACTIVE"]++
		} else {
			t.Ports["DOWN"]++
		}
	}
	for _, n := range w.Networks() {
		if used := w.InSubnet(n.Subnet); used > 0 {
			t.FreeAddresses[n.Subnet] = max(n.Addresses-world.ReservedAddresses-used, 0)
		}
	}
	for _, d := range w.Addresses() {
		if d != nil {
			t.Addresses["bind"]++
		} else {
			t.Addresses["unbind"]++
		}
	}
	return t
}
