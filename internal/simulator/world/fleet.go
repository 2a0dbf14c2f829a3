package world

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// Desktop states as the API spells them (API reference).
const (
	Active     = "ACTIVE"
	ShutOff    = "SHUTOFF"
	Faulty     = "ERROR"
	Hibernated = "HIBERNATED"

	Unregistered = "UNREGISTER"
	Registered   = "REGISTERED"
	Connected    = "CONNECTED"
	Disconnected = "DISCONNECTED"

	Attached   = "ATTACHED"
	Unattached = "UNATTACH"
	Attaching  = "ATTACHING"
	AttachFail = "ATTACHFAIL"

	Dedicated = "DEDICATED"
	Pooled    = "POOLED"

	Dynamic = "DYNAMIC"
	Static  = "STATIC"
)

// Statuses are the legal values of a status filter.
var Statuses = []string{Active, ShutOff, Faulty, Hibernated}

// Product is a desktop package.
type Product struct {
	ID, PackageType, Architecture string
	CPU, Memory                   int // vCPUs, MB
	Disk, Data                    int // GB; data 0: no data disk
	GPU                           bool
	Prepaid                       bool
}

// Image is what runs on a desktop.
type Image struct{ ID, Name, OSType, Version string }

// Site is a place where desktops run.
type Site struct {
	ID, Name, Kind string
	Zones          []string
}

// Pool is a desktop pool. What its desktops have in common stands here.
type Pool struct {
	ID, Name, Kind string
	Place          // of its desktops
	Product        *Product
	Image          *Image
	Created        time.Time
	Maintenance    bool
	Retention      int // minutes
	MinIdle        int
	Autoscale      string // of a dynamic one
	// Members are the indexes of its desktops, in ascending order.
	Members []int
}

// Place is where a desktop runs.
type Place struct {
	Site   *Site
	Zone   string
	Subnet string
}

// Desktop is one desktop with all its state. Every answer about desktops is
// computed from these members and nothing else, so that all of them agree.
type Desktop struct {
	// Fixed when the desktop is made.
	Index             int
	ID, Name, SID, IP string
	Pool              *Pool // nil: a dedicated desktop
	Place             Place
	Product           *Product
	Image             *Image
	Created           time.Time
	Team              string
	// Owner is the user the desktop is assigned to for good, -1 if none.
	Owner int
	// idle desktops are never used.
	idle   bool
	Frozen bool

	// Changed by the day.
	phase       phase
	next        time.Duration // simulated time of the next change
	arrive      time.Duration // when the user of the day comes
	leave       time.Duration // and goes
	Status      string
	Login       string
	Unreachable bool // running, but cannot be connected to
	Attach      string
	Task        string
	Maintenance bool
	Isolated    bool
	User        int // attached user, -1 if none
	Session     *LoginRecord
	LastUsed    time.Time
	// settled is lastUsed as of the last daily aggregation.
	settled time.Time
}

// Kind is DEDICATED or POOLED.
func (d *Desktop) Kind() string {
	if d.Pool != nil {
		return Pooled
	}
	return Dedicated
}

// PoolID is that of its pool, "" without one.
func (d *Desktop) PoolID() string {
	if d.Pool == nil {
		return ""
	}
	return d.Pool.ID
}

// Group is the desktop group it is counted in.
func (d *Desktop) Group() string {
	if d.Pool == nil {
		return "default"
	}
	return d.Pool.Name
}

// UserName is the attached user's, "" if there is none.
func (d *Desktop) UserName() string {
	if d.User < 0 {
		return ""
	}
	return UserName(d.User)
}

// ChargeMode is 0 for prepaid desktops, else 1.
func (d *Desktop) ChargeMode() string {
	if d.Product.Prepaid {
		return "0"
	}
	return "1"
}

// UserName is the name of a user; two users never share one.
func UserName(user int) string {
	first := []string{"alice", "bruno", "chen", "daria", "emeka", "fatima", "georg", "hana", "ivan", "jin", "kofi", "lucia", "mei", "nadia", "omar", "priya"}
	last := []string{"adler", "baker", "costa", "diaz", "evans", "fischer", "garcia", "huang", "ito", "jensen", "khan", "lopez", "meyer", "nkosi", "okafor", "park"}
	name := first[user%16] + "." + last[user/16%16]
	if user >= 256 {
		return fmt.Sprintf("%s%d", name, user/256+1)
	}
	return name
}

// phase is where a desktop is in its day.
type phase int

const (
	asleep      phase = iota // nobody expected before the next working day
	starting                 // powering on
	booted                   // running, its agent has not registered yet
	waiting                  // registered, its user has not come yet
	entering                 // its user is logging on
	working                  // in use
	away                     // disconnected, its user will be back
	finished                 // the day is over, still running
	stopping                 // powering off
	broken                   // fault
	unreachable              // running, but cannot be connected to
	maintained               // in maintenance mode
	lost                     // running, but an incident took its registration
	retired                  // nothing ever happens
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
