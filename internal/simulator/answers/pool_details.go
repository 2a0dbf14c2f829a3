package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func poolDetailsAnswers() map[string]Answer {
	return map[string]Answer{
		"ShowDesktopPoolDetail":            {Reply: poolDetail},
		"ListInconsistentStatics":          {Reply: poolDrift},
		"ListDesktopPoolAuthorizedObjects": {Params: query.Paging(100, query.AnyOffset), Reply: poolMembers},
	}
}

// poolOf is the pool a path names, nil if there is none.
func poolOf(w *world.World, r query.Request) *world.Pool {
	i := slices.IndexFunc(w.Pools, func(p *world.Pool) bool { return p.ID == r.Path["pool_id"] })
	if i < 0 {
		return nil
	}
	return w.Pools[i]
}

// noPool is answered for a pool that does not exist: a bad request (TF).
const noPool = response.Refusal("the desktop pool does not exist")

type poolDetailAnswer struct {
	poolAnswer
	Isolated int `json:"isolation_num"`
}

// poolDetail is an entry of the list with isolation_num.
func poolDetail(w *world.World, r query.Request) any {
	p := poolOf(w, r)
	if p == nil {
		return noPool
	}
	return poolDetailAnswer{poolAnswer: poolEntry(w, p), Isolated: w.PoolState(p).Isolated}
}

type driftAnswer struct {
	Product  int `json:"product_id"`
	Image    int `json:"image_id"`
	DiskNum  int `json:"disk_num"`
	DiskSize int `json:"disk_size"`
}

func poolDrift(w *world.World, r query.Request) any {
	p := poolOf(w, r)
	if p == nil {
		return noPool
	}
	return driftAnswer(p.Drift())
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
func poolMembers(w *world.World, r query.Request) any {
	p := poolOf(w, r)
	if p == nil {
		return noPool
	}
	created := p.Created.Format(query.SecondFormat)
	all := []poolMember{{Type: "USER_GROUP", ID: w.HexID("group of pool "+p.Name, 0), Name: p.Name, Domain: "corp.example", Group: "users", Created: created}}
	for _, i := range p.Members {
		if d := &w.Desktops[i]; d.Owner >= 0 {
			all = append(all, poolMember{Type: "USER", ID: w.HexID("user", d.Owner), Name: world.UserName(d.Owner), Domain: "corp.example", Group: "users", Created: created})
		}
	}
	return members{{"objects", query.Page(r, all, 10)}, {"total_count", len(all)}}
}
