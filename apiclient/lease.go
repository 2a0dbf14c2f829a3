package apiclient

import (
	"log/slog"
	"time"
)

// leaseAhead is how much longer than needed an API is reserved: the ledger is
// written that seldom, and a restart waits at most that much too long.
const leaseAhead = time.Second

// lease keeps the budget of one API over restarts. Since requests are spaced
// evenly, the gap after the last one is all there is to remember. It is in the
// ledger before the request is on the wire, so that a process that is killed
// and starts again calls no sooner than one that went on.
type lease struct {
	ledger Ledger
	key    string
	// notBefore is what the process before this one has reserved.
	notBefore time.Time
	// until is what the ledger holds now.
	until time.Time
}

// remember begins to keep the budget in a ledger.
func (l *limiter) remember(ledger Ledger, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	// Nothing longer can have been meant: the clock was set back since.
	longest := now.Add(l.gap(now) + leaseAhead)
	until := ledger.NotBefore(key)
	if until.After(longest) {
		until = longest
	}
	// From here on it is time that passes, not what a clock shows.
	l.lease = &lease{ledger: ledger, key: key, notBefore: now.Add(until.Sub(now))}
}

// move puts the budget under another account's name, in the log and in the
// ledger.
func (l *limiter) move(log *slog.Logger, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = log.With("region", l.region, "api", l.endpoint.Operation)
	if lease := l.lease; lease != nil {
		lease.key = key
		if !lease.until.IsZero() {
			lease.ledger.Reserve(lease.key, lease.until)
		}
	}
}

// reserve makes sure that the gap after a request that is written now
// outlives the process.
func (l *limiter) reserve(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lease := l.lease
	if lease == nil {
		return
	}
	need := now.Add(l.gap(now))
	if !lease.until.Before(need) {
		return
	}
	lease.until = need.Add(leaseAhead)
	lease.ledger.Reserve(lease.key, lease.until)
}
