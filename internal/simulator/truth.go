package simulator

import "time"

// Truth is the state of all projects at one moment.
type Truth struct {
	At       time.Time
	Projects map[string]ProjectTruth // by project id
}

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

// Logon is a kind of connection attempt.
type Logon struct {
	TerminalType      string
	Reconnect, Failed bool
}

func (l LoginRecord) logon() Logon {
	return Logon{TerminalType: l.TerminalType, Reconnect: l.Reconnect, Failed: l.FailureReason != ""}
}

// ProjectTruth is the state of one project.
type ProjectTruth struct {
	Fleet
	// ByType is by desktop type, DEDICATED and POOLED.
	ByType   map[string]Fleet
	Pools    []PoolTruth
	Desktops []DesktopTruth
	Alarms   []AlarmTruth
	Quotas   []Quota // of every site
	// Aggregated is the end of the newest day in the usage statistics.
	Aggregated time.Time
	// OnlineUsers is the newest hour's count of users.
	OnlineUsers int
	// Records are the login records that can be read now, the oldest first.
	Records []LoginRecord
	// Logons and FailureReasons count all records that could ever be read,
	// also those that are no longer kept.
	Logons         map[Logon]int
	FailureReasons map[string]int
	UsageTruth
	OperationsTruth
	// Service is the state of the service and of its main site, Incidents since
	// when incidents are on.
	Service   ServiceTruth
	Incidents map[Incident]time.Time
	// Inventory is what is beside desktops and pools.
	Inventory InventoryTruth
}

// IdleDesktops counts the desktops that were idle for at least some days.
func (p ProjectTruth) IdleDesktops(days int) int {
	n := 0
	for _, d := range p.Desktops {
		if d.Idle >= time.Duration(days)*day {
			n++
		}
	}
	return n
}

// ActiveAlarms counts the records in state alarm by level, 1 to 4.
func (p ProjectTruth) ActiveAlarms() map[int]int {
	return p.countAlarms(func(a AlarmTruth) bool { return a.Status == alarmActive })
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

func (f *Fleet) add(d *desktop) {
	f.Total++
	f.Run[d.status]++
	f.Attach[d.attach]++
	if d.unreachable {
		f.Login[UnableToConnect]++
	} else {
		f.Login[d.login]++
	}
}

// truth of a world that is up to date.
func (w *world) truth() ProjectTruth {
	t := ProjectTruth{
		Fleet:          newFleet(),
		ByType:         map[string]Fleet{},
		Aggregated:     w.aggregated,
		Logons:         map[Logon]int{},
		FailureReasons: map[string]int{},
	}
	byType := map[string]*Fleet{dedicated: new(newFleet()), pooled: new(newFleet())}
	byPool := map[*pool]*Fleet{}
	for _, p := range w.pools {
		byPool[p] = new(newFleet())
	}
	for i := range w.desktops {
		d := &w.desktops[i]
		t.add(d)
		byType[d.kind()].add(d)
		if d.pool != nil {
			byPool[d.pool].add(d)
		}
		t.Desktops = append(t.Desktops, DesktopTruth{
			ID: d.id, Name: d.name, PoolID: d.poolID(), Type: d.kind(), Zone: d.place.zone, User: d.userName(),
			Status: d.status, ConnectStatus: d.login, AttachState: d.attach, Task: d.task, ProductID: d.product.id, OSType: d.image.osType,
			Maintenance: d.maintenance, Idle: d.idleAt(w.aggregated),
		})
	}
	for kind, fleet := range byType {
		t.ByType[kind] = *fleet
	}
	for _, p := range w.pools {
		s := w.poolState(p)
		t.Pools = append(t.Pools, PoolTruth{ID: p.id, Name: p.name, Type: p.kind, Fleet: *byPool[p],
			Used: s.used, Isolated: s.isolated, Maintenance: p.maintenance, Status: s.status()})
	}
	for _, a := range w.alarms.list {
		t.Alarms = append(t.Alarms, AlarmTruth{RecordID: a.id, AlarmID: a.rule.id, Name: a.rule.name, Status: a.status,
			Metric: a.rule.metric, DesktopID: a.desktopID, Level: a.rule.level, Begin: a.begin})
	}
	for _, s := range w.sites {
		t.Quotas = append(t.Quotas, w.quotasOf(s, "")...)
	}
	hour := w.now.Truncate(time.Hour)
	t.OnlineUsers = w.online(hour, w.now, time.Hour)[0]
	w.recordsTruth(&t)
	t.UsageTruth = w.usageTruth()
	t.OperationsTruth = w.operationsTruth()
	t.Inventory = w.inventoryTruth()
	t.Service, t.Incidents = w.service(), w.incidentTruth()
	return t
}

// recordsTruth counts what can be read: all that was ever counted less what
// is still to become visible.
func (w *world) recordsTruth(t *ProjectTruth) {
	for logon, n := range w.records.logons {
		t.Logons[logon] = n
	}
	for reason, n := range w.records.reasons {
		t.FailureReasons[reason] = n
	}
	for _, record := range w.records.list {
		if !record.Visible.After(w.now) {
			t.Records = append(t.Records, record.as(w.now))
			continue
		}
		t.Logons[record.logon()]--
		if record.FailureReason != "" {
			t.FailureReasons[record.FailureReason]--
		}
	}
}
