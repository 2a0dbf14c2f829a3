package apiclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// fakeWire stands for the network and the server behind it. It reports to
// httptrace as net/http does, and lives within a synctest bubble.
type fakeWire struct {
	// connect takes place before the request is written; nil means at once.
	connect func(ctx context.Context, n int) error
	// answer takes place after; n counts the requests from 0.
	answer func(req *http.Request, n int) (*http.Response, error)

	mu       sync.Mutex
	sent     []sentRequest
	inFlight int
	mostIn   int
}

type sentRequest struct {
	at   time.Time
	path string
	req  *http.Request
}

func (w *fakeWire) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, begin := req.Context(), time.Now()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	trace := httptrace.ContextClientTrace(ctx)
	trace.GetConn("")
	if w.connect != nil {
		w.mu.Lock()
		n := len(w.sent)
		w.mu.Unlock()
		if err := w.connect(ctx, n); err != nil {
			return nil, err
		}
	}
	trace.GotConn(httptrace.GotConnInfo{})
	w.mu.Lock()
	n := len(w.sent)
	w.sent = append(w.sent, sentRequest{time.Now(), req.Method + " " + req.URL.Host + req.URL.Path, req})
	// The account takes a request that has no answer slowAnswer after its
	// begin, connecting included, for one that is no longer in flight; here it
	// ends just before that.
	if counts := slowAnswer - time.Second/2 - time.Since(begin); counts > 0 {
		w.inFlight++
		w.mostIn = max(w.mostIn, w.inFlight)
		land := sync.OnceFunc(func() {
			w.mu.Lock()
			w.inFlight--
			w.mu.Unlock()
		})
		slow := time.AfterFunc(counts, land)
		defer func() { slow.Stop(); land() }()
	}
	w.mu.Unlock()
	trace.WroteRequest(httptrace.WroteRequestInfo{})
	return w.answer(req, n)
}

// requests returns what was sent so far.
func (w *fakeWire) requests() []sentRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]sentRequest(nil), w.sent...)
}

// times returns when requests were sent, counted from start.
func (w *fakeWire) times(start time.Time) []time.Duration {
	requests := w.requests()
	times := make([]time.Duration, 0, len(requests))
	for _, r := range requests {
		times = append(times, r.at.Sub(start))
	}
	return times
}

// hang waits until the request is given up.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func respond(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// statuses answers each request with the next status, the last one for ever.
func statuses(list ...int) func(*http.Request, int) (*http.Response, error) {
	return func(_ *http.Request, n int) (*http.Response, error) {
		return respond(list[min(n, len(list)-1)], "{}"), nil
	}
}

// fakeKeys is a credential source whose keys a test can change.
type fakeKeys struct {
	mu        sync.Mutex
	keys      Credentials
	err       error
	refreshes int
	onRefresh func(*fakeKeys) bool
}

func (k *fakeKeys) Credentials(context.Context) (Credentials, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys, k.err
}

func (k *fakeKeys) Refresh(context.Context) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refreshes++
	if k.onRefresh == nil {
		return false, nil
	}
	return k.onRefresh(k), nil
}

// fakeSigner marks a request with its access key.
type fakeSigner struct{}

func (fakeSigner) Sign(req *http.Request, _ []byte, c Credentials, at time.Time) error {
	req.Header.Set("Authorization", "SDK-HMAC-SHA256 Access="+c.AccessKey+", Signature=0123456789abcdef")
	req.Header.Set("X-Sdk-Date", at.UTC().Format("20060102T150405Z"))
	return nil
}

type fakeObserver struct {
	mu   sync.Mutex
	seen []Observation
}

func (o *fakeObserver) Observe(x Observation) {
	o.mu.Lock()
	o.seen = append(o.seen, x)
	o.mu.Unlock()
}

func (o *fakeObserver) codes() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	codes := make([]string, 0, len(o.seen))
	for _, x := range o.seen {
		codes = append(codes, x.Code)
	}
	return strings.Join(codes, " ")
}

// bench is an account on a fake wire with everything in reach of a test.
type bench struct {
	*Account
	wire     *fakeWire
	keys     *fakeKeys
	observer *fakeObserver
	log      *testutil.Buffer
	project  *Project
}

func newBench(share float64, answer func(*http.Request, int) (*http.Response, error)) *bench {
	b := &bench{
		wire:     &fakeWire{answer: answer},
		keys:     &fakeKeys{keys: Credentials{AccessKey: "ACCESSKEY1", SecretKey: "SECRETKEY1"}},
		observer: &fakeObserver{},
		log:      &testutil.Buffer{},
	}
	b.Account = NewAccount(AccountConfig{
		Name: "prod", Credentials: b.keys, Signer: fakeSigner{}, Share: share, Transport: b.wire,
		Observer: b.observer, Logger: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
		UserAgent: "workspace_exporter/test",
	})
	b.project = b.Project(ProjectConfig{Name: "hq", Region: "ap-southeast-3", ID: "p1"})
	return b
}

// get makes one call of an endpoint.
func (b *bench) get(ctx context.Context, e Endpoint) error {
	_, err := b.project.Poll(10*time.Second).Call(ctx, Request{Endpoint: e})
	return err
}

func lines(b *testutil.Buffer) int { return strings.Count(b.String(), "\n") }

func endpointN(n, limit int) Endpoint {
	return Endpoint{Operation: fmt.Sprintf("List%d", n), Method: http.MethodGet, Path: fmt.Sprintf("/v2/{project_id}/things-%d", n), Limit: limit}
}

func wantKind(t *testing.T, err error, want Kind) *Error {
	t.Helper()
	if KindOf(err) != want {
		t.Fatalf("kind = %q, want %q (error: %v)", KindOf(err), want, err)
	}
	var e *Error
	errors.As(err, &e)
	return e
}
