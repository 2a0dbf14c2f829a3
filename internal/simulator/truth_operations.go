package simulator

// OperationsTruth is what is done to desktops and what they are connected
// with. Counts of 0 are absent from maps.
type OperationsTruth struct {
	// Jobs are those that are listed, the newest first.
	Jobs []JobTruth
	// Snapshots are counted by status, Ports by status, FreeAddresses by
	// subnet with desktops.
	Snapshots, Ports, FreeAddresses map[string]int
	// Addresses are counted by state, bind or unbind.
	Addresses map[string]int
}

func (w *world) operationsTruth() OperationsTruth {
	t := OperationsTruth{Jobs: w.jobs(), Snapshots: map[string]int{}, Ports: map[string]int{}, FreeAddresses: map[string]int{}, Addresses: map[string]int{}}
	for _, one := range w.snapshotRows() {
		t.Snapshots[one.text("status")]++
	}
	for i := range w.desktops {
		if w.desktops[i].status == active {
			t.Ports["ACTIVE"]++
		} else {
			t.Ports["DOWN"]++
		}
	}
	for _, n := range w.networks() {
		if used := w.inSubnet(n.subnet); used > 0 {
			t.FreeAddresses[n.subnet] = max(n.addresses-reserved-used, 0)
		}
	}
	for _, one := range w.eipRows() {
		t.Addresses[one.text("state")]++
	}
	return t
}
