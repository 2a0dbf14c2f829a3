package simulator

import (
	"fmt"
	"slices"
	"time"
)

// LoginRecord is one attempt to connect to a desktop. Times are real, in whole
// seconds; the zero time means that something has not happened (yet).
type LoginRecord struct {
	TransactionID           string
	ComputerName, SID       string
	UserName                string
	TerminalType            string
	ClientVersion           string
	AgentVersion            string
	DesktopIP, PublicIP     string
	Start, Setup, End       time.Time
	Reconnect               bool
	FailureReason           string // non-empty: the attempt failed
	NetworkRTT, EndToEndRTT int    // ms, known from Setup on

	// Visible is when the record can be read first. A failure becomes visible
	// when it has failed, so that what is visible never turns from a success
	// into a failure; some records come late.
	Visible time.Time
}

// as the record reads at a time: what lies ahead is not in it.
func (l LoginRecord) as(now time.Time) LoginRecord {
	if l.Setup.After(now) {
		l.Setup = time.Time{}
	}
	if l.End.After(now) {
		l.End = time.Time{}
	}
	if l.Setup.IsZero() {
		l.NetworkRTT, l.EndToEndRTT = 0, 0
	}
	return l
}

// retention of login records. The reference names none; the newer export of
// the same records is limited to 30 days.
const retention = 30 * 24 * time.Hour

// records of a project, by ascending start.
type records struct {
	list    []*LoginRecord
	serial  int
	logons  map[Logon]int
	reasons map[string]int
}

func newRecords() records {
	return records{logons: map[Logon]int{}, reasons: map[string]int{}}
}

// add keeps the list sorted and bounded and counts the record for good.
func (r *records) add(record *LoginRecord, most int) {
	at := len(r.list)
	for at > 0 && r.list[at-1].Start.After(record.Start) {
		at--
	}
	r.list = slices.Insert(r.list, at, record)
	// Cutting now and then is cheaper than moving all records each time.
	if len(r.list) > most+most/4 {
		r.list = slices.Clone(r.list[len(r.list)-most:])
	}
	r.logons[record.logon()]++
	if record.FailureReason != "" {
		r.reasons[record.FailureReason]++
	}
}

// newest visits the visible records, the newest first, until visit is false.
func (r *records) newest(now, from, to time.Time, visit func(*LoginRecord) bool) {
	if oldest := now.Add(-retention); from.Before(oldest) {
		from = oldest
	}
	for _, record := range slices.Backward(r.list) {
		switch {
		case record.Start.After(to) || record.Visible.After(now):
		case record.Start.Before(from) || !visit(record):
			return
		}
	}
}

// postpone moves what was to happen after a time.
func (r *records) postpone(after time.Time, by time.Duration) {
	by = by.Round(time.Second)
	for _, record := range r.list {
		for _, t := range []*time.Time{&record.Setup, &record.End, &record.Visible} {
			if t.After(after) {
				*t = t.Add(by)
			}
		}
	}
}

// attempt begins a record of a desktop and its user.
func (w *world) attempt(d *desktop, at time.Duration, reconnect bool) *LoginRecord {
	terminals := []string{"Windows 10", "Windows 10", "Windows 11", "Windows 11", "Windows 11", "macOS 14", "Linux", "Android 14", "iOS 17", "Web"}
	user := max(d.user, 0)
	pick := mix(w.seed ^ uint64(user))
	w.records.serial++
	start := w.clock.real(at)
	return &LoginRecord{
		TransactionID: fmt.Sprintf("tx-%08x-%08d", uint32(w.seed), w.records.serial),
		ComputerName:  d.name,
		SID:           d.sid,
		UserName:      userName(user),
		TerminalType:  terminals[pick%uint64(len(terminals))],
		ClientVersion: []string{"24.1.0", "24.2.3", "24.3.1"}[pick/16%3],
		AgentVersion:  []string{"24.1.0", "24.2.2"}[d.index%2],
		DesktopIP:     d.ip,
		PublicIP:      fmt.Sprintf("198.51.100.%d", pick>>8%250+1),
		Start:         start,
		Visible:       start,
		Reconnect:     reconnect,
	}
}

// failedLogon records an attempt that fails after some seconds.
func (w *world) failedLogon(d *desktop, at time.Duration, reconnect bool) {
	reasons := []string{"WKS.00010032", "WKS.00010032", "WKS.00020108", "WKS.00020115", "WKS.00030201", "WKS.00040007", "CONNECTION_TIMEOUT"}
	record := w.attempt(d, at, reconnect)
	record.FailureReason = reasons[w.rand.IntN(len(reasons))]
	if w.incidents.on(LogonsFail) {
		record.FailureReason = IncidentReason
	}
	record.End = record.Start.Add(time.Duration(1+w.rand.IntN(20)) * time.Second)
	record.Visible = record.End.Add(w.lateness())
	w.records.add(record, w.maxRecords)
}

// startSession records a connection and returns the time it takes to set up.
func (w *world) startSession(d *desktop, at time.Duration, reconnect bool) time.Duration {
	setup := time.Duration(1+w.rand.IntN(8)) * time.Second
	if w.chance(0.02) {
		setup += time.Duration(w.rand.IntN(30)) * time.Second
	}
	if w.incidents.on(LogonsFail) {
		setup += time.Minute
	}
	record := w.attempt(d, at, reconnect)
	record.Setup = record.Start.Add(setup)
	record.NetworkRTT = 4 + int(w.rand.ExpFloat64()*22)
	record.EndToEndRTT = record.NetworkRTT + 8 + w.rand.IntN(40)
	record.Visible = record.Start.Add(w.lateness())
	w.records.add(record, w.maxRecords)
	if d.user >= 0 {
		w.seen[d.user] = true
	}
	d.open, d.lastUsed = record, record.Start
	return setup
}

// endSession closes the open record of a desktop, if there is one.
func (w *world) endSession(d *desktop, at time.Duration) {
	if d.open == nil {
		return
	}
	end := w.clock.real(at)
	if end.Before(d.open.Setup) { // the fleet was cut during a set-up
		end = d.open.Setup
	}
	d.open.End, d.lastUsed, d.open = end, end, nil
}

// lateness is how long after the fact a record can be read: mostly at once,
// sometimes minutes.
func (w *world) lateness() time.Duration {
	if w.chance(0.96) {
		return 0
	}
	return time.Duration(5+w.rand.IntN(145)) * time.Second
}

// addRecord takes a record from outside.
func (w *world) addRecord(record LoginRecord) {
	for _, t := range []*time.Time{&record.Start, &record.Setup, &record.End, &record.Visible} {
		*t = t.UTC().Truncate(time.Second)
	}
	if record.Visible.IsZero() {
		record.Visible = record.Start
	}
	if record.TransactionID == "" {
		w.records.serial++
		record.TransactionID = fmt.Sprintf("tx-%08x-%08d", uint32(w.seed), w.records.serial)
	}
	w.records.add(&record, w.maxRecords)
}
