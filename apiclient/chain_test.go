package apiclient

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetries(t *testing.T) {
	t.Parallel()
	brokenPipe := errors.New("read: connection reset by peer")
	for _, c := range []struct {
		name     string
		answer   func(n int) (*http.Response, error)
		attempts int
		kind     Kind // of the outcome, "" for success
	}{
		{"success", func(int) (*http.Response, error) { return respond(200, "{}"), nil }, 1, ""},
		{"500 for ever", func(int) (*http.Response, error) { return respond(500, "{}"), nil }, 3, Server},
		{"502 once", func(n int) (*http.Response, error) {
			if n == 0 {
				return respond(502, "<html><title>502 Bad Gateway</title></html>"), nil
			}
			return respond(200, "{}"), nil
		}, 2, ""},
		{"broken connection", func(int) (*http.Response, error) { return nil, brokenPipe }, 3, Network},
		{"truncated JSON", func(int) (*http.Response, error) { return respond(200, `{"desktops":[{"id`), nil }, 3, Malformed},
		{"truncated then whole", func(n int) (*http.Response, error) {
			if n < 2 {
				return respond(200, `{"desktops":[{"id`), nil
			}
			return respond(200, "{}"), nil
		}, 3, ""},
		{"HTML", func(int) (*http.Response, error) { return respond(200, "<html><title>Login</title></html>"), nil }, 3, Malformed},
		{"empty", func(int) (*http.Response, error) { return respond(200, ""), nil }, 3, Malformed},
		{"400", func(int) (*http.Response, error) { return respond(400, "{}"), nil }, 1, Client},
		{"403", func(int) (*http.Response, error) { return respond(403, "{}"), nil }, 1, Forbidden},
		{"404", func(int) (*http.Response, error) { return respond(404, "{}"), nil }, 1, NotFound},
		{"302", func(int) (*http.Response, error) { return respond(302, ""), nil }, 1, Client},
		{"error in 200", func(int) (*http.Response, error) {
			return respond(200, `{"error_code":"WKS.0001","error_msg":"no"}`), nil
		}, 1, Client},
		{"no such object as 500", func(int) (*http.Response, error) {
			return respond(500, `{"error_code":"WKS.0202","error_msg":"no"}`), nil
		}, 1, NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, func(_ *http.Request, n int) (*http.Response, error) { return c.answer(n) })
				poll := b.project.Poll(10 * time.Second)
				_, err := poll.Call(t.Context(), Request{Endpoint: endpointN(0, 60)})
				if KindOf(err) != c.kind {
					t.Errorf("error = %v, want kind %q", err, c.kind)
				}
				sent := b.wire.requests()
				if len(sent) != c.attempts || poll.Calls()["List0"] != c.attempts || len(b.observer.seen) != c.attempts || b.Budgets()[0].Used != c.attempts {
					t.Errorf("%d requests, %d counted, %d observed, %d paid; want %d",
						len(sent), poll.Calls()["List0"], len(b.observer.seen), b.Budgets()[0].Used, c.attempts)
				}
				for i := 1; i < len(sent); i++ { // each attempt has its own token and signature
					if sent[i].at.Sub(sent[i-1].at) < time.Second {
						t.Errorf("attempts at %s and %s", sent[i-1].at, sent[i].at)
					}
					if sent[i].req.Header.Get("X-Sdk-Date") == sent[i-1].req.Header.Get("X-Sdk-Date") {
						t.Error("an attempt was sent with the signature of another")
					}
				}
			})
		})
	}
}

func TestHangEndsWithTheAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) { return nil, hang(req.Context()) })
		start := time.Now()
		e := wantKind(t, b.get(t.Context(), endpointN(0, 60)), Timeout)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("took %s, want one attempt of 10 s", took)
		}
		if want := "List0: no complete answer within 10s: check the network"; !strings.HasPrefix(e.Error(), want) {
			t.Errorf("error = %q, want prefix %q", e, want)
		}
		if got := b.observer.codes(); got != "error" {
			t.Errorf("observed %q", got)
		}
	})
}

// A body that stops coming is a hang too.
func TestHangingBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
			resp := respond(200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), hangingReader{req.Context()}))
			return resp, nil
		})
		e := wantKind(t, b.get(t.Context(), endpointN(0, 60)), Timeout)
		if e.Status != 200 {
			t.Errorf("status = %d", e.Status)
		}
	})
}

type hangingReader struct{ ctx context.Context }

func (r hangingReader) Read([]byte) (int, error) { return 0, hang(r.ctx) }

func TestShutdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int // 0: hang
	}{{"in flight", 0}, {"in back-off or pause", 429}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
					if c.status == 0 {
						return nil, hang(req.Context())
					}
					return respond(c.status, "{}", "Retry-After", "8"), nil
				})
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				start := time.Now()
				e := wantKind(t, b.get(ctx, endpointN(0, 60)), Canceled)
				if !errors.Is(e, context.Canceled) || e.Operation != "List0" || time.Since(start) != 3*time.Second {
					t.Errorf("after %s: %v", time.Since(start), e)
				}
				if c.status == 0 && lines(b.log) != 0 {
					t.Errorf("log: %s", b.log)
				}
			})
		})
	}
}

func TestCallersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) { return nil, hang(req.Context()) })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_ = wantKind(t, b.get(ctx, endpointN(0, 60)), Timeout)
		if n := len(b.wire.requests()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

// Bubbles begin at midnight UTC, the beginning of a minute.
func TestThrottledPause(t *testing.T) {
	t.Parallel()
	inTenSeconds := time.Date(2000, 1, 1, 0, 0, 20, 0, time.UTC).Format(http.TimeFormat)
	for _, c := range []struct {
		name       string
		begin      time.Duration // after the minute
		retryAfter string
		wait       time.Duration
	}{
		{"seconds", 10 * time.Second, "7", 7 * time.Second},
		{"date", 10 * time.Second, inTenSeconds, 10 * time.Second},
		{"rest of the minute", 10 * time.Second, "", 50 * time.Second},
		{"at least five seconds", 58 * time.Second, "", 5 * time.Second},
		{"nonsense", 10 * time.Second, "soon", 50 * time.Second},
		{"negative", 10 * time.Second, "-5", 50 * time.Second},
		{"at once, at half the rate", 10 * time.Second, "0", 202 * time.Millisecond},
		{"a date gone by", 10 * time.Second, "Mon, 02 Jan 1995 15:04:05 GMT", 202 * time.Millisecond},
		{"an absurd time", 10 * time.Second, "999999999", time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, func(_ *http.Request, n int) (*http.Response, error) {
					if n == 0 {
						return respond(429, `{"error_code":"APIG.0308","error_msg":"over ratelimit"}`, "Retry-After", c.retryAfter), nil
					}
					return respond(200, "{}"), nil
				})
				time.Sleep(c.begin)
				start := time.Now()
				err := b.get(t.Context(), endpointN(0, 600))
				if c.wait > 10*time.Second {
					// The call fails at once, and so do others until the pause ends.
					retryAt := wantKind(t, err, Throttled).RetryAt
					if got := retryAt.Sub(start); got != c.wait || time.Since(start) != 0 {
						t.Errorf("failed after %s, to be asked again after %s, want %s", time.Since(start), got, c.wait)
					}
					time.Sleep(c.wait - 11*time.Second)
					if again := wantKind(t, b.get(t.Context(), endpointN(0, 600)), Throttled); !again.RetryAt.Equal(retryAt) {
						t.Errorf("a call during the pause is to be asked again at %s, want %s", again.RetryAt, retryAt)
					}
					time.Sleep(time.Until(retryAt))
					err = b.get(t.Context(), endpointN(0, 600))
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := b.wire.times(start)[1].Round(time.Millisecond); got != c.wait {
					t.Errorf("second request after %s, want %s", got, c.wait)
				}
			})
		})
	}
}

func TestThrottledAPILeavesOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "-0") {
				return respond(429, "{}"), nil
			}
			return respond(200, "{}"), nil
		})
		e := wantKind(t, b.get(t.Context(), endpointN(0, 60)), Throttled)
		if e.RetryAt.IsZero() || len(b.wire.requests()) != 1 {
			t.Errorf("%d attempts, retry at %s", len(b.wire.requests()), e.RetryAt)
		}
		start := time.Now()
		if err := b.get(t.Context(), endpointN(1, 60)); err != nil || time.Since(start) != 0 {
			t.Errorf("the other API: %v after %s", err, time.Since(start))
		}
		budgets := b.Budgets()
		if budgets[0].PausedUntil.IsZero() || !budgets[1].PausedUntil.IsZero() {
			t.Errorf("budgets = %+v", budgets)
		}
	})
}

func TestThrottledRateHalvesAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var quiet atomic.Bool
		b := newBench(1, func(*http.Request, int) (*http.Response, error) {
			if !quiet.Load() {
				return respond(429, "{}", "Retry-After", "1"), nil
			}
			return respond(200, "{}"), nil
		})
		e := endpointN(0, 160)
		rate := func() float64 { return math.Round(b.Budgets()[0].RatePerMinute) }
		_ = b.get(t.Context(), e) // two attempts
		if rate() != 40 {
			t.Errorf("rate %v after two 429, want 40", rate())
		}
		_ = b.get(t.Context(), e)
		_ = b.get(t.Context(), e)
		if rate() != 10 {
			t.Errorf("rate %v after six 429, want the floor of 10", rate())
		}
		quiet.Store(true)
		time.Sleep(time.Second)
		for _, want := range []float64{10, 26, 42, 58, 74, 90, 106, 122, 138, 154, 160, 160} {
			if got := rate(); got != want {
				t.Errorf("rate %v, want %v", got, want)
			}
			time.Sleep(time.Minute)
		}
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if n := lines(b.log); n != 2 || !strings.Contains(b.log.String(), "level=WARN") || !strings.Contains(b.log.String(), "back to the full rate") {
			t.Errorf("log:\n%s", b.log)
		}
	})
}

// Requests under way together that all get a 429 halve the rate once.
func TestThrottledTogetherHalvesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newBench(1, nil).limiter("r", endpointN(0, 100))
		sent := time.Now()
		time.Sleep(time.Second)
		p.throttled(sent, time.Time{}, "")
		p.throttled(sent.Add(time.Millisecond), time.Time{}, "")
		if got := p.status().RatePerMinute; got != 50 {
			t.Errorf("rate %v, want 50", got)
		}
	})
}

func TestBackoffBounds(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]time.Duration{1: 500 * time.Millisecond, 2: time.Second} {
		var longest time.Duration
		for range 1000 {
			longest = max(longest, backoff(n))
		}
		if longest >= most || longest < most/2 {
			t.Errorf("attempt %d: longest back-off %s, want just below %s", n, longest, most)
		}
	}
}
