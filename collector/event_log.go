package collector

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// eventLog is what is needed to count every event of a list once, of events
// that never change. Each poll reads again what may still have come late.
type eventLog struct {
	// Watermark is the start of the next listing; zero before the first good
	// poll.
	Watermark time.Time `json:"watermark"`
	// Seen are the events that can be listed again, by key, with the time
	// after which they cannot.
	Seen map[string]time.Time `json:"seen"`
}

// first tells that nothing was read yet: what is there is history, not news.
func (l eventLog) first() bool { return l.Watermark.IsZero() }

// from is the start of the listing of a poll, in whole seconds.
func (l eventLog) from(now time.Time, overlap time.Duration) time.Time {
	if l.first() {
		return now.UTC().Add(-overlap).Truncate(time.Second)
	}
	return l.Watermark
}

// logged is an event: what tells it from others, and when it happened.
type logged interface {
	key() string
	at() time.Time
}

// addEvents returns the log with events in it, and those that are new.
func addEvents[E logged](l eventLog, events []E, now time.Time, overlap time.Duration) (eventLog, []E) {
	start := l.from(now, overlap)
	next := eventLog{Watermark: later(start, now.UTC().Add(-overlap).Truncate(time.Second)), Seen: map[string]time.Time{}}
	var fresh []E
	for _, e := range events {
		at, key := e.at(), e.key()
		switch {
		case at.IsZero() || at.After(now):
			// It has no place in time, so it lasts as long as it is listed.
			at = now.UTC()
		case at.Before(start):
			continue // given up: it was counted when it was new
		}
		_, again := next.Seen[key]
		if _, known := l.Seen[key]; !known && !again && !l.first() {
			fresh = append(fresh, e)
		}
		next.Seen[key] = at
	}
	for key, at := range l.Seen {
		if _, listed := next.Seen[key]; !listed {
			next.Seen[key] = at
		}
	}
	maps.DeleteFunc(next.Seen, func(_ string, at time.Time) bool { return at.Before(next.Watermark) })
	return next, fresh
}

// digest makes a key of what tells an event from others, so that no name is
// kept between polls.
func digest(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:12])
}

// labelCounts are counts by label values, which hold no line break.
type labelCounts map[string]uint64

func labelKey(values ...string) string { return strings.Join(values, "\n") }

func labelValues(key string) []string { return strings.Split(key, "\n") }

// plus returns the counts with n added for each of the keys.
func (c labelCounts) plus(keys []string, n uint64) labelCounts {
	sum := maps.Clone(c)
	if sum == nil {
		sum = labelCounts{}
	}
	for _, key := range keys {
		sum[key] += n
	}
	return sum
}

func (c labelCounts) put(put Put) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		put.Value(float64(c[key]), labelValues(key)...)
	}
}

// column returns the values of one label.
func (c labelCounts) column(i int) []string {
	var values []string
	for key := range c {
		values = append(values, labelValues(key)[i])
	}
	return values
}

// codeLike makes a label value of a word that the API documents badly: what
// does not look like a name of something in a program counts as other.
func codeLike(s string) string {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return unknownLabel
	case codeToken.MatchString(s):
		return s
	default:
		return otherLabel
	}
}
