package apiclient

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const (
	wrongKey  = `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail","request_id":"r401"}`
	lockedKey = `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: AK access failed to reach the limit,forbidden"}`
)

// always answers every request alike.
func always(status int, body string, header ...string) func(*http.Request, int) (*http.Response, error) {
	return func(*http.Request, int) (*http.Response, error) { return respond(status, body, header...), nil }
}

func TestUnauthorizedIsNotRetriedAndPausesGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, always(401, wrongKey))
		start := time.Now()
		e := wantKind(t, b.get(t.Context(), endpointN(0, 60)), Unauthorized)
		if e.Code != "APIGW.0301" || e.RequestID != "r401" || e.Status != 401 {
			t.Errorf("error = %+v", e)
		}
		if n := len(b.wire.requests()); n != 1 {
			t.Fatalf("%d requests, want 1", n)
		}
		// Eight APIs call once a second each for five minutes.
		var all sync.WaitGroup
		for api := range 8 {
			all.Go(func() {
				for time.Since(start) < 5*time.Minute {
					err := b.get(t.Context(), endpointN(api, 60))
					if k := KindOf(err); k != Paused && k != Unauthorized {
						t.Errorf("error = %v", err)
					}
					time.Sleep(time.Second)
				}
			})
		}
		all.Wait()
		want := []time.Duration{0, 10, 30, 70, 130, 190, 250}
		got := b.wire.times(start)
		if len(got) != len(want) {
			t.Fatalf("requests at %v, want about %v s", got, want)
		}
		for i := range got {
			if late := got[i] - want[i]*time.Second; late < 0 || late > time.Duration(i)*1100*time.Millisecond {
				t.Errorf("request %d at %s, want %d s", i, got[i], want[i])
			}
		}
		if n := lines(b.log); n != 1 {
			t.Errorf("%d log lines, want 1:\n%s", n, b.log)
		}
		for _, part := range []string{"level=ERROR", "secret key", "clock", "request_id=r401", "next_try="} {
			if !strings.Contains(b.log.String(), part) {
				t.Errorf("log lacks %q: %s", part, b.log)
			}
		}
	})
}

func TestPausedCallFailsAtOnceAndSaysUntilWhen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, always(401, wrongKey))
		start := time.Now()
		_ = b.get(t.Context(), endpointN(0, 60))
		e := wantKind(t, b.get(t.Context(), endpointN(1, 60)), Paused)
		if time.Since(start) != 0 {
			t.Errorf("waited %s", time.Since(start))
		}
		if until := start.Add(10 * time.Second); !e.RetryAt.Equal(until) || !b.PausedUntil().Equal(until) {
			t.Errorf("RetryAt = %s, PausedUntil = %s, want %s", e.RetryAt, b.PausedUntil(), until)
		}
		if !strings.Contains(e.Error(), "List1: not sent: account prod is paused until") || !strings.Contains(e.Error(), "APIGW.0301") {
			t.Errorf("error = %v", e)
		}
		if got := b.observer.codes(); got != "401" {
			t.Errorf("observed %q, want only what was sent", got)
		}
		time.Sleep(10 * time.Second)
		if !b.PausedUntil().IsZero() {
			t.Errorf("PausedUntil = %s after the pause", b.PausedUntil())
		}
	})
}

func TestPauseWakesThoseWhoWaitForATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(_ *http.Request, n int) (*http.Response, error) {
			if n == 0 {
				return respond(200, "{}"), nil
			}
			return respond(401, wrongKey), nil
		})
		slow := endpointN(0, 1)
		_ = b.get(t.Context(), slow) // the next token comes in a minute
		start := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_ = wantKind(t, b.get(t.Context(), slow), Paused)
				if waited := time.Since(start); waited != time.Second {
					t.Errorf("failed after %s", waited)
				}
			})
		}
		time.Sleep(time.Second)
		_ = b.get(t.Context(), endpointN(1, 60))
		all.Wait()
	})
}

func TestAfterThePauseOneCallProbesForAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		outcome    int
		sent, good int
	}{
		{"good again", 200, 10, 10},
		{"still bad", 401, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var probing atomic.Bool
				b := newBench(1, nil)
				b.wire.answer = func(_ *http.Request, n int) (*http.Response, error) {
					if n == 0 {
						return respond(401, wrongKey), nil
					}
					if n == 1 {
						probing.Store(true)
						time.Sleep(time.Second)
						probing.Store(false)
					} else if probing.Load() {
						t.Error("a second request while the probe is under way")
					}
					return respond(c.outcome, "{}"), nil
				}
				_ = b.get(t.Context(), endpointN(0, 60))
				time.Sleep(10 * time.Second)
				var all sync.WaitGroup
				var mu sync.Mutex
				good := 0
				for api := range 10 {
					all.Go(func() {
						if b.get(t.Context(), endpointN(api, 60)) == nil {
							mu.Lock()
							good++
							mu.Unlock()
						}
					})
				}
				all.Wait()
				if sent := len(b.wire.requests()) - 1; sent != c.sent || good != c.good {
					t.Errorf("%d requests, %d calls good; want %d and %d", sent, good, c.sent, c.good)
				}
			})
		})
	}
}

func TestUnprovenKeyHasOneCallInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, nil)
		var open atomic.Bool
		b.wire.answer = func(_ *http.Request, n int) (*http.Response, error) {
			if n > 0 && !open.Load() {
				t.Error("a second request before the first answer")
			}
			time.Sleep(time.Second)
			open.Store(true)
			return respond(200, "{}"), nil
		}
		var all sync.WaitGroup
		for api := range 12 {
			all.Go(func() { _ = b.get(t.Context(), endpointN(api, 60)) })
		}
		all.Wait()
		if b.wire.mostIn != 4 {
			t.Errorf("at most %d in flight, want 4", b.wire.mostIn)
		}
	})
}

// A server that hangs does not make the collectors wait for each other: after
// slowAnswer a request holds no place any more, not even the first of all.
func TestHangHoldsNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) { return nil, hang(req.Context()) })
		start := time.Now()
		var all sync.WaitGroup
		for api := range 12 {
			all.Go(func() { _ = wantKind(t, b.get(t.Context(), endpointN(api, 60)), Timeout) })
		}
		all.Wait()
		// One after the other, as the key is not proven: the last begins after 22 s.
		if took, want := time.Since(start), 11*slowAnswer+10*time.Second; took != want {
			t.Errorf("12 calls took %s, want %s", took, want)
		}
	})
}

func TestForbiddenProvesTheKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(_ *http.Request, n int) (*http.Response, error) {
			if n == 0 {
				return respond(403, `{"error_code":"WKS.0403","error_msg":"no permission"}`), nil
			}
			time.Sleep(time.Second)
			return respond(200, "{}"), nil
		})
		_ = wantKind(t, b.get(t.Context(), endpointN(0, 60)), Forbidden)
		var all sync.WaitGroup
		for api := range 4 {
			all.Go(func() { _ = b.get(t.Context(), endpointN(api+1, 60)) })
		}
		all.Wait()
		if b.wire.mostIn != 4 {
			t.Errorf("at most %d in flight, want 4", b.wire.mostIn)
		}
	})
}

// Four requests are under way when the key turns bad: that is one refusal.
func TestRefusalsOfOneMomentCountOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bad atomic.Bool
		b := newBench(1, func(*http.Request, int) (*http.Response, error) {
			time.Sleep(time.Second)
			if bad.Load() {
				return respond(401, wrongKey), nil
			}
			return respond(200, "{}"), nil
		})
		_ = b.get(t.Context(), endpointN(0, 60))
		bad.Store(true)
		start := time.Now()
		var all sync.WaitGroup
		for api := range 4 {
			all.Go(func() { _ = wantKind(t, b.get(t.Context(), endpointN(api+1, 60)), Unauthorized) })
		}
		all.Wait()
		if got := b.PausedUntil().Sub(start); got != 11*time.Second {
			t.Errorf("paused until %s", got)
		}
	})
}

func TestSuccessResetsThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(_ *http.Request, n int) (*http.Response, error) {
			if n == 2 {
				return respond(200, "{}"), nil
			}
			return respond(401, wrongKey), nil
		})
		e := endpointN(0, 60)
		_ = b.get(t.Context(), e)
		time.Sleep(10 * time.Second)
		_ = b.get(t.Context(), e)
		time.Sleep(20 * time.Second)
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.log.String(), "accepted again") {
			t.Errorf("log: %s", b.log)
		}
		time.Sleep(10 * time.Second)
		start := time.Now()
		_ = b.get(t.Context(), e)
		if got := b.PausedUntil().Sub(start); got != 10*time.Second {
			t.Errorf("pause of %s, want 10 s", got)
		}
	})
}

func TestLockedKeyPausesFiveMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, always(401, lockedKey))
		start := time.Now()
		_ = b.get(t.Context(), endpointN(0, 60))
		if got := b.PausedUntil().Sub(start); got != 5*time.Minute {
			t.Errorf("pause of %s, want 5 min", got)
		}
	})
}

func TestChangedKeysEndThePause(t *testing.T) {
	t.Parallel()
	good := func(req *http.Request, _ int) (*http.Response, error) {
		if strings.Contains(req.Header.Get("Authorization"), "ACCESSKEY2") {
			return respond(200, "{}"), nil
		}
		return respond(401, wrongKey), nil
	}
	change := func(k *fakeKeys) bool {
		k.keys.AccessKey = "ACCESSKEY2"
		return true
	}
	t.Run("at the refusal", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(1, good)
			b.keys.onRefresh = change
			_ = wantKind(t, b.get(t.Context(), endpointN(0, 60)), Unauthorized)
			start := time.Now()
			if err := b.get(t.Context(), endpointN(1, 60)); err != nil || time.Since(start) != 0 {
				t.Errorf("after %s: %v", time.Since(start), err)
			}
		})
	})
	t.Run("during the pause", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(1, good)
			_ = b.get(t.Context(), endpointN(0, 60))
			b.keys.onRefresh = change
			time.Sleep(time.Second) // too early to look again
			_ = wantKind(t, b.get(t.Context(), endpointN(1, 60)), Paused)
			time.Sleep(time.Second)
			if err := b.get(t.Context(), endpointN(1, 60)); err != nil {
				t.Error(err)
			}
			if b.keys.refreshes != 2 {
				t.Errorf("%d refreshes, want 2", b.keys.refreshes)
			}
		})
	})
	t.Run("between signing and refusal", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := newBench(1, func(req *http.Request, n int) (*http.Response, error) {
				time.Sleep(time.Second)
				return good(req, n)
			})
			time.AfterFunc(500*time.Millisecond, func() {
				b.keys.mu.Lock() // Refresh will see nothing new
				defer b.keys.mu.Unlock()
				b.keys.keys.AccessKey = "ACCESSKEY2"
			})
			_ = b.get(t.Context(), endpointN(0, 60))
			if err := b.get(t.Context(), endpointN(1, 60)); err != nil {
				t.Error(err)
			}
		})
	})
}

// A source that always has other keys, all of them bad, must not turn the
// pauses into a stream of refused requests and log lines.
func TestEverChangingKeysKeepThePauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, always(401, wrongKey))
		b.keys.onRefresh = func(k *fakeKeys) bool {
			k.keys.AccessKey += "x"
			return true
		}
		for range 600 {
			_ = b.get(t.Context(), endpointN(0, 600))
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(b.wire.requests()); n < 5 || n > 8 {
			t.Errorf("%d requests in a minute", n)
		}
		if n := lines(b.log); n > 16 {
			t.Errorf("%d log lines in a minute", n)
		}
	})
}

func TestNewKeysThatAreBadTooAreToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, always(401, wrongKey))
		_ = b.get(t.Context(), endpointN(0, 600))
		time.Sleep(3 * time.Second)
		b.keys.onRefresh = func(k *fakeKeys) bool {
			k.keys.AccessKey = "ACCESSKEY2"
			return true
		}
		_ = b.get(t.Context(), endpointN(0, 600))
		if n := strings.Count(b.log.String(), "level=ERROR"); n != 2 {
			t.Errorf("log:\n%s", b.log)
		}
	})
}

func TestNoCredentialsIsNoRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		b.keys.err = errors.New("the file is empty")
		start := time.Now()
		for range 3 {
			e := wantKind(t, b.get(t.Context(), endpointN(0, 1)), Unauthorized)
			if !strings.Contains(e.Error(), "the file is empty") {
				t.Errorf("error = %v", e)
			}
		}
		if len(b.wire.requests()) != 0 || time.Since(start) != 0 || !b.PausedUntil().IsZero() {
			t.Errorf("%d requests, %s", len(b.wire.requests()), time.Since(start))
		}
	})
}

func TestCredentialExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		if !b.CredentialExpiry().IsZero() {
			t.Errorf("expiry %s before any use", b.CredentialExpiry())
		}
		expiry := time.Now().Add(time.Hour)
		b.keys.keys.Expiry = expiry
		_ = b.get(t.Context(), endpointN(0, 60))
		if !b.CredentialExpiry().Equal(expiry) {
			t.Errorf("expiry %s, want %s", b.CredentialExpiry(), expiry)
		}
	})
}

func TestGivingUpLeaksNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, n int) (*http.Response, error) {
			if n < 4 {
				return nil, hang(req.Context())
			}
			return respond(200, "{}"), nil
		})
		for round := range 3 { // in flight, waiting for the probe, waiting for a slot
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			var all sync.WaitGroup
			for api := range 9 {
				all.Go(func() { _ = b.get(ctx, endpointN(10*round+api, 60)) })
			}
			all.Wait()
			cancel()
		}
		for name, l := range b.gate.lanes {
			if len(l.slots) != 0 || len(l.probe) != 0 || len(b.gate.unjudged) != 0 || len(b.gate.probe) != 0 {
				t.Errorf("%s: %d places, %d and %d probes, %d unjudged taken", name, len(l.slots), len(l.probe), len(b.gate.probe), len(b.gate.unjudged))
			}
		}
	})
}

// projects are further ones of the same account, in the same region.
func (b *bench) further(names ...string) []*Project {
	var all []*Project
	for _, name := range names {
		all = append(all, b.Project(ProjectConfig{Name: name, Region: "ap-southeast-3", ID: name, Endpoint: "https://" + name + ".example.com"}))
	}
	return all
}

func callOn(ctx context.Context, p *Project, e Endpoint) error {
	_, err := p.Poll(10*time.Second).Call(ctx, Request{Endpoint: e})
	return err
}

// TestSlowProjectDelaysNoOther: one project answers after a while or not at all,
// already before the key is proven. The other one calls the same APIs and gets
// its first results and all others as if it were alone.
func TestSlowProjectDelaysNoOther(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		slow time.Duration
	}{"slow": {1500 * time.Millisecond}, "hanging": {time.Hour}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
					wait := 20 * time.Millisecond
					if strings.HasPrefix(req.URL.Host, "alpha") {
						wait = tt.slow
					}
					if sleep(req.Context(), wait) != nil {
						return nil, req.Context().Err()
					}
					return respond(200, "{}"), nil
				})
				projects := b.further("alpha", "beta")
				var all sync.WaitGroup
				begin := time.Now()
				for api := range 8 {
					e := endpointN(api, 6000)
					for _, p := range []int{0, 0, 1} { // the slow one asks twice as often
						all.Go(func() {
							if p == 1 {
								time.Sleep(time.Millisecond) // behind all of the other's
							}
							for n := 0; time.Since(begin) < 8*time.Second; n++ {
								at := time.Now()
								err := callOn(t.Context(), projects[p], e)
								took := time.Since(at)
								most := judged + 200*time.Millisecond
								if n == 0 { // the slow one may have been first to prove the key
									most += slowAnswer
								}
								if p == 1 && (err != nil || took > most) {
									t.Errorf("call %d took %v: %v", n, took, err)
								}
								time.Sleep(300 * time.Millisecond)
							}
						})
					}
				}
				all.Wait()
			})
		})
	}
}

// TestKeyTurnsBad while many projects call as fast as they may: no more wrong
// signatures are sent than one gateway forgives, before all calls pause.
func TestKeyTurnsBad(t *testing.T) {
	t.Parallel()
	for _, service := range []time.Duration{0, 100 * time.Millisecond, 1500 * time.Millisecond, time.Hour} {
		t.Run(service.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var bad atomic.Bool
				var refused atomic.Int32
				const gateway = 150 * time.Millisecond
				b := newBench(1, func(req *http.Request, n int) (*http.Response, error) {
					time.Sleep(gateway)
					if bad.Load() {
						refused.Add(1)
						return respond(401, wrongKey), nil
					}
					if n > 0 && sleep(req.Context(), service) != nil {
						return nil, req.Context().Err()
					}
					return respond(200, "{}"), nil
				})
				var all sync.WaitGroup
				begin := time.Now()
				for _, p := range b.further("a", "b", "c", "d", "e", "f", "g", "h") {
					for api := range 10 {
						all.Go(func() {
							for time.Since(begin) < 6*time.Second {
								_ = callOn(t.Context(), p, endpointN(api, 60000))
								time.Sleep(10 * time.Millisecond)
							}
						})
					}
				}
				time.Sleep(5*time.Second + 33*time.Millisecond)
				bad.Store(true)
				time.Sleep(time.Second)
				if n := refused.Load(); n < 1 || n > 5 {
					t.Errorf("%d wrong signatures", n)
				}
				all.Wait()
			})
		})
	}
}

// The probe may become free just when its holder has settled the matter.
func TestProbeIsNotTakenTwice(t *testing.T) {
	t.Parallel()
	g := newBench(1, nil).gate
	if _, ok := g.proving(); !ok {
		t.Error("nobody may probe at the start")
	}
	g.refuse(Credentials{}, &Error{Kind: Unauthorized, Status: 401})
	if _, ok := g.proving(); ok {
		t.Error("a probe during the pause")
	}
	g.accept()
	if _, ok := g.proving(); ok {
		t.Error("a probe of a proven key")
	}
}
