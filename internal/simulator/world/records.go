package world

import (
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

// At the record reads at a time: what lies ahead is not in it.
func (l LoginRecord) At(now time.Time) LoginRecord {
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

// Records of a project, by ascending start.
type Records struct {
	List    []*LoginRecord
	serial  int
	Logons  map[Logon]int
	Reasons map[string]int
}

func newRecords() Records {
	return Records{Logons: map[Logon]int{}, Reasons: map[string]int{}}
}

// add keeps the list sorted and bounded and counts the record for good.
func (r *Records) add(record *LoginRecord, most int) {
	at := len(r.List)
	for at > 0 && r.List[at-1].Start.After(record.Start) {
		at--
	}
	r.List = slices.Insert(r.List, at, record)
	// Cutting now and then is cheaper than moving all records each time.
	if len(r.List) > most+most/4 {
		r.List = slices.Clone(r.List[len(r.List)-most:])
	}
	r.Logons[record.Kind()]++
	if record.FailureReason != "" {
		r.Reasons[record.FailureReason]++
	}
}

// Newest visits the visible records, the newest first, until visit is false.
func (r *Records) Newest(now, from, to time.Time, visit func(*LoginRecord) bool) {
	if oldest := now.Add(-retention); from.Before(oldest) {
		from = oldest
	}
	for _, record := range slices.Backward(r.List) {
		switch {
		case record.Start.After(to) || record.Visible.After(now):
		case record.Start.Before(from) || !visit(record):
			return
		}
	}
}

// postpone moves what was to happen after a time.
func (r *Records) postpone(after time.Time, by time.Duration) {
	by = by.Round(time.Second)
	for _, record := range r.List {
		for _, t := range []*time.Time{&record.Setup, &record.End, &record.Visible} {
			if t.After(after) {
				*t = t.Add(by)
			}
		}
	}
}

// Logon is a kind of connection attempt.
type Logon struct {
	TerminalType      string
	Reconnect, Failed bool
}

// Kind of the attempt.
func (l LoginRecord) Kind() Logon {
	return Logon{TerminalType: l.TerminalType, Reconnect: l.Reconnect, Failed: l.FailureReason != ""}
}
