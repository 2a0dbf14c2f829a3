package world

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/random"
)

// attempt begins a record of a desktop and its user.
func (w *World) attempt(d *Desktop, at time.Duration, reconnect bool) *LoginRecord {
	terminals := []string{"Windows 10", "Windows 10", "Windows 11", "Windows 11", "Windows 11", "macOS 14", "Linux", "Android 14", "iOS 17", "Web"}
	user := max(d.User, 0)
	pick := random.Mix(w.seed ^ uint64(user))
	w.Records.serial++
	start := w.clock.real(at)
	return &LoginRecord{
		TransactionID: fmt.Sprintf("tx-%08x-%08d", uint32(w.seed), w.Records.serial),
		ComputerName:  d.Name,
		SID:           d.SID,
		UserName:      UserName(user),
		TerminalType:  terminals[pick%uint64(len(terminals))],
		ClientVersion: []string{"24.1.0", "24.2.3", "24.3.1"}[pick/16%3],
		AgentVersion:  []string{"24.1.0", "24.2.2"}[d.Index%2],
		DesktopIP:     d.IP,
		PublicIP:      fmt.Sprintf("198.51.100.%d", pick>>8%250+1),
		Start:         start,
		Visible:       start,
		Reconnect:     reconnect,
	}
}

// failedLogon records an attempt that fails after some seconds.
func (w *World) failedLogon(d *Desktop, at time.Duration, reconnect bool) {
	reasons := []string{"WKS.00010032", "WKS.00010032", "WKS.00020108", "WKS.00020115", "WKS.00030201", "WKS.00040007", "CONNECTION_TIMEOUT"}
	record := w.attempt(d, at, reconnect)
	record.FailureReason = reasons[w.rand.IntN(len(reasons))]
	if w.incidents.has(LogonsFail) {
		record.FailureReason = IncidentReason
	}
	record.End = record.Start.Add(time.Duration(1+w.rand.IntN(20)) * time.Second)
	record.Visible = record.End.Add(w.lateness())
	w.Records.add(record, w.maxRecords)
}

// startSession records a connection and returns the time it takes to set up.
func (w *World) startSession(d *Desktop, at time.Duration, reconnect bool) time.Duration {
	setup := time.Duration(1+w.rand.IntN(8)) * time.Second
	if w.chance(0.02) {
		setup += time.Duration(w.rand.IntN(30)) * time.Second
	}
	if w.incidents.has(LogonsFail) {
		setup += time.Minute
	}
	record := w.attempt(d, at, reconnect)
	record.Setup = record.Start.Add(setup)
	record.NetworkRTT = 4 + int(w.rand.ExpFloat64()*22)
	record.EndToEndRTT = record.NetworkRTT + 8 + w.rand.IntN(40)
	record.Visible = record.Start.Add(w.lateness())
	w.Records.add(record, w.maxRecords)
	if d.User >= 0 {
		w.loggedOn[d.User] = true
	}
	d.Session, d.LastUsed = record, record.Start
	return setup
}

// endSession closes the open record of a desktop, if there is one.
func (w *World) endSession(d *Desktop, at time.Duration) {
	if d.Session == nil {
		return
	}
	end := w.clock.real(at)
	if end.Before(d.Session.Setup) { // the fleet was cut during a set-up
		end = d.Session.Setup
	}
	d.Session.End, d.LastUsed, d.Session = end, end, nil
}

// lateness is how long after the fact a record can be read: mostly at once,
// sometimes minutes.
func (w *World) lateness() time.Duration {
	if w.chance(0.96) {
		return 0
	}
	return time.Duration(5+w.rand.IntN(145)) * time.Second
}

// AddRecord takes a record from outside.
func (w *World) AddRecord(record LoginRecord) {
	for _, t := range []*time.Time{&record.Start, &record.Setup, &record.End, &record.Visible} {
		*t = t.UTC().Truncate(time.Second)
	}
	if record.Visible.IsZero() {
		record.Visible = record.Start
	}
	if record.TransactionID == "" {
		w.Records.serial++
		record.TransactionID = fmt.Sprintf("tx-%08x-%08d", uint32(w.seed), w.Records.serial)
	}
	w.Records.add(&record, w.maxRecords)
}

// OnlineUsers counts in each bucket the users who had a session in it. At most 64
// buckets: a user's are the bits of a number.
func (w *World) OnlineUsers(from, to time.Time, width time.Duration) []int {
	buckets := int(to.Sub(from)/width) + 1
	present := map[string]uint64{}
	// A session begins at most a simulated day before it is counted.
	oldest := from.Add(-time.Duration(float64(Day) / w.clock.speed))
	w.Records.Newest(w.Now, oldest, to, func(record *LoginRecord) bool {
		if record.Setup.IsZero() || record.Setup.After(w.Now) {
			return true
		}
		end := record.End
		if end.IsZero() || end.After(w.Now) {
			end = w.Now
		}
		first, last := int(max(record.Start.Sub(from), 0)/width), min(int(end.Sub(from)/width), buckets-1)
		if !end.Before(from) && first <= last {
			present[record.UserName] |= (1<<(last-first+1) - 1) << first
		}
		return true
	})
	counts := make([]int, buckets)
	for _, mask := range present {
		for ; mask != 0; mask &= mask - 1 {
			counts[bits.TrailingZeros64(mask)]++
		}
	}
	return counts
}
