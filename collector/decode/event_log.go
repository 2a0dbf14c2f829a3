package decode

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strconv"
	"strings"
	"time"
)

// EventLog is what is needed to count every event of a list once, of events
// that never change. Each poll reads again what may still have come late.
type EventLog struct {
	// Watermark is the start of the next listing; zero before the first good
	// poll.
	Watermark time.Time `json:"watermark"`
	// Seen are the events that can be listed again, by key, with the time
	// after which they cannot.
	Seen map[string]time.Time `json:"seen"`
	// Keys is how the keys were made: eventKeys, or 0 by an older version.
	Keys int `json:"keys,omitempty"`
	// Older is the last poll of a version whose keys tell nothing now: what
	// happened before, it has seen.
	Older time.Time `json:"older,omitzero"`
}

// eventKeys is how keys are made now: of what identifies an event, and its
// number among those that the API gives the same identity.
const eventKeys = 2

// First tells that nothing was read yet: what is there is history, not news.
func (l EventLog) First() bool { return l.Watermark.IsZero() }

// From is the start of the listing of a poll, in whole seconds.
func (l EventLog) From(now time.Time, overlap time.Duration) time.Time {
	if l.First() {
		return now.UTC().Add(-overlap).Truncate(time.Second)
	}
	return l.Watermark
}

// Event is an event: what identifies it, and when it happened. Only members that
// the API documents as identifiers are part of Key, with the time and the
// type: what comes later or is masked must not make another event of it.
type Event interface {
	Key() string
	At() time.Time
}

// AddEvents returns the log with events in it, and those that are new.
func AddEvents[E Event](l EventLog, events []E, now time.Time, overlap time.Duration) (EventLog, []E) {
	start := l.From(now, overlap)
	next := EventLog{Watermark: Later(start, now.UTC().Add(-overlap).Truncate(time.Second)), Seen: map[string]time.Time{}, Keys: eventKeys, Older: l.Older}
	if !l.First() && l.Keys != eventKeys {
		next.Older = l.Watermark.Add(overlap)
	}
	var fresh []E
	same := map[string]int{}
	for _, e := range events {
		at, key := e.At(), e.Key()
		if same[key]++; same[key] > 1 {
			key += "#" + strconv.Itoa(same[key])
		}
		known := l.First() || !next.Older.IsZero() && !at.After(next.Older)
		switch {
		case at.IsZero() || at.After(now):
			// It has no place in time, so it lasts as long as it is listed.
			at = now.UTC()
		case at.Before(start):
			continue // given up: it was counted when it was new
		}
		if _, seen := l.Seen[key]; !seen && !known {
			fresh = append(fresh, e)
		}
		next.Seen[key] = at
	}
	for key, at := range l.Seen {
		if l.Keys != eventKeys {
			break
		}
		if _, listed := next.Seen[key]; !listed {
			next.Seen[key] = at
		}
	}
	maps.DeleteFunc(next.Seen, func(_ string, at time.Time) bool { return at.Before(next.Watermark) })
	return next, fresh
}

// Digest makes a key of what tells an event from others, so that no name is
// kept between polls.
func Digest(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:12])
}

// Retention is how far back the API lists events; an hour is for the time that a
// poll takes.
const Retention = 30*Day - time.Hour
