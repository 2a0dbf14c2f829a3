package world

import "fmt"

// Network of a site, and one that no desktop is in.
type Network struct {
	Subnet, VPC, CIDR string
	Addresses         int
}

// Networks of all sites.
func (w *World) Networks() []Network {
	all := []Network{{"subnet-" + w.Sites[0].Name, "vpc-" + w.Sites[0].Name, "10.64.0.0/10", 1 << 22}}
	for i, s := range w.Sites[1:] {
		all = append(all, Network{"subnet-" + s.Name, "vpc-" + s.Name, fmt.Sprintf("172.20.%d.0/19", 32*i), 1 << 13})
	}
	return append(all, Network{"subnet-spare", all[0].VPC, "192.168.7.0/24", 1 << 8})
}

// InSubnet counts the desktops of a subnet.
func (w *World) InSubnet(subnet string) int {
	n := 0
	for i := range w.Desktops {
		if w.Desktops[i].Place.Subnet == subnet {
			n++
		}
	}
	return n
}

// ReservedAddresses addresses of every subnet are for no desktop.
const ReservedAddresses = 5

// Addresses are the public ones by the desktops that they are bound to: every
// fiftieth, and three of none (nil).
func (w *World) Addresses() []*Desktop {
	var all []*Desktop
	for i := 0; i < len(w.Desktops); i += 50 {
		all = append(all, &w.Desktops[i])
	}
	return append(all, nil, nil, nil)
}
