package apiclient

import (
	"log/slog"
	"time"
)

// leaseAhead is how much longer than needed an API is reserved: the ledger is
// written that seldom, and a restart waits at most that much too long.
const leaseAhead = time.Second

// lease keeps the budget of one API over restarts. Since requests are spaced
// evenly, the gap after the last one is all there is to remember; it is in the
// ledger before the request is on the wire, so that a process that dies at any
// moment and starts again calls no sooner than one that lives on.
type lease struct {
	ledger Ledger
	key    string
	// notBefore is what the process before this one has reserved.
	notBefore time.Time
	// until is what the ledger holds now.
	until  time.Time
	failed bool // the log has it
}

// remember begins to keep the budget in a ledger.
func (p *pacer) remember(ledger Ledger, key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	// Nothing longer can have been meant: the clock was set back since.
	longest := now.Add(p.gap(now) + leaseAhead)
	until := ledger.NotBefore(key)
	if until.After(longest) {
		until = longest
	}
	p.lease = &lease{ledger: ledger, key: key, notBefore: until}
}

// move puts the budget under another account's name, in the log and in the
// ledger.
func (p *pacer) move(log *slog.Logger, key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = log.With("region", p.region, "api", p.endpoint.Operation)
	if l := p.lease; l != nil {
		l.key = key
		if !l.until.IsZero() {
			l.write(p.log)
		}
	}
}

// reserve makes sure that the gap after a request that is written now
// outlives the process.
func (p *pacer) reserve(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lease
	if l == nil {
		return
	}
	need := now.Add(p.gap(now))
	if !l.until.Before(need) {
		return
	}
	l.until = need.Add(leaseAhead)
	l.write(p.log)
}

// write brings the ledger up to date.
func (l *lease) write(log *slog.Logger) {
	err := l.ledger.Reserve(l.key, l.until)
	if err != nil && !l.failed {
		log.Error("the budget cannot be kept over restarts: a restart may make one call too many", "err", err)
	}
	l.failed = err != nil
}
