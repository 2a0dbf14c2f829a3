package apiclient

import (
	"cmp"
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
	// timeout bounds each attempt, not the wait for its token.
	timeout time.Duration
	limiter *limiter
	// sent is called for every request on the wire.
	sent func(operation string)
}

// attempt is one try of a call; each step of the chain fills in its part.
type attempt struct {
	*call
	token   *token
	lane    *lane // holds a place in it
	keys    Credentials
	request *http.Request
}

// step is one link of the chain.
type step func(ctx context.Context, at *attempt) ([]byte, *Error)

// do takes a call through the chain. The order is the point: every attempt
// waits for its own token, none that waits for one holds a place among those in
// flight, and each is signed at the last moment, since a signature grows old.
func (a *Account) do(ctx context.Context, c *call) ([]byte, *Error) {
	return a.retry(c, a.rateLimit(a.admit(a.withTimeout(a.sign(a.send)))))(ctx)
}

// retry repeats attempts that failed for a reason that may be gone.
func (a *Account) retry(c *call, next step) func(ctx context.Context) ([]byte, *Error) {
	return func(ctx context.Context) ([]byte, *Error) {
		for n := 1; ; n++ {
			body, failure := next(ctx, &attempt{call: c})
			if failure == nil {
				return body, nil
			}
			failure.Operation = c.endpoint.Operation
			if n == maxAttempts || !failure.retryable() {
				return nil, failure
			}
			if failure.Kind == Throttled {
				// The limiter waits out a short pause; a second 429 says that
				// slowing down takes longer than a call should.
				if n > 1 || time.Until(failure.RetryAt) > maxThrottleWait {
					return nil, failure
				}
				continue
			}
			if canceled := sleep(ctx, backoff(n)); canceled != nil {
				canceled.Operation = c.endpoint.Operation
				return nil, canceled
			}
		}
	}
}

// retryable tells whether the next attempt may succeed.
func (e *Error) retryable() bool {
	switch e.Kind {
	case Network, Throttled, Server:
		return true
	case Timeout:
		// The caller has waited long enough; the next poll comes soon.
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

// rateLimit waits for a token of the API's limiter and a place in the lane of
// the project.
func (a *Account) rateLimit(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		at.lane = a.gate.lane(at.project + " " + at.limiter.region + " " + at.url.Host)
		token, failure := a.takeTurn(ctx, at)
		if failure != nil {
			return nil, failure
		}
		defer token.cancel()
		at.token = token
		body, failure := next(ctx, at)
		if failure != nil && failure.Kind == Throttled {
			failure.RetryAt = at.limiter.throttled(token.at, failure.RetryAt, failure.RequestID)
		}
		return body, failure
	}
}

// takeTurn waits for both. Who waits for a place gives the token back: the
// other projects share the limiter, and do not wait for a slow one. A place
// that becomes free is for the one who has waited longest; it goes on to the
// next if there is no token at once.
func (a *Account) takeTurn(ctx context.Context, at *attempt) (*token, *Error) {
	for {
		token, failure := a.takeToken(ctx, at.limiter)
		if failure != nil || at.lane.try() {
			return token, failure
		}
		token.cancel()
		if failure := at.lane.take(ctx); failure != nil {
			return nil, failure
		}
		if token := at.limiter.tryTake(); token != nil {
			return token, nil
		}
		at.lane.leave()
	}
}

// takeToken waits for a token unless the account is paused, or until it is.
func (a *Account) takeToken(ctx context.Context, p *limiter) (*token, *Error) {
	for {
		stop, paused := a.open(ctx)
		if paused != nil {
			return nil, paused
		}
		token, err := p.take(ctx, stop)
		var throttled *Error
		switch {
		case err == nil:
			return token, nil
		case errors.As(err, &throttled):
			return nil, throttled
		case !errors.Is(err, errStopped):
			return nil, contextError(ctx)
		}
	}
}

// admit waits until the gate lets the attempt go.
func (a *Account) admit(next step) step {
	return func(ctx context.Context, at *attempt) ([]byte, *Error) {
		permit, failure := a.gate.enter(ctx, at.lane)
		if failure != nil {
			return nil, failure
		}
		body, failure := next(ctx, at)
		if a.gate.leave(permit, at.keys, failure) {
			a.reread(ctx)
		}
		return body, failure
	}
}

// withTimeout bounds an attempt.
func (a *Account) withTimeout(next step) step {
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
				return nil, contextError(ctx)
			}
			return nil, &Error{Kind: Unauthorized, Message: "no credentials", Err: err}
		}
		a.expiry.Store(&keys.Expiry)
		at.keys = keys
		at.request = newRequest(ctx, at.call, config.UserAgent, cmp.Or(config.Language, DefaultLanguage))
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

// contextError makes an error of a context that has ended.
func contextError(ctx context.Context) *Error {
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
		return contextError(ctx)
	}
}
