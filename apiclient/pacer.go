package apiclient

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// margin stretches every gap. The server sees requests when they arrive,
	// not when they are written: over a 60-second window it absorbs 0.6 s of
	// difference in travel time between the first and the last.
	margin = 1.01
	// maxGap also stands for gaps that no Duration can hold.
	maxGap = 24 * time.Hour

	// leastSlowed is the lowest part of its budget an API is slowed to.
	leastSlowed = 1.0 / 16
	// recovery is the part of its budget an API regains each quiet minute.
	recovery = 0.1
	// minThrottlePause is the least pause after a 429 that names none.
	minThrottlePause = 5 * time.Second
	// maxThrottleWait is the longest pause that a call waits out. Others fail
	// it at once, so that whoever polls can say so and come again.
	maxThrottleWait = 10 * time.Second
	// maxThrottlePause bounds what a server may ask for.
	maxThrottlePause = time.Hour
)

// errStopped means that a pause of the account ended the wait for a turn.
var errStopped = errors.New("the account was paused meanwhile")

// pacer spaces the requests of one API so that no 60-second window ever holds
// more than share x limit + 1 of them. It hands out one turn at a time, first
// come, first served. A turn lasts until its request is written, and the gap
// to the next begins then: time spent on connecting cannot push two requests
// together.
type pacer struct {
	endpoint Endpoint
	region   string
	log      *slog.Logger

	free    chan struct{} // holds the turn while nobody has it
	rerated chan struct{} // tells the one who waits out the gap to look again

	mu          sync.Mutex // never held while waiting
	share       float64
	lease       *lease    // nil: nothing is kept over restarts
	last        time.Time // when the last request was written
	sent        []time.Time
	pausedUntil time.Time
	slowed      float64   // part of the budget in force since throttledAt
	throttledAt time.Time // zero: never
}

func newPacer(e Endpoint, region string, share float64, log *slog.Logger) *pacer {
	p := &pacer{
		endpoint: e, region: region, share: share, slowed: 1,
		log:     log.With("region", region, "api", e.Operation),
		free:    make(chan struct{}, 1),
		rerated: make(chan struct{}, 1),
	}
	p.free <- struct{}{}
	return p
}

// take waits for the turn. It must be spent or given back. Closing stop ends
// the wait with errStopped, a long pause of the API with an *Error.
func (p *pacer) take(ctx context.Context, stop <-chan struct{}) (*turn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.free:
	case <-stop:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := p.waitOut(ctx, stop); err != nil {
		p.free <- struct{}{}
		return nil, err
	}
	return &turn{pacer: p}, nil
}

// waitOut waits for the end of the gap and of any pause.
func (p *pacer) waitOut(ctx context.Context, stop <-chan struct{}) error {
	for {
		now := time.Now()
		if paused := p.pause(now); paused != nil {
			return paused
		}
		wait := p.wait(now)
		if wait <= 0 {
			return nil
		}
		// A slowed API regains speed by the minute: look again by then.
		timer := time.NewTimer(min(wait, time.Minute))
		select {
		case <-timer.C:
		case <-p.rerated:
		case <-stop:
			timer.Stop()
			return errStopped
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

// pause returns an error while the API is paused for longer than a call
// waits.
func (p *pacer) pause(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pausedUntil.Sub(now) <= maxThrottleWait {
		return nil
	}
	return &Error{
		Kind:    Throttled,
		Message: "not sent: this API is paused until " + p.pausedUntil.UTC().Format(time.TimeOnly) + " UTC after HTTP 429",
		RetryAt: p.pausedUntil,
	}
}

// wait returns how long to wait at now for the next request.
func (p *pacer) wait(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slowed < 1 && p.part(now) == 1 {
		p.slowed = 1
		p.log.Info("API is no longer throttled: back to the full rate", "calls_per_minute", p.budget())
	}
	var next time.Time
	if !p.last.IsZero() {
		next = p.last.Add(p.gap(now))
	}
	next = later(next, p.pausedUntil)
	if p.lease != nil {
		next = later(next, p.lease.notBefore)
	}
	return next.Sub(now)
}

// setShare changes the share of the limit that may be used, at once.
func (p *pacer) setShare(share float64) {
	p.mu.Lock()
	p.share = share
	p.mu.Unlock()
	select {
	case p.rerated <- struct{}{}:
	default: // the one who waits has not looked yet since the last change
	}
}

// written starts the gap.
func (p *pacer) written(at time.Time) {
	p.mu.Lock()
	p.last = at
	p.forget(at)
	p.sent = append(p.sent, at)
	p.mu.Unlock()
}

// throttled pauses and slows the API after a 429 to the request written at
// sent. retryAt is when the server said to ask again, zero if it did not. It
// returns the end of the pause.
func (p *pacer) throttled(sent, retryAt time.Time, requestID string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	until := retryAt
	if until.IsZero() {
		// The limit seems to count by the minute of the clock.
		until = later(now.Truncate(time.Minute).Add(time.Minute), now.Add(minThrottlePause))
	}
	// Counted from now by the monotonic clock: a clock that is set back must
	// not prolong the pause.
	pause := min(until.Sub(now), maxThrottlePause)
	p.pausedUntil = later(p.pausedUntil, now.Add(pause))
	// Of requests that were under way together only the first slows the API:
	// the others tell nothing about the rate it brought about.
	if p.throttledAt.IsZero() || sent.After(p.throttledAt) {
		first := p.slowed == 1
		p.slowed = max(p.part(now)/2, leastSlowed)
		p.throttledAt = now
		say := p.log.Debug
		if first {
			say = p.log.Warn
		}
		say("API is throttled: paused, and its rate is halved",
			"until", p.pausedUntil, "calls_per_minute", p.budget()*p.slowed, "request_id", requestID)
	}
	return p.pausedUntil
}

// budget is the number of calls a minute that may be used.
func (p *pacer) budget() float64 { return p.share * float64(p.endpoint.Limit) }

// part is the part of the budget in force at now: it grows with each minute
// since the last 429 and its pause.
func (p *pacer) part(now time.Time) float64 {
	if p.slowed == 1 {
		return 1
	}
	quiet := now.Sub(later(p.throttledAt, p.pausedUntil)) / time.Minute
	return min(1, p.slowed+recovery*float64(max(quiet, 0)))
}

func (p *pacer) gap(now time.Time) time.Duration { return Gap(p.budget() * p.part(now)) }

// Gap is the time between two calls of an API that may be called so often.
func Gap(perMinute float64) time.Duration {
	minutes := margin / perMinute
	if minutes > 0 && minutes < maxGap.Minutes() {
		return time.Duration(minutes * float64(time.Minute))
	}
	return maxGap
}

// forget drops what left the window of 60 s before now.
func (p *pacer) forget(now time.Time) {
	old := 0
	for old < len(p.sent) && now.Sub(p.sent[old]) > time.Minute {
		old++
	}
	p.sent = append(p.sent[:0], p.sent[old:]...)
}

func (p *pacer) status() Budget {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.forget(now)
	b := Budget{
		Region: p.region, Operation: p.endpoint.Operation, Limit: p.endpoint.Limit,
		PerMinute: p.budget(), RatePerMinute: p.budget() * p.part(now), Used: len(p.sent),
	}
	if p.pausedUntil.After(now) {
		b.PausedUntil = p.pausedUntil
	}
	return b
}

// turn is the right to write one request. The first of spend and giveBack
// ends it.
type turn struct {
	pacer *pacer
	once  sync.Once
	at    time.Time
}

// spend says that the request was written: the gap runs from now on.
func (t *turn) spend() {
	t.once.Do(func() {
		t.at = time.Now()
		t.pacer.written(t.at)
		t.pacer.free <- struct{}{}
	})
}

// giveBack says that nothing was written.
func (t *turn) giveBack() {
	t.once.Do(func() { t.pacer.free <- struct{}{} })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
