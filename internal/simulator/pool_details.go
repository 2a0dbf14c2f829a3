package simulator

import "slices"

// poolOf is the pool a path names, nil if there is none.
func (w *world) poolOf(r request) *pool {
	i := slices.IndexFunc(w.pools, func(p *pool) bool { return p.id == r.path["pool_id"] })
	if i < 0 {
		return nil
	}
	return w.pools[i]
}

// noPool is answered for a pool that does not exist: a bad request (TF).
const noPool = refusal("the desktop pool does not exist")

type poolDetailAnswer struct {
	poolAnswer
	Isolated int `json:"isolation_num"`
}

// poolDetail is an entry of the list with isolation_num.
func poolDetail(w *world, r request) any {
	p := w.poolOf(r)
	if p == nil {
		return noPool
	}
	return poolDetailAnswer{poolAnswer: w.poolAnswer(p), Isolated: w.poolState(p).isolated}
}

// Drift counts the desktops of a pool that differ from it. All members are
// counts.
type Drift struct {
	Product  int `json:"product_id"`
	Image    int `json:"image_id"`
	DiskNum  int `json:"disk_num"`
	DiskSize int `json:"disk_size"`
}

// drift is made up: desktops here are always as their pool.
func (p *pool) drift() Drift {
	n := mix(hash(p.id))
	if n%3 != 0 {
		return Drift{}
	}
	return Drift{Image: min(int(n/3%7), len(p.members)), DiskSize: min(int(n/21%2), len(p.members))}
}

func poolDrift(w *world, r request) any {
	p := w.poolOf(r)
	if p == nil {
		return noPool
	}
	return p.drift()
}

type poolMembersAnswer struct {
	Objects []poolMember `json:"objects"`
	Total   int          `json:"total_count"`
}

type poolMember struct {
	Type    string `json:"object_type"`
	ID      string `json:"object_id"`
	Name    string `json:"object_name"`
	Domain  string `json:"domain"`
	Group   string `json:"user_group"`
	Created string `json:"created_at"`
}

// poolMembers lists the pool's group and the users who have a desktop of it.
func poolMembers(w *world, r request) any {
	p := w.poolOf(r)
	if p == nil {
		return noPool
	}
	created := p.created.Format(secondFormat)
	all := []poolMember{{Type: "USER_GROUP", ID: w.hex("group of pool "+p.name, 0), Name: p.name, Domain: "corp.example", Group: "users", Created: created}}
	for _, i := range p.members {
		if d := &w.desktops[i]; d.owner >= 0 {
			all = append(all, poolMember{Type: "USER", ID: w.hex("user", d.owner), Name: userName(d.owner), Domain: "corp.example", Group: "users", Created: created})
		}
	}
	return poolMembersAnswer{Objects: page(r, all, 10), Total: len(all)}
}
