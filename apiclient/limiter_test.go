package apiclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// The bound that everything else rests on: whatever is asked, answered or
// changed, no 60 seconds hold more than share x limit + 1 requests of an API.
func TestNoWindowOverBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		plan := drawPlan(rt)
		var err error // rapid must hear of it outside the bubble
		synctest.Test(t, func(*testing.T) { err = plan.run() })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// plan is one random course of events.
type plan struct {
	limits  []int
	share   float64
	callers []callerPlan
	answers []answerPlan // taken in turn by the requests as they come
	shares  []sharePlan
}

type callerPlan struct {
	start, pause time.Duration
	api, calls   int
	patience     time.Duration
}

type answerPlan struct {
	connect, delay time.Duration
	status         int // 0: the connection breaks, -1: no answer comes, -2: no connection comes
	retryAfter     string
}

type sharePlan struct {
	after time.Duration
	share float64
}

func drawPlan(rt *rapid.T) plan {
	seconds := func(most int, name string) time.Duration {
		return time.Duration(rapid.IntRange(0, most*1000).Draw(rt, name)) * time.Millisecond
	}
	p := plan{
		limits: rapid.SliceOfN(rapid.SampledFrom([]int{1, 3, 7, 20, 60, 100, 200, 500}), 1, 4).Draw(rt, "limits"),
		share:  rapid.Float64Range(0.01, 1).Draw(rt, "share"),
	}
	for range rapid.IntRange(1, 8).Draw(rt, "callers") {
		p.callers = append(p.callers, callerPlan{
			start: seconds(60, "start"), pause: rapid.SampledFrom([]time.Duration{0, 0, time.Second, 5 * time.Second}).Draw(rt, "pause"), patience: 3*time.Second + seconds(300, "patience"),
			api: rapid.IntRange(0, len(p.limits)-1).Draw(rt, "api"), calls: rapid.IntRange(1, 300).Draw(rt, "calls"),
		})
	}
	// A healthy API is driven to its full rate, a sick one to every branch.
	healthy := rapid.Bool().Draw(rt, "healthy")
	outcomes := []int{200}
	if !healthy {
		outcomes = []int{200, 200, 200, 200, 500, 503, 429, 401, 403, 0, -1, -2}
	}
	for range rapid.IntRange(1, 20).Draw(rt, "answers") {
		p.answers = append(p.answers, answerPlan{
			connect:    rapid.SampledFrom([]time.Duration{0, 0, 0, 100 * time.Millisecond, 4 * time.Second}).Draw(rt, "connect"),
			delay:      rapid.SampledFrom([]time.Duration{0, 0, 0, time.Second, 9 * time.Second, 11 * time.Second}).Draw(rt, "delay"),
			status:     rapid.SampledFrom(outcomes).Draw(rt, "status"),
			retryAfter: rapid.SampledFrom([]string{"", "", "0", "1", "30"}).Draw(rt, "retryAfter"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(rt, "changes") {
		p.shares = append(p.shares, sharePlan{seconds(180, "after"), rapid.Float64Range(0.01, 1).Draw(rt, "newShare")})
	}
	return p
}

func (p plan) run() error {
	b := newBench(p.share, nil)
	b.wire.connect = func(ctx context.Context, n int) error {
		a := p.answers[n%len(p.answers)]
		if a.status == -2 && n%2 == 0 {
			return hang(ctx)
		}
		time.Sleep(a.connect)
		return nil
	}
	b.wire.answer = func(req *http.Request, n int) (*http.Response, error) {
		a := p.answers[n%len(p.answers)]
		if a.status == -1 {
			return nil, hang(req.Context())
		}
		time.Sleep(a.delay)
		if a.status <= 0 {
			return nil, io.ErrClosedPipe
		}
		return respond(a.status, "{}", "Retry-After", a.retryAfter), nil
	}

	var mu sync.Mutex
	inForce := []sharePlan{{0, p.share}} // after the start
	start := time.Now()
	var all sync.WaitGroup
	for _, c := range p.callers {
		all.Go(func() {
			time.Sleep(c.start)
			ctx, cancel := context.WithTimeout(context.Background(), c.patience)
			defer cancel()
			poll := b.project.Poll(10 * time.Second)
			for range c.calls {
				_, _ = poll.Call(ctx, Request{Endpoint: endpointN(c.api, p.limits[c.api])})
				time.Sleep(c.pause)
			}
		})
	}
	for _, s := range p.shares {
		all.Go(func() {
			time.Sleep(s.after)
			mu.Lock()
			defer mu.Unlock()
			inForce = append(inForce, sharePlan{time.Since(start), s.share})
			b.SetShare(s.share)
		})
	}
	all.Wait()

	times := make([][]time.Duration, len(p.limits))
	for _, r := range b.wire.requests() {
		var api int
		if _, err := fmt.Sscanf(r.path, "GET workspace.ap-southeast-3.myhuaweicloud.com/v2/p1/things-%d", &api); err != nil {
			return fmt.Errorf("request for %q", r.path)
		}
		times[api] = append(times[api], r.at.Sub(start))
	}
	for api, sent := range times {
		if err := checkWindows(sent, p.limits[api], inForce); err != nil {
			return err
		}
	}
	if b.wire.mostIn > 4 {
		return fmt.Errorf("%d requests in flight, want at most 4", b.wire.mostIn)
	}
	return nil
}

// checkWindows looks at the 60 s that end with each request.
func checkWindows(sent []time.Duration, limit int, inForce []sharePlan) error {
	for last := range sent {
		first := last
		for first > 0 && sent[last]-sent[first-1] <= time.Minute {
			first--
		}
		// A token taken just before a change may be used just after it.
		share := 0.0
		for i, s := range inForce {
			ended := i+1 < len(inForce) && inForce[i+1].after < sent[last]-time.Minute
			if s.after <= sent[last] && !ended {
				share = max(share, s.share)
			}
		}
		if n, most := last-first+1, share*float64(limit)+1; float64(n) > most {
			return fmt.Errorf("%d requests within 60 s before %s, want at most %.2f", n, sent[last], most)
		}
	}
	return nil
}

func TestPacerUsesItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(0.5, statuses(200))
		start := time.Now()
		for range 101 {
			if err := b.get(t.Context(), endpointN(0, 200)); err != nil {
				t.Fatal(err)
			}
		}
		// 100 gaps of 0.6 s and one percent.
		if got, want := time.Since(start).Round(time.Millisecond), 60600*time.Millisecond; got != want {
			t.Errorf("101 requests took %s, want %s", got, want)
		}
		budget := b.Budgets()[0]
		if budget.Used != 100 || budget.PerMinute != 100 || budget.RatePerMinute != 100 || budget.Limit != 200 {
			t.Errorf("budget = %+v", budget)
		}
	})
}

func TestPacerIsFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		var all sync.WaitGroup
		var mu sync.Mutex
		var order []int
		for i := range 20 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if err := b.get(t.Context(), endpointN(0, 60)); err != nil {
					t.Error(err)
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
			})
		}
		all.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("order = %v", order)
			}
		}
	})
}

func TestPacerCancellationLeaksNoTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		e := endpointN(0, 1) // a gap of a minute
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 5 { // one waits out the gap, the others wait for the token
			all.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Duration(i+1)*time.Second, cancel)
				_ = wantKind(t, b.get(ctx, e), Canceled)
			})
		}
		all.Wait()
		start := time.Now()
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited > time.Minute {
			t.Errorf("waited %s after the others gave up", waited)
		}
	})
}

func TestPacerCountsFromTheWriting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		// The first request waits 5 s for its connection, the others do not.
		b.wire.connect = func(_ context.Context, n int) error {
			if n == 0 {
				time.Sleep(5 * time.Second)
			}
			return nil
		}
		start := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _ = b.get(t.Context(), endpointN(0, 60)) })
		}
		all.Wait()
		times := b.wire.times(start)
		if times[0] != 5*time.Second || (times[1]-times[0]).Round(time.Millisecond) != 1010*time.Millisecond {
			t.Errorf("written at %v", times)
		}
	})
}

func TestPacerHangingAnswerKeepsTheGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, n int) (*http.Response, error) {
			if n == 1 {
				return nil, hang(req.Context())
			}
			return respond(200, "{}"), nil
		})
		if err := b.get(t.Context(), endpointN(0, 60)); err != nil { // proves the key
			t.Fatal(err)
		}
		start := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { _ = b.get(t.Context(), endpointN(0, 60)) })
		}
		all.Wait()
		// The second does not wait for the end of the first, only for the gap.
		if times := b.wire.times(start)[1:]; (times[1] - times[0]).Round(time.Millisecond) != 1010*time.Millisecond {
			t.Errorf("written at %v", times)
		}
	})
}

func TestPacerHungConnectBlocksNoLongerThanTheAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		var hung atomic.Bool
		b.wire.connect = func(ctx context.Context, _ int) error {
			if hung.CompareAndSwap(false, true) {
				return hang(ctx)
			}
			return nil
		}
		start := time.Now()
		var all sync.WaitGroup
		all.Go(func() { _ = b.get(t.Context(), endpointN(0, 60)) })
		time.Sleep(time.Millisecond)
		if err := b.get(t.Context(), endpointN(0, 60)); err != nil {
			t.Fatal(err)
		}
		// Nothing was written before, so there is no gap to keep.
		if times := b.wire.times(start); times[0] != 10*time.Second {
			t.Errorf("written at %v", times)
		}
		all.Wait()
	})
}

func TestSetShareReratesTheOneThatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(0.1, statuses(200))
		e := endpointN(0, 10) // one a minute
		_ = b.get(t.Context(), e)
		start := time.Now()
		time.AfterFunc(5*time.Second, func() { b.SetShare(1) }) // one in six seconds
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 6060*time.Millisecond {
			t.Errorf("waited %s", waited)
		}
		b.SetShare(0.1)
		start = time.Now()
		if err := b.get(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 60600*time.Millisecond {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestPacerGapOfNonsense(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0, -1, 1e-300, math.NaN(), math.Inf(-1)} {
		p := newLimiter(endpointN(0, 100), "r", share, slog.New(slog.DiscardHandler))
		if got := p.gap(time.Now()); got != maxGap {
			t.Errorf("share %v: gap %s", share, got)
		}
	}
}

func TestTurnEndsOnce(t *testing.T) {
	t.Parallel()
	p := newLimiter(endpointN(0, 100), "r", 1, slog.New(slog.DiscardHandler))
	token, err := p.take(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	token.spend()
	token.cancel() // must not put a second token into circulation
	if n := len(p.free); n != 1 {
		t.Errorf("%d tokens", n)
	}
}

func TestTakeStops(t *testing.T) {
	t.Parallel()
	p := newLimiter(endpointN(0, 1), "r", 1, slog.New(slog.DiscardHandler))
	token, _ := p.take(t.Context(), nil)
	token.spend()
	stop := make(chan struct{})
	close(stop)
	if _, err := p.take(t.Context(), stop); !errors.Is(err, errStopped) {
		t.Errorf("err = %v", err)
	}
	if n := len(p.free); n != 1 {
		t.Errorf("%d tokens", n)
	}
}
