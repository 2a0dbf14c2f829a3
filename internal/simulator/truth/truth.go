// Package truth is what is the case in a world, counted without the code of the
// answers, for tests to compare with.
package truth

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Fleet counts desktops by the states of the API's enumerations. States that
// no desktop is in are absent.
type Fleet struct {
	Total int
	// Run is by status: ACTIVE, SHUTOFF, ERROR, HIBERNATED.
	Run map[string]int
	// Login is by login status; running desktops that cannot be connected to
	// are under UNABLE_TO_CONNECT. The lists of desktops show those as
	// UNREGISTER: they have no word for them.
	Login map[string]int
	// Attach is by attach state: ATTACHED, UNATTACH, ATTACHING, ATTACHFAIL.
	Attach map[string]int
}

// UnableToConnect is the key of Fleet.Login that is no login status.
const UnableToConnect = "UNABLE_TO_CONNECT"

// PoolTruth is one pool.
type PoolTruth struct {
	ID, Name, Type string
	Fleet          Fleet
	// Used is the number of desktops with a user, Isolated of those taken out
	// of service.
	Used, Isolated int
	Maintenance    bool
	Status         string
}

// DesktopTruth is one desktop as ListDesktops shows it.
type DesktopTruth struct {
	ID, Name, PoolID, Type, Zone, User string
	Status, ConnectStatus, AttachState string
	Task, ProductID, OSType            string
	Maintenance                        bool
	// Idle is the time without use up to ProjectTruth.Aggregated.
	Idle time.Duration
}

// AlarmTruth is one alarm record.
type AlarmTruth struct {
	RecordID, AlarmID, Name, Status, Metric, DesktopID string
	Level                                              int
	Begin                                              time.Time
}

// ProjectTruth is the state of one project.
type ProjectTruth struct {
	Fleet
	// ByType is by desktop type, DEDICATED and POOLED.
	ByType   map[string]Fleet
	Pools    []PoolTruth
	Desktops []DesktopTruth
	Alarms   []AlarmTruth
	Quotas   []world.Quota // of every site
	// Aggregated is the end of the newest day in the usage statistics.
	Aggregated time.Time
	// OnlineUsers is the newest hour's count of users.
	OnlineUsers int
	// Records are the login records that can be read now, the oldest first.
	Records []world.LoginRecord
	// Logons and FailureReasons count all records that could ever be read,
	// also those that are no longer kept.
	Logons         map[world.Logon]int
	FailureReasons map[string]int
	UsageTruth
	OperationsTruth
	// Service is the state of the service and of its main site, Incidents since
	// when incidents are on.
	Service   world.ServiceState
	Incidents map[world.Incident]time.Time
	// Inventory is what is beside desktops and pools.
	Inventory InventoryTruth
}

// IdleDesktops counts the desktops that were idle for at least some days.
func (p ProjectTruth) IdleDesktops(days int) int {
	n := 0
	for _, d := range p.Desktops {
		if d.Idle >= time.Duration(days)*world.Day {
			n++
		}
	}
	return n
}

// ActiveAlarms counts the records in state alarm by level, 1 to 4.
func (p ProjectTruth) ActiveAlarms() map[int]int {
	return p.countAlarms(func(a AlarmTruth) bool { return a.Status == world.AlarmActive })
}

// AlarmRecords counts the records of every state by level, 1 to 4.
func (p ProjectTruth) AlarmRecords() map[int]int {
	return p.countAlarms(func(AlarmTruth) bool { return true })
}

func (p ProjectTruth) countAlarms(in func(AlarmTruth) bool) map[int]int {
	n := map[int]int{}
	for _, a := range p.Alarms {
		if in(a) {
			n[a.Level]++
		}
	}
	return n
}

func newFleet() Fleet {
	return Fleet{Run: map[string]int{}, Login: map[string]int{}, Attach: map[string]int{}}
}

func (f *Fleet) add(d *world.Desktop) {
	f.Total++
	f.Run[d.Status]++
	f.Attach[d.Attach]++
	if d.Unreachable {
		f.Login[UnableToConnect]++
	} else {
		f.Login[d.Login]++
	}
}

// Of a world that is up to date.
func Of(w *world.World) ProjectTruth {
	t := ProjectTruth{
		Fleet:          newFleet(),
		ByType:         map[string]Fleet{},
		Aggregated:     w.Aggregated,
		Logons:         map[world.Logon]int{},
		FailureReasons: map[string]int{},
	}
	byType := map[string]*Fleet{world.Dedicated: new(newFleet()), world.Pooled: new(newFleet())}
	byPool := map[*world.Pool]*Fleet{}
	for _, p := range w.Pools {
		byPool[p] = new(newFleet())
	}
	for i := range w.Desktops {
		d := &w.Desktops[i]
		t.add(d)
		byType[d.Kind()].add(d)
		if d.Pool != nil {
			byPool[d.Pool].add(d)
		}
		t.Desktops = append(t.Desktops, DesktopTruth{
			ID: d.ID, Name: d.Name, PoolID: d.PoolID(), Type: d.Kind(), Zone: d.Place.Zone, User: d.UserName(),
			Status: d.Status, ConnectStatus: d.Login, AttachState: d.Attach, Task: d.Task, ProductID: d.Product.ID, OSType: d.Image.OSType,
			Maintenance: d.Maintenance, Idle: d.IdleAt(w.Aggregated),
		})
	}
	for kind, fleet := range byType {
		t.ByType[kind] = *fleet
	}
	for _, p := range w.Pools {
		s := w.PoolState(p)
		t.Pools = append(t.Pools, PoolTruth{ID: p.ID, Name: p.Name, Type: p.Kind, Fleet: *byPool[p],
			Used: s.Used, Isolated: s.Isolated, Maintenance: p.Maintenance, Status: s.Status()})
	}
	for _, a := range w.Alarms.List {
		t.Alarms = append(t.Alarms, AlarmTruth{RecordID: a.ID, AlarmID: a.Rule.ID, Name: a.Rule.Name, Status: a.Status,
			Metric: a.Rule.Metric, DesktopID: a.DesktopID, Level: a.Rule.Level, Begin: a.Begin})
	}
	for _, s := range w.Sites {
		t.Quotas = append(t.Quotas, w.QuotasOf(s, "")...)
	}
	hour := w.Now.Truncate(time.Hour)
	t.OnlineUsers = w.OnlineUsers(hour, w.Now, time.Hour)[0]
	recordsTruth(w, &t)
	t.UsageTruth = usageTruth(w)
	t.OperationsTruth = operationsTruth(w)
	t.Inventory = inventoryTruth(w)
	t.Service, t.Incidents = w.Service(), w.Incidents()
	return t
}

// recordsTruth counts what can be read: all that was ever counted less what
// is still to become visible.
func recordsTruth(w *world.World, t *ProjectTruth) {
	for logon, n := range w.Records.Logons {
		t.Logons[logon] = n
	}
	for reason, n := range w.Records.Reasons {
		t.FailureReasons[reason] = n
	}
	for _, record := range w.Records.List {
		if !record.Visible.After(w.Now) {
			t.Records = append(t.Records, record.At(w.Now))
			continue
		}
		t.Logons[record.Kind()]--
		if record.FailureReason != "" {
			t.FailureReasons[record.FailureReason]--
		}
	}
}
