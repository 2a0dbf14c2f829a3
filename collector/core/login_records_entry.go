package core

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// loginRecord is an entry of ListLoginRecordsNew. User, terminal and desktop
// only tell records apart that have no transaction_id; they go no further.
type loginRecord struct {
	TransactionID string           `json:"transaction_id"`
	SID           string           `json:"sid"`
	User          string           `json:"user_name"`
	TerminalName  string           `json:"terminal_name"`
	TerminalMAC   string           `json:"terminal_mac"`
	TerminalType  string           `json:"terminal_type"`
	Reconnect     apiclient.Text   `json:"is_reconnect"`
	Start         apiclient.Time   `json:"connection_start_time"`
	Setup         apiclient.Time   `json:"connection_setup_time"`
	End           apiclient.Time   `json:"connection_end_time"`
	Reason        string           `json:"connection_failure_reason"`
	NetworkRTT    apiclient.Number `json:"network_rtt"` // ms
	EndToEndRTT   apiclient.Number `json:"e2e_rtt"`     // ms
}

// pieces are the parts of a record that are counted each for itself, because
// the API fills a record in bit by bit.
type pieces uint8

const (
	attemptCounted pieces = 1 << iota
	setupCounted
	networkRTTCounted
	endToEndRTTCounted
	endCounted
	allCounted = 1<<iota - 1
)

// trackedRecord is what is kept of a record between polls.
type trackedRecord struct {
	Start time.Time `json:"start"`
	// Latest is the last time the record tells: until it is behind the
	// watermark the record can be listed again, by whichever of its times the
	// API selects.
	Latest time.Time `json:"latest"`
	Done   pieces    `json:"done"`
}

// open tells whether the end of a session is still to come, which is waited
// for if it began after oldest.
func (t trackedRecord) open(oldest time.Time) bool {
	return t.Done&endCounted == 0 && t.Start.After(oldest)
}

// digestKey begins the keys of records without a transaction_id.
const digestKey = "sha256:"

// key identifies a record; it is "" if nothing does.
func (r loginRecord) key() string {
	if r.TransactionID != "" {
		return r.TransactionID
	}
	if r.SID == "" && r.User == "" && r.Start.Time().IsZero() {
		return ""
	}
	h := sha256.Sum256([]byte(strings.Join([]string{
		r.SID, r.User, r.Start.Time().Format(time.RFC3339Nano), r.TerminalName, r.TerminalMAC, r.TerminalType,
	}, "\x00")))
	return digestKey + hex.EncodeToString(h[:16])
}

// has returns the pieces that the record tells.
func (r loginRecord) has() pieces {
	var p pieces
	set := func(piece pieces, there bool) {
		if there {
			p |= piece
		}
	}
	set(attemptCounted, r.failed())
	set(setupCounted, !r.Setup.Time().IsZero())
	set(networkRTTCounted, decode.Measured(r.NetworkRTT))
	set(endToEndRTTCounted, decode.Measured(r.EndToEndRTT))
	set(endCounted, !r.End.Time().IsZero())
	return p
}

// reading tells readings of one record apart by how much they tell. A record
// without a key has an empty one.
func (r loginRecord) reading() string {
	key := r.key()
	if key == "" {
		return ""
	}
	return key + " " + strconv.Itoa(int(r.has()))
}

// join makes one record of two readings: the one that tells more, or the
// later one, filled up from the other.
func (r loginRecord) join(earlier loginRecord) loginRecord {
	more, less := r, earlier
	if bits.OnesCount8(uint8(less.has())) > bits.OnesCount8(uint8(more.has())) {
		more, less = less, more
	}
	missing := less.has() &^ more.has()
	if missing&attemptCounted != 0 {
		more.Reason = less.Reason
	}
	if missing&setupCounted != 0 {
		more.Setup = less.Setup
	}
	if missing&networkRTTCounted != 0 {
		more.NetworkRTT = less.NetworkRTT
	}
	if missing&endToEndRTTCounted != 0 {
		more.EndToEndRTT = less.EndToEndRTT
	}
	if missing&endCounted != 0 {
		more.End = less.End
	}
	if more.Start.Time().IsZero() {
		more.Start = less.Start
	}
	return more
}

// failed follows the reference: a reason that is not empty is a failure, but for
// the code that stands for success elsewhere.
func (r loginRecord) failed() bool {
	reason := strings.TrimSpace(r.Reason)
	return reason != "" && decode.Code(reason) != decode.CodeSuccess
}

// began is the start, or the first other time if the record has none. Times
// in the future are nonsense (clocks of client and server never differ by
// more than 15 minutes, or the signature would be refused); zero if unknown.
func (r loginRecord) began(now time.Time) time.Time {
	for _, t := range []apiclient.Time{r.Start, r.Setup, r.End} {
		if at := t.Time(); !at.IsZero() && at.Before(now.Add(time.Hour)) {
			return at
		}
	}
	return time.Time{}
}

// latest is the last time the record tells, at most now; now if it tells none.
func (r loginRecord) latest(now time.Time) time.Time {
	var last time.Time
	for _, t := range []apiclient.Time{r.Start, r.Setup, r.End} {
		last = decode.Later(last, t.Time())
	}
	if last.IsZero() || last.After(now) {
		return now
	}
	return last
}

const (
	// settled is how long after its start an attempt without a failure reason
	// and without a set-up time counts as successful.
	settled = 2 * time.Minute
)

// attempt is a counted connection attempt; reason is "" if it went well.
type attempt struct{ terminal, reconnect, reason string }

// pollCounts collects what a poll counts.
type pollCounts struct {
	exactReasons                             []string // option failure_reasons
	attempts                                 []attempt
	setup, networkRTT, endToEndRTT, sessions []float64
}

// add counts the pieces of r that are there and not done yet, and returns
// what is done then.
func (t *pollCounts) add(r loginRecord, done pieces, now time.Time) pieces {
	if done&attemptCounted == 0 {
		switch {
		case r.failed():
			t.attempts = append(t.attempts, r.attempt(decode.ReasonLabel(strings.TrimSpace(r.Reason), t.exactReasons)))
			return allCounted
		case r.has()&(setupCounted|endCounted) != 0, r.settledAt(now):
			t.attempts = append(t.attempts, r.attempt(""))
			done |= attemptCounted
		default:
			return done
		}
	}
	if r.failed() && r.Setup.Time().IsZero() {
		// The reason came too late to count, but it says that no session is
		// to come.
		return allCounted
	}
	fresh := r.has() &^ done
	if fresh&setupCounted != 0 {
		t.setup = decode.AppendDuration(t.setup, r.Start, r.Setup)
		done |= setupCounted
	}
	if fresh&networkRTTCounted != 0 {
		t.networkRTT = appendMillis(t.networkRTT, r.NetworkRTT)
		done |= networkRTTCounted
	}
	if fresh&endToEndRTTCounted != 0 {
		t.endToEndRTT = appendMillis(t.endToEndRTT, r.EndToEndRTT)
		done |= endToEndRTTCounted
	}
	if fresh&endCounted != 0 {
		t.sessions = decode.AppendDuration(t.sessions, r.Setup, r.End)
		done |= endCounted
	}
	return done
}

func (r loginRecord) attempt(reason string) attempt {
	reconnect := decode.SwitchLabel(r.Reconnect)
	terminal := strings.TrimSpace(r.TerminalType)
	if terminal == "" {
		terminal = decode.Unknown
	}
	return attempt{terminal: terminal, reconnect: reconnect, reason: reason}
}

func (r loginRecord) settledAt(now time.Time) bool {
	start := r.Start.Time()
	return !start.IsZero() && now.Sub(start) >= settled
}

// appendMillis leaves out what is absurdly long.
func appendMillis(to []float64, ms apiclient.Number) []float64 {
	v, _ := ms.Value()
	if v > float64(decode.LongestDuration.Milliseconds()) {
		return to
	}
	return append(to, v/1000)
}

const (
	maxTerminalTypes = 30
	maxReasons       = 40
)
