package world

// Host is a dedicated host. What runs on it is made up: desktops here are on
// none. Without desktops all hosts are idle and work: an empty fleet is quiet.
type Host struct {
	ID, Name, Zone, State                          string
	VCPUs, FreeVCPUs, Memory, FreeMemory, Desktops int // memory in MB
}

// Hosts are three, the last one faulty.
func (w *World) Hosts() []Host {
	all, empty := make([]Host, 3), len(w.Desktops) == 0
	for i := range all {
		zones := w.Sites[0].Zones
		desktops := w.source("host", i).IntN(15)
		if empty {
			desktops = 0
		}
		all[i] = Host{
			ID: w.UUID("host", i), Name: "wdh-" + string(rune('1'+i)), Zone: zones[i%len(zones)], State: "available",
			VCPUs: 72, FreeVCPUs: 72 - 4*desktops, Memory: 270336, FreeMemory: 270336 - 8192*desktops, Desktops: desktops,
		}
	}
	if !empty {
		all[2].State = "fault"
	}
	return all
}
