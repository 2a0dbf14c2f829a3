package world

import (
	"time"
)

func (d *Desktop) Kind() string {
	if d.Pool != nil {
		return Pooled
	}
	return Dedicated
}

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

func (d *Desktop) ChargeMode() string {
	if d.Product.Prepaid {
		return "0"
	}
	return "1"
}

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
