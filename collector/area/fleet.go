package area

import (
	"math"
)

// Kind is a kind of thing that calls and series are counted by.
type Kind string

// The kinds there are; FleetKinds says what each is and how many there are
// where nobody has counted.
const (
	Desktops        Kind = "desktops"
	InUse           Kind = "in_use"
	Running         Kind = "running"
	Pools           Kind = "pools"
	Users           Kind = "users"
	UserGroups      Kind = "user_groups"
	UsersOfPool     Kind = "users_of_pool"
	LoginsPerHour   Kind = "logins_per_hour"
	JobsPerHour     Kind = "jobs_per_hour"
	AlarmRecords    Kind = "alarm_records"
	ActiveAlarms    Kind = "active_alarms"
	HourPackages    Kind = "hour_packages"
	FailedSnapshots Kind = "failed_snapshots"
	ScriptRuns      Kind = "script_runs"
	ScheduledTasks  Kind = "scheduled_tasks"
	EdgeSites       Kind = "edge_sites"
	Hosts           Kind = "hosts"
	Subnets         Kind = "subnets"
	Bandwidths      Kind = "bandwidths"
	NotifyRules     Kind = "notify_rules"
	AccessPolicies  Kind = "access_policies"
	PolicyGroups    Kind = "policy_groups"
	Images          Kind = "images"
	Products        Kind = "products"
	Apps            Kind = "apps"
)

// FleetKind describes a kind.
type FleetKind struct {
	Kind Kind
	// One and Many name it in a sentence.
	One, Many string
	// Default is the number for a fleet of so many desktops, Why its reason.
	Default func(desktops float64) float64
	Why     string
}

// FleetKinds returns all kinds, desktops first.
func FleetKinds() []FleetKind {
	part := func(share float64) func(float64) float64 {
		return func(desktops float64) float64 { return share * desktops }
	}
	always := func(n float64) func(float64) float64 { return func(float64) float64 { return n } }
	return []FleetKind{
		{Desktops, "desktop", "desktops", part(1), "10000; other numbers follow from it unless they are given"},
		{InUse, "desktop in use", "desktops that a user is connected to at the busiest time", part(0.7), "seven in ten users are at work at once"},
		{Running, "running desktop", "desktops that run at the busiest time", part(0.8), "those in use, and some that are ready or disconnected"},
		{Pools, "pool", "desktop pools", func(n float64) float64 { return min(4+n/250, 60) }, "a few, and one for each 250 desktops, 60 at most"},
		{Users, "user", "users", part(1.2), "one for each desktop, and some who share the desktops of pools or have left"},
		{UserGroups, "user group", "user groups", func(n float64) float64 { return 5 + n/500 }, "a few, and one for each 500 desktops"},
		{UsersOfPool, "user of a pool", "users and groups that may use a pool, on average", always(20), "pools are given to groups rather than to single users"},
		{LoginsPerHour, "login of an hour", "logins in the busiest hour", part(0.5), "half of the users come within one hour of the morning"},
		{JobsPerHour, "job of an hour", "jobs of the service in the busiest hour", func(n float64) float64 { return 40 + n/2 }, "some at any time, and half of the desktops are switched on within an hour"},
		{AlarmRecords, "alarm record", "alarm records that the API lists, resolved ones too", func(n float64) float64 { return min(20+n/10, 250) }, "some, and one for each 10 desktops, 250 at most as the simulator keeps them; --observed knows yours"},
		{ActiveAlarms, "active alarm", "alarms that are active at once", func(n float64) float64 { return 1 + n/500 }, "one for each 500 desktops"},
		{HourPackages, "hour package", "desktops with an hour package", part(0.02), "few desktops are paid for so"},
		{FailedSnapshots, "failed snapshot", "snapshots that could not be made or restored and are still listed", part(0.01), "one for each 100 desktops"},
		{ScriptRuns, "script execution", "executions of scripts within a day", always(20), "scripts run on many desktops at once"},
		{ScheduledTasks, "scheduled task", "scheduled tasks that are enabled", always(6), "a few for each project, whatever its size"},
		{EdgeSites, "edge site", "edge sites", always(2), "most projects have none"},
		{Hosts, "dedicated host", "dedicated hosts", always(3), "most projects have none"},
		{Subnets, "subnet", "subnets with desktops", always(3), "a few for each project"},
		{Bandwidths, "bandwidth", "shared bandwidths", always(2), "a few for each project"},
		{NotifyRules, "rule", "rules about idle desktops", always(3), "a few for each project"},
		{AccessPolicies, "access policy", "access policies", always(3), "a few for each project"},
		{PolicyGroups, "policy group", "policy groups", always(10), "one for each kind of user"},
		{Images, "image", "images", always(20), "those of the service and a few of one's own"},
		{Products, "product", "desktop packages on sale, each way of paying for it", always(50), "what a region offers"},
		{Apps, "application", "applications of the application centre", always(20), "what the tenant offers"},
	}
}

// Fleet says how many things of each kind a project has.
type Fleet map[Kind]float64

// NewFleet returns a fleet: what is not counted follows from the number of
// desktops.
func NewFleet(counted map[Kind]float64) Fleet {
	f := make(Fleet, len(FleetKinds()))
	for _, k := range FleetKinds() {
		n, known := counted[k.Kind]
		if !known {
			n = math.Floor(k.Default(counted[Desktops]))
		}
		f[k.Kind] = n
	}
	return f
}

// kindOf returns the description of a kind.
func kindOf(kind Kind) FleetKind {
	for _, k := range FleetKinds() {
		if k.Kind == kind {
			return k
		}
	}
	return FleetKind{Kind: kind, One: string(kind), Many: string(kind)}
}
