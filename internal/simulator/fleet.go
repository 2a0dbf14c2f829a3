package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// Desktop states as the API spells them (API reference).
const (
	active     = "ACTIVE"
	shutOff    = "SHUTOFF"
	faulty     = "ERROR"
	hibernated = "HIBERNATED"

	unregistered = "UNREGISTER"
	registered   = "REGISTERED"
	connected    = "CONNECTED"
	disconnected = "DISCONNECTED"

	attached   = "ATTACHED"
	unattached = "UNATTACH"
	attaching  = "ATTACHING"
	attachFail = "ATTACHFAIL"

	dedicated = "DEDICATED"
	pooled    = "POOLED"

	dynamic = "DYNAMIC"
	static  = "STATIC"
)

// statuses are the legal values of a status filter.
var statuses = []string{active, shutOff, faulty, hibernated}

// product is a desktop package.
type product struct {
	id, packageType, architecture string
	cpu, memory                   int // vCPUs, MB
	disk, data                    int // GB; data 0: no data disk
	gpu                           bool
	prepaid                       bool
}

// image is what runs on a desktop.
type image struct{ id, name, osType, version string }

// site is a place where desktops run.
type site struct {
	id, name, kind string
	zones          []string
}

// pool is a desktop pool. What its desktops have in common stands here.
type pool struct {
	id, name, kind string
	place          // of its desktops
	product        *product
	image          *image
	created        time.Time
	maintenance    bool
	retention      int // minutes
	minIdle        int
	autoscale      string // of a dynamic one
	// members are the indexes of its desktops, in ascending order.
	members []int
}

// place is where a desktop runs.
type place struct {
	site   *site
	zone   string
	subnet string
}

// desktop is one desktop with all its state. Every answer about desktops is
// computed from these members and nothing else, so that all of them agree.
type desktop struct {
	// Fixed when the desktop is made.
	index             int
	id, name, sid, ip string
	pool              *pool // nil: a dedicated desktop
	place             place
	product           *product
	image             *image
	created           time.Time
	team              string
	// owner is the user the desktop is assigned to for good, -1 if none.
	owner int
	// idle desktops are never used.
	idle   bool
	frozen bool

	// Changed by the day.
	phase       phase
	next        time.Duration // simulated time of the next change
	arrive      time.Duration // when the user of the day comes
	leave       time.Duration // and goes
	status      string
	login       string
	unreachable bool // running, but cannot be connected to
	attach      string
	task        string
	maintenance bool
	isolated    bool
	user        int // attached user, -1 if none
	open        *LoginRecord
	lastUsed    time.Time
	// settled is lastUsed as of the last daily aggregation.
	settled time.Time
}

func catalogueOfProducts() []*product {
	return []*product{
		{id: "workspace.x86.ultimate.large2", packageType: "ultimate", architecture: "x86", cpu: 2, memory: 4096, disk: 80},
		{id: "workspace.x86.ultimate.xlarge2", packageType: "ultimate", architecture: "x86", cpu: 4, memory: 8192, disk: 80, data: 50},
		{id: "workspace.x86.enterprise.2xlarge2", packageType: "enterprise", architecture: "x86", cpu: 8, memory: 16384, disk: 120, data: 100, prepaid: true},
		{id: "workspace.kunpeng.general.large4", packageType: "general", architecture: "arm64", cpu: 4, memory: 16384, disk: 80},
		{id: "workspace.x86.workstation.4xlarge4", packageType: "workstation", architecture: "x86", cpu: 16, memory: 65536, disk: 200, data: 500, gpu: true},
	}
}

func catalogueOfImages() []*image {
	return []*image{
		{id: "image-win10", name: "win10-office", osType: "Windows", version: "Windows 10"},
		{id: "image-win11", name: "win11-office", osType: "Windows", version: "Windows 11"},
		{id: "image-ws2019", name: "server-2019", osType: "Windows", version: "Windows Server 2019"},
		{id: "image-ubuntu", name: "ubuntu-2204", osType: "Linux", version: "Ubuntu 22.04"},
	}
}

func sitesOf(region string) []*site {
	return []*site{
		{id: "s-center", name: "center", kind: "CENTER", zones: []string{region + "a", region + "b", region + "c"}},
		{id: "s-edge1", name: "edge-1", kind: "IES", zones: []string{region + "-ies1"}},
		{id: "s-edge2", name: "edge-2", kind: "IES", zones: []string{region + "-ies2"}},
	}
}

// draw makes the random source of one thing that never changes.
func (w *world) draw(kind string, index int) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, hash(kind)^mix(uint64(index))))
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash does not fail
	return h.Sum64()
}

// hex is an id of a thing in the form the API uses, 32 hexadecimal digits.
func (w *world) hex(kind string, index int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d", w.seed, kind, index))
	return hex.EncodeToString(sum[:16])
}

// uuid is the dashed form of hex.
func (w *world) uuid(kind string, index int) string {
	h := w.hex(kind, index)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// somewhere draws a place: nine in ten desktops run in the main site.
func (w *world) somewhere(r *rand.Rand) place {
	s := w.sites[[]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}[r.IntN(20)]]
	return place{site: s, zone: s.zones[r.IntN(len(s.zones))], subnet: "subnet-" + s.name}
}

// makePools makes n pools, every third a static one.
func (w *world) makePools(n int) {
	departments := []string{"development", "finance", "callcenter", "design", "support", "people", "sales", "laboratory", "training", "contractors", "research", "legal"}
	for i := range n {
		r := w.draw("pool", i)
		p := &pool{
			id:          w.uuid("pool", i),
			name:        departments[i%len(departments)],
			kind:        dynamic,
			place:       w.somewhere(r),
			product:     w.products[r.IntN(len(w.products))],
			image:       w.images[r.IntN(len(w.images))],
			created:     w.born.AddDate(0, 0, -100-r.IntN(600)),
			maintenance: r.IntN(25) == 0,
			retention:   []int{10, 30, 60}[r.IntN(3)],
			minIdle:     2 + r.IntN(10),
			autoscale:   "AUTO_CREATED",
		}
		if i%4 == 1 {
			p.autoscale = "ACCESS_CREATED"
		}
		if i%3 == 2 {
			p.kind = static
		}
		if i >= len(departments) {
			p.name = fmt.Sprintf("%s-%d", p.name, i/len(departments)+1)
		}
		w.pools = append(w.pools, p)
	}
}

// newDesktop makes the desktop of an index: the same one whatever the size of
// the fleet.
func (w *world) newDesktop(index int) *desktop {
	r := w.draw("desktop", index)
	d := &desktop{
		index:   index,
		id:      w.uuid("desktop", index),
		sid:     fmt.Sprintf("S-1-5-21-%d-%d", 1000000+r.IntN(8999999), 1000+index),
		ip:      fmt.Sprintf("10.%d.%d.%d", 64+index>>16&63, index>>8&255, index&255),
		product: w.products[[]int{0, 0, 0, 0, 1, 1, 1, 2, 3, 4}[r.IntN(10)]],
		image:   w.images[[]int{0, 0, 0, 1, 1, 1, 1, 2, 3, 3}[r.IntN(10)]],
		place:   w.somewhere(r),
		team:    []string{"red", "blue", "green", "amber"}[r.IntN(4)],
		owner:   index,
		attach:  attached,
		frozen:  r.IntN(500) == 0,
		idle:    r.IntN(12) == 0,
	}
	// Small pools and large ones: a pool's chance is proportional to its number.
	if weight := len(w.pools) * (len(w.pools) + 1) / 2; weight > 0 && r.IntN(10) < 6 {
		at := r.IntN(weight)
		for i, p := range w.pools {
			if at -= i + 1; at < 0 {
				d.pool, d.place, d.product, d.image = p, p.place, p.product, p.image
				break
			}
		}
	}
	d.name = fmt.Sprintf("DESK-%05d", index)
	if d.pool != nil {
		d.name = fmt.Sprintf("POOL-%05d", index)
	}
	switch {
	case d.pool != nil && d.pool.kind == dynamic:
		d.owner, d.attach = -1, unattached
	case r.IntN(300) == 0:
		d.owner, d.attach = -1, attachFail
	case r.IntN(20) == 0:
		d.owner, d.attach = -1, unattached
	}
	d.user = d.owner
	d.idle = d.idle || d.frozen || d.owner < 0 && (d.pool == nil || d.pool.kind == static)
	return d
}

// indexPools lists the members of all pools, after the fleet has grown or shrunk.
func (w *world) indexPools() {
	for _, p := range w.pools {
		p.members = p.members[:0]
	}
	for i := range w.desktops {
		if p := w.desktops[i].pool; p != nil {
			p.members = append(p.members, i)
		}
	}
}

// userOf is the user whom a desktop serves on a simulated day. Dynamic pools
// give their users another desktop every day.
func (w *world) userOf(d *desktop, at time.Duration) int {
	if d.owner >= 0 || d.pool == nil {
		return d.owner
	}
	members := d.pool.members
	place, _ := slices.BinarySearch(members, d.index)
	return members[(place+int(dayOf(at)/day)*7)%len(members)]
}

// userName is the name of a user; two users never share one.
func userName(user int) string {
	first := []string{"alice", "bruno", "chen", "daria", "emeka", "fatima", "georg", "hana", "ivan", "jin", "kofi", "lucia", "mei", "nadia", "omar", "priya"}
	last := []string{"adler", "baker", "costa", "diaz", "evans", "fischer", "garcia", "huang", "ito", "jensen", "khan", "lopez", "meyer", "nkosi", "okafor", "park"}
	name := first[user%16] + "." + last[user/16%16]
	if user >= 256 {
		return fmt.Sprintf("%s%d", name, user/256+1)
	}
	return name
}
