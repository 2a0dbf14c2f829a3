package apiclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

const (
	maxAttempts  = 3
	firstBackoff = 500 * time.Millisecond
)

// call is one call on its way through the chain.
type call struct {
	endpoint Endpoint
	url      *url.URL
	body     []byte
	// project is the project's name, projectID its id or "" if not known.
	project, projectID string
	// timeout bounds each attempt, not the waiting for its turn.
	timeout time.Duration
	pacer   *pacer
	// sent is told of every request on the wire.
	sent func(operation string)
}

// attempt is one try of a call; each step of the chain fills in its part.
type attempt struct {
	*call
	turn    *turn
	keys    Credentials
	request *http.Request
}

// step is one link of the chain.
type step func(ctx context.Context, at *attempt) ([]byte, *Error)

// do takes a call through the chain. The order is the point: every attempt
// waits for its own turn, none that waits holds a place among those in flight,
// and each is signed at the last moment, since a signature grows old.
func (a *Account) do(ctx context.Context, c *call) ([]byte, *Error) {
	return a.retry(c, a.pace(a.admit(a.limit(a.sign(a.send)))))(ctx)
}

// retry repeats what may go better the next time.
func (a *Account) retry(c *call, next step) func(ctx context.Context) ([]byte, *Error) {
	return func(ctx context.Context) ([]byte, *Error) {
		for n := 1; ; n++ {
			body, failure := next(ctx, &attempt{call: c})
			if failure == nil {
				return body, nil
			}
			failure.Operation = c.endpoint.Operation
			if n == maxAttempts || !failure.passes() {
				return nil, failure
			}
			if failure.Kind == Throttled {
				// The pacer waits out a short pause; a second 429 says that
				// slowing down takes longer than a call should.
				if n > 1 || time.Until(failure.RetryAt) > maxThrottleWait {
					return nil, failure
				}
				continue
			}
			if gone := sleep(ctx, backoff(n)); gone != nil {
				gone.Operation = c.endpoint.Operation
				return nil, gone
			}
		}
	}
}

// passes tells whether the failure may be gone at the next attempt.
func (e *Error) passes() bool {
	switch e.Kind {
	case Network, Throttled, Server:
		return true
	case Timeout:
		// The caller has waited long enough: whoever polls comes again soon.
		return false
	case Malformed:
		return !errors.Is(e.Err, errTooLarge)
	default:
		return false
	}
}

// backoff is exponential with full jitter.
func backoff(attempt int) time.Duration {
	return rand.N(firstBackoff << (attempt - 1)) //nolint:gosec // chance need not be secret here
}

// pace waits for the attempt's turn.
func (a *Account) pace(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		turn, failure := a.takeTurn(ctx, at.pacer)
		if failure != nil {
			return nil, failure
		}
		defer turn.giveBack()
		at.turn = turn
		body, failure := next(ctx, at)
		if failure != nil && failure.Kind == Throttled {
			failure.RetryAt = at.pacer.throttled(turn.at, failure.RetryAt, failure.RequestID)
		}
		return body, failure
	}
}

// takeTurn waits for the turn unless the account is paused, or until it is.
func (a *Account) takeTurn(ctx context.Context, p *pacer) (*turn, *Error) {
	for {
		stop, paused := a.open(ctx)
		if paused != nil {
			return nil, paused
		}
		turn, err := p.take(ctx, stop)
		var throttled *Error
		switch {
		case err == nil:
			return turn, nil
		case errors.As(err, &throttled):
			return nil, throttled
		case !errors.Is(err, errStopped):
			return nil, gaveUp(ctx)
		}
	}
}

// admit waits for a place among those in flight.
func (a *Account) admit(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		pass, failure := a.gate.enter(ctx)
		if failure != nil {
			return nil, failure
		}
		body, failure := next(ctx, at)
		if a.gate.leave(pass, at.keys, failure) {
			a.reread(ctx)
		}
		return body, failure
	}
}

// limit gives an attempt its time.
func (a *Account) limit(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		ctx, cancel := context.WithTimeoutCause(ctx, at.timeout, timeUp(at.timeout))
		defer cancel()
		return next(ctx, at)
	}
}

// sign builds the request and signs it with the keys of this moment.
func (a *Account) sign(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		config := a.config.Load()
		keys, err := config.Credentials.Credentials(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil, gaveUp(ctx)
			}
			return nil, &Error{Kind: Unauthorized, Message: "no credentials", Err: err}
		}
		a.expiry.Store(&keys.Expiry)
		at.keys = keys
		at.request = newRequest(ctx, at.call, config.UserAgent)
		if err := config.Signer.Sign(at.request, at.body, keys, time.Now()); err != nil {
			return nil, &Error{Kind: Unauthorized, Message: "request cannot be signed", Err: err}
		}
		return next(ctx, at)
	}
}

// timeUp is the cause with which the context of an attempt ends.
type timeUp time.Duration

func (t timeUp) Error() string {
	return "no complete answer within " + time.Duration(t).String()
}

// gaveUp makes an error of a context that has ended.
func gaveUp(ctx context.Context) *Error {
	limit, ok := errors.AsType[timeUp](context.Cause(ctx))
	switch {
	case ok:
		return &Error{Kind: Timeout, Message: limit.Error(), Err: context.DeadlineExceeded}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{Kind: Timeout, Message: "the caller's time is up", Err: context.DeadlineExceeded}
	default:
		return &Error{Kind: Canceled, Message: "given up by the caller", Err: context.Canceled}
	}
}

func sleep(ctx context.Context, d time.Duration) *Error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return gaveUp(ctx)
	}
}
