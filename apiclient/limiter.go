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
	// maxThrottleWait is the longest pause that a call waits for. A longer one
	// fails it at once, so that the poll can report it and be repeated.
	maxThrottleWait = 10 * time.Second
	// maxThrottlePause bounds what a server may ask for.
	maxThrottlePause = time.Hour
)

// errStopped means that a pause of the account ended the wait for a token.
var errStopped = errors.New("the account was paused meanwhile")

// limiter spaces the requests of one API so that no 60-second window ever holds
// more than share x limit + 1 of them. It hands out one token at a time, first
// come, first served. A token is held until its request is written, and the gap
// to the next begins then: time spent on connecting cannot push two requests
// together.
type limiter struct {
	endpoint Endpoint
	region   string
	log      *slog.Logger

	free        chan struct{} // holds the token while nobody has it
	rateChanged chan struct{} // tells the one who waits out the gap to look again

	mu          sync.Mutex // never held while waiting
	share       float64
	lease       *lease    // nil: nothing is kept over restarts
	last        time.Time // when the last request was written
	sent        []time.Time
	pausedUntil time.Time
	slowed      float64   // part of the budget in force since throttledAt
	throttledAt time.Time // zero: never
}

func newLimiter(e Endpoint, region string, share float64, log *slog.Logger) *limiter {
	l := &limiter{
		endpoint: e, region: region, share: share, slowed: 1,
		log:         log.With("region", region, "api", e.Operation),
		free:        make(chan struct{}, 1),
		rateChanged: make(chan struct{}, 1),
	}
	l.free <- struct{}{}
	return l
}

// take waits for the token. It must be spent or canceled. Closing stop ends
// the wait with errStopped, a long pause of the API with an *Error.
func (l *limiter) take(ctx context.Context, stop <-chan struct{}) (*token, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-l.free:
	case <-stop:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := l.waitOut(ctx, stop); err != nil {
		l.free <- struct{}{}
		return nil, err
	}
	return &token{limiter: l}, nil
}

// tryTake takes the token if that takes no time.
func (l *limiter) tryTake() *token {
	select {
	case <-l.free:
	default:
		return nil
	}
	if now := time.Now(); l.pause(now) != nil || l.wait(now) > 0 {
		l.free <- struct{}{}
		return nil
	}
	return &token{limiter: l}
}

// waitOut waits for the end of the gap and of any pause.
func (l *limiter) waitOut(ctx context.Context, stop <-chan struct{}) error {
	for {
		now := time.Now()
		if paused := l.pause(now); paused != nil {
			return paused
		}
		wait := l.wait(now)
		if wait <= 0 {
			return nil
		}
		// A slowed API regains speed by the minute: look again by then.
		timer := time.NewTimer(min(wait, time.Minute))
		select {
		case <-timer.C:
		case <-l.rateChanged:
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
func (l *limiter) pause(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pausedUntil.Sub(now) <= maxThrottleWait {
		return nil
	}
	return &Error{
		Kind:    Throttled,
		Message: "not sent: this API is paused until " + l.pausedUntil.UTC().Format(time.TimeOnly) + " UTC after HTTP 429",
		RetryAt: l.pausedUntil,
	}
}

// wait returns how long to wait at now for the next request.
func (l *limiter) wait(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.slowed < 1 && l.part(now) == 1 {
		l.slowed = 1
		l.log.Info("API is no longer throttled: back to the full rate", "calls_per_minute", l.budget())
	}
	var next time.Time
	if !l.last.IsZero() {
		next = l.last.Add(l.gap(now))
	}
	next = later(next, l.pausedUntil)
	if l.lease != nil {
		next = later(next, l.lease.notBefore)
	}
	return next.Sub(now)
}

// setShare changes the share of the limit that may be used, at once.
func (l *limiter) setShare(share float64) {
	l.mu.Lock()
	l.share = share
	l.mu.Unlock()
	select {
	case l.rateChanged <- struct{}{}:
	default: // the one who waits has not looked yet since the last change
	}
}

// written starts the gap.
func (l *limiter) written(at time.Time) {
	l.mu.Lock()
	l.last = at
	l.forget(at)
	l.sent = append(l.sent, at)
	l.mu.Unlock()
}

// throttled pauses and slows the API after a 429 to the request written at
// sent. retryAt is when the server said to ask again, zero if it did not. It
// returns the end of the pause.
func (l *limiter) throttled(sent, retryAt time.Time, requestID string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	until := retryAt
	if until.IsZero() {
		// The limit seems to count by the minute of the clock.
		until = later(now.Truncate(time.Minute).Add(time.Minute), now.Add(minThrottlePause))
	}
	// Counted from now by the monotonic clock: a clock that is set back must
	// not prolong the pause.
	pause := min(until.Sub(now), maxThrottlePause)
	l.pausedUntil = later(l.pausedUntil, now.Add(pause))
	// Of requests that were under way together only the first slows the API:
	// the others tell nothing about the rate it brought about.
	if l.throttledAt.IsZero() || sent.After(l.throttledAt) {
		first := l.slowed == 1
		l.slowed = max(l.part(now)/2, leastSlowed)
		l.throttledAt = now
		log := l.log.Debug
		if first {
			log = l.log.Warn
		}
		log("API is throttled: paused, and its rate is halved",
			"until", l.pausedUntil, "calls_per_minute", l.budget()*l.slowed, "request_id", requestID)
	}
	return l.pausedUntil
}

// budget is the number of calls a minute that may be used.
func (l *limiter) budget() float64 { return l.share * float64(l.endpoint.Limit) }

// part is the part of the budget in force at now: it grows with each minute
// since the last 429 and its pause.
func (l *limiter) part(now time.Time) float64 {
	if l.slowed == 1 {
		return 1
	}
	quiet := now.Sub(later(l.throttledAt, l.pausedUntil)) / time.Minute
	return min(1, l.slowed+recovery*float64(max(quiet, 0)))
}

func (l *limiter) gap(now time.Time) time.Duration { return Gap(l.budget() * l.part(now)) }

// Gap is the time between two calls of an API that may be called so often.
func Gap(perMinute float64) time.Duration {
	minutes := margin / perMinute
	if minutes > 0 && minutes < maxGap.Minutes() {
		return time.Duration(minutes * float64(time.Minute))
	}
	return maxGap
}

// forget drops what left the window of 60 s before now.
func (l *limiter) forget(now time.Time) {
	old := 0
	for old < len(l.sent) && now.Sub(l.sent[old]) > time.Minute {
		old++
	}
	l.sent = append(l.sent[:0], l.sent[old:]...)
}

func (l *limiter) status() Budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.forget(now)
	b := Budget{
		Region: l.region, Operation: l.endpoint.Operation, Limit: l.endpoint.Limit,
		PerMinute: l.budget(), RatePerMinute: l.budget() * l.part(now), Used: len(l.sent),
	}
	if l.pausedUntil.After(now) {
		b.PausedUntil = l.pausedUntil
	}
	return b
}

// token is the right to write one request. The first of spend and cancel ends
// it.
type token struct {
	limiter *limiter
	once    sync.Once
	at      time.Time
}

// spend says that the request was written: the gap runs from now on.
func (t *token) spend() {
	t.once.Do(func() {
		t.at = time.Now()
		t.limiter.written(t.at)
		t.limiter.free <- struct{}{}
	})
}

// cancel says that nothing was written.
func (t *token) cancel() {
	t.once.Do(func() { t.limiter.free <- struct{}{} })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
