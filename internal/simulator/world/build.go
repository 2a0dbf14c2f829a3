package world

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// somewhere draws a place: nine in ten desktops run in the main site.
func (w *World) somewhere(r *rand.Rand) Place {
	s := w.Sites[[]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}[r.IntN(20)]]
	return Place{Site: s, Zone: s.Zones[r.IntN(len(s.Zones))], Subnet: "subnet-" + s.Name}
}

// makePools makes n pools, every third a static one.
func (w *World) makePools(n int) {
	departments := []string{"development", "finance", "callcenter", "design", "support", "people", "sales", "laboratory", "training", "contractors", "research", "legal"}
	for i := range n {
		r := w.source("pool", i)
		p := &Pool{
			ID:          w.UUID("pool", i),
			Name:        departments[i%len(departments)],
			Kind:        Dynamic,
			Place:       w.somewhere(r),
			Product:     w.Products[r.IntN(len(w.Products))],
			Image:       w.Images[r.IntN(len(w.Images))],
			Created:     w.Started.AddDate(0, 0, -100-r.IntN(600)),
			Maintenance: r.IntN(25) == 0,
			Retention:   []int{10, 30, 60}[r.IntN(3)],
			MinIdle:     2 + r.IntN(10),
			Autoscale:   "AUTO_CREATED",
		}
		if i%4 == 1 {
			p.Autoscale = "ACCESS_CREATED"
		}
		if i%3 == 2 {
			p.Kind = Static
		}
		if i >= len(departments) {
			p.Name = fmt.Sprintf("%s-%d", p.Name, i/len(departments)+1)
		}
		w.Pools = append(w.Pools, p)
	}
}

// newDesktop makes the desktop of an index: the same one whatever the size of
// the fleet.
func (w *World) newDesktop(index int) *Desktop {
	r := w.source("desktop", index)
	d := &Desktop{
		Index:   index,
		ID:      w.UUID("desktop", index),
		SID:     fmt.Sprintf("S-1-5-21-%d-%d", 1000000+r.IntN(8999999), 1000+index),
		IP:      fmt.Sprintf("10.%d.%d.%d", 64+index>>16&63, index>>8&255, index&255),
		Product: w.Products[[]int{0, 0, 0, 0, 1, 1, 1, 2, 3, 4}[r.IntN(10)]],
		Image:   w.Images[[]int{0, 0, 0, 1, 1, 1, 1, 2, 3, 3}[r.IntN(10)]],
		Place:   w.somewhere(r),
		Team:    []string{"red", "blue", "green", "amber"}[r.IntN(4)],
		Owner:   index,
		Attach:  Attached,
		Frozen:  r.IntN(500) == 0,
		idle:    r.IntN(12) == 0,
	}
	// Small pools and large ones: a pool's chance is proportional to its number.
	if weight := len(w.Pools) * (len(w.Pools) + 1) / 2; weight > 0 && r.IntN(10) < 6 {
		at := r.IntN(weight)
		for i, p := range w.Pools {
			if at -= i + 1; at < 0 {
				d.Pool, d.Place, d.Product, d.Image = p, p.Place, p.Product, p.Image
				break
			}
		}
	}
	d.Name = fmt.Sprintf("DESK-%05d", index)
	if d.Pool != nil {
		d.Name = fmt.Sprintf("POOL-%05d", index)
	}
	switch {
	case d.Pool != nil && d.Pool.Kind == Dynamic:
		d.Owner, d.Attach = -1, Unattached
	case r.IntN(300) == 0:
		d.Owner, d.Attach = -1, AttachFail
	case r.IntN(20) == 0:
		d.Owner, d.Attach = -1, Unattached
	}
	d.User = d.Owner
	d.idle = d.idle || d.Frozen || d.Owner < 0 && (d.Pool == nil || d.Pool.Kind == Static)
	return d
}

// indexPools lists the members of all pools, after the fleet has grown or shrunk.
func (w *World) indexPools() {
	for _, p := range w.Pools {
		p.Members = p.Members[:0]
	}
	for i := range w.Desktops {
		if p := w.Desktops[i].Pool; p != nil {
			p.Members = append(p.Members, i)
		}
	}
}

// userOf is the user whom a desktop serves on a simulated day. Dynamic pools
// give their users another desktop every day.
func (w *World) userOf(d *Desktop, at time.Duration) int {
	if d.Owner >= 0 || d.Pool == nil {
		return d.Owner
	}
	members := d.Pool.Members
	place, _ := slices.BinarySearch(members, d.Index)
	return members[(place+int(dayOf(at)/Day)*7)%len(members)]
}

// Resize grows or shrinks the fleet.
func (w *World) Resize(n int) {
	n = max(n, 0)
	at := w.clock.simulated(w.Now)
	for i := n; i < len(w.Desktops); i++ {
		w.endSession(&w.Desktops[i], at)
	}
	if n < len(w.Desktops) {
		w.Alarms.forget(w.Desktops[n:])
		w.Desktops = slices.Delete(w.Desktops, n, len(w.Desktops))
		w.events = slices.DeleteFunc(w.events, func(e event) bool { return e.actor >= n })
	}
	first := len(w.Desktops)
	w.Desktops = slices.Grow(w.Desktops, n-first)
	for i := first; i < n; i++ {
		w.Desktops = append(w.Desktops, *w.newDesktop(i))
	}
	w.indexPools()
	w.loggedOn = append(w.loggedOn, make([]bool, max(n-len(w.loggedOn), 0))...)
	for i := first; i < n; i++ {
		w.settle(&w.Desktops[i], at)
		w.events = append(w.events, event{at: w.Desktops[i].next, actor: i})
	}
	heap.Init(&w.events)
}
