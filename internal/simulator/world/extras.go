package world

import (
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// AgentVersion is that of a desktop's monitoring agent, "" without one: Linux
// has none, and one in fifty Windows desktops neither.
func (d *Desktop) AgentVersion() string {
	if d.Image.OSType == "Linux" || d.Index%50 == 17 {
		return ""
	}
	return []string{"2.7.5", "2.7.5", "2.7.4", "2.6.12"}[d.Index%4]
}

// HourPackage is a prepaid number of hours of use.
type HourPackage struct {
	Spec, Policy   string
	Duration, Used int // hours
}

// HourPackage of a desktop, nil for the most: one in twenty dedicated desktops
// has one.
func (d *Desktop) HourPackage() *HourPackage {
	if d.Pool != nil || d.Index%20 != 3 {
		return nil
	}
	p := &HourPackage{Spec: "hour.package.120", Policy: "SHUTDOWN_OR_HIBERNATE", Duration: 120, Used: int(random.Mix(uint64(d.Index)) % 130)}
	if d.Index%40 == 3 {
		p.Policy = "PAY_PER_USE"
	}
	return p
}

// Drift counts the desktops of a pool that differ from it.
type Drift struct {
	Product, Image, DiskNum, DiskSize int
}

// Drift is made up: desktops here are always as their pool.
func (p *Pool) Drift() Drift {
	n := random.Mix(random.Hash(p.ID))
	if n%3 != 0 {
		return Drift{}
	}
	return Drift{Image: min(int(n/3%7), len(p.Members)), DiskSize: min(int(n/21%2), len(p.Members))}
}
