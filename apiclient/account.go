package apiclient

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

const (
	// defaultShare leaves half of each limit to other users of the key.
	defaultShare = 0.5
	// DefaultLanguage is that of texts in answers, unless configured.
	DefaultLanguage = "en-us"
	// rereadGap bounds how often a refused key is looked up again.
	rereadGap     = 2 * time.Second
	rereadTimeout = 5 * time.Second
)

// AccountConfig is everything an Account needs. Observer and Logger may be
// nil.
type AccountConfig struct {
	Name        string
	Credentials CredentialSource
	Signer      Signer
	// IAMEndpoint is asked for project ids; "" means that of the region.
	IAMEndpoint string
	// Share of each published limit that may be used, above 0 and at most 1;
	// 0 means 0.5.
	Share     float64
	Transport http.RoundTripper
	Observer  Observer
	// Answers, if not nil, is told of successful answers.
	Answers AnswerObserver
	// Ledger keeps the budgets over restarts; nil means that nothing does.
	Ledger Ledger
	// Logger logs changes of state; its lines should name the account.
	Logger    *slog.Logger
	UserAgent string
	// Clean takes names out of what an answer said before it is logged, at
	// level debug; nil: nothing.
	Clean func(string) string
	// Language of texts in answers (X-Language); "" means en-us.
	Language string
}

// Ledger remembers over restarts until when an API must not be called, under
// a key that names account, region and API.
type Ledger interface {
	// NotBefore returns what was reserved last, zero if nothing was.
	NotBefore(key string) time.Time
	// Reserve must have stored until when it returns. If it cannot, that is for
	// the ledger to tell.
	Reserve(key string, until time.Time)
}

// Observer gets every request on the wire. It must be fast and safe for
// concurrent use.
type Observer interface{ Observe(Observation) }

// Observation is one request on the wire, retries included.
type Observation struct {
	Account, Region, Project, Operation string
	// Code is the HTTP status, or "error" if no complete answer came.
	Code string
	// Status is the HTTP status, 0 if none came.
	Status   int
	Duration time.Duration
}

// AnswerObserver gets every whole and successful answer of the Workspace API.
// It must be fast, safe for concurrent use, and leave the answer as it is.
type AnswerObserver interface{ ObserveAnswer(Answer) }

// Answer is an answer with what was asked.
type Answer struct {
	Account, Region, Project string
	Endpoint                 Endpoint
	Query                    url.Values
	Body                     []byte
}

// Budget is what one API may be used for and how much of it is.
type Budget struct {
	Region, Operation string
	// Limit is the published number of calls a minute, PerMinute the share
	// that may be used, RatePerMinute the present rate: lower after a 429.
	Limit                    int
	PerMinute, RatePerMinute float64
	// Used is the number of requests in the last 60 s.
	Used int
	// PausedUntil is the end of the pause after a 429, zero if there is none.
	PausedUntil time.Time
}

// Account is one access key and everything the requests made with it share:
// the budgets of the APIs and the standing of the key. It is safe for
// concurrent use.
type Account struct {
	config  atomic.Pointer[AccountConfig] // replaced by Apply
	log     *slog.Logger
	gate    *gate
	reading chan struct{} // held by the one that re-reads the credentials
	readAt  time.Time     // guarded by reading
	expiry  atomic.Pointer[time.Time]
	skew    foreign.Skew // of our clock and the API's

	mu       sync.Mutex // never held while waiting
	share    float64
	limiters map[limiterKey]*limiter
	projects map[ProjectConfig]*Project
}

// limiterKey is what the gateway counts by, for one user.
type limiterKey struct{ region, method, path string }

// NewAccount returns an account that has not made a call yet.
func NewAccount(cfg AccountConfig) *Account {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	a := &Account{
		log:      log,
		gate:     newGate(cfg.Name, log),
		reading:  make(chan struct{}, 1),
		share:    cmp.Or(cfg.Share, defaultShare),
		limiters: make(map[limiterKey]*limiter),
		projects: make(map[ProjectConfig]*Project),
	}
	a.config.Store(&cfg)
	return a
}

// Name returns the name of the account.
func (a *Account) Name() string { return a.config.Load().Name }

// SetShare changes the share of the limits that may be used, for requests
// that wait already too.
func (a *Account) SetShare(share float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.share = share
	for _, p := range a.limiters {
		p.setShare(share)
	}
}

// Apply changes how the account calls from the next request on; the budgets
// and the standing of the key stay. The name cannot change.
func (a *Account) Apply(cfg AccountConfig) {
	a.SetShare(cmp.Or(cfg.Share, defaultShare))
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.config.Swap(&cfg)
	if before.Credentials != cfg.Credentials || before.IAMEndpoint != cfg.IAMEndpoint {
		// The ids that were asked for may be another tenant's.
		clear(a.projects)
	}
}

// Adopt takes over the budgets of an account that had the same keys under
// another name: the API counts by key, whatever we call it.
func (a *Account) Adopt(before *Account) {
	before.mu.Lock()
	limiters := maps.Clone(before.limiters)
	before.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, p := range limiters {
		p.move(a.log, a.leaseKey(key))
		p.setShare(a.share)
		a.limiters[key] = p
	}
}

// Budgets returns the budgets of all APIs called so far, by region and
// operation.
func (a *Account) Budgets() []Budget {
	a.mu.Lock()
	defer a.mu.Unlock()
	budgets := make([]Budget, 0, len(a.limiters))
	for _, p := range a.limiters {
		budgets = append(budgets, p.status())
	}
	slices.SortFunc(budgets, func(x, y Budget) int {
		return cmp.Or(cmp.Compare(x.Region, y.Region), cmp.Compare(x.Operation, y.Operation))
	})
	return budgets
}

// CredentialExpiry returns when the keys used last expire, zero if they do
// not.
func (a *Account) CredentialExpiry() time.Time {
	if at := a.expiry.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// ClockSkew returns by how much the clock of this machine is ahead of the
// API's, if an answer has told the time yet.
func (a *Account) ClockSkew() (ahead time.Duration, known bool) { return a.skew.Ahead() }

// PausedUntil returns the end of the pause after a 401, zero if there is none.
func (a *Account) PausedUntil() time.Time { return a.gate.until() }

// limiter returns the one limiter of an API in a region.
func (a *Account) limiter(region string, e Endpoint) *limiter {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := limiterKey{region, e.Method, e.Path}
	p := a.limiters[key]
	if p == nil {
		p = newLimiter(e, region, a.share, a.log)
		if ledger := a.config.Load().Ledger; ledger != nil {
			p.remember(ledger, a.leaseKey(key))
		}
		a.limiters[key] = p
	}
	return p
}

// leaseKey is the key of a budget in the ledger.
func (a *Account) leaseKey(key limiterKey) string {
	return strings.Join([]string{a.Name(), key.region, key.method, key.path}, " ")
}

// open is the gate's open; a call that comes during a pause looks first
// whether the keys have changed.
func (a *Account) open(ctx context.Context) (<-chan struct{}, *Error) {
	stop, paused := a.gate.open()
	if paused == nil {
		return stop, nil
	}
	a.reread(ctx)
	return a.gate.open()
}

// reread reads the credentials again and ends the pause if they are new. It
// does nothing if somebody does so now or did a moment ago.
func (a *Account) reread(ctx context.Context) {
	select {
	case a.reading <- struct{}{}:
		defer func() { <-a.reading }()
	default:
		return
	}
	if !a.readAt.IsZero() && time.Since(a.readAt) < rereadGap {
		return
	}
	a.readAt = time.Now()
	ctx, cancel := context.WithTimeout(ctx, rereadTimeout)
	defer cancel()
	credentials := a.config.Load().Credentials
	changed, err := credentials.Refresh(ctx)
	if err != nil {
		a.log.Debug("credentials could not be read again", "err", err)
	}
	keys, err := credentials.Credentials(ctx)
	if err != nil {
		return
	}
	a.gate.resume(keys, changed)
}
