package apiclient

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// maxInFlight bounds the requests under way for one project, and
	// maxUnjudged those of all projects whose signature the gateway may not
	// have judged yet. The latter is how many wrong signatures can be under way
	// when a key turns bad; more than five in a row lock it.
	maxInFlight, maxUnjudged = 4, 4
	// judged is how long a request of a proven key is unjudged: gateways check
	// the signature before anything else. What takes longer waits for the
	// service, and that of one project must not keep another one waiting. Only
	// a gateway that takes longer than that to refuse can be sent more than
	// maxUnjudged wrong signatures, and never more than maxInFlight a project.
	judged = 500 * time.Millisecond
	// slowAnswer is how long a request counts as in flight at all, and how long
	// others wait for one that shall prove the key: a server that hangs must not
	// keep the other collectors waiting.
	slowAnswer = 2 * time.Second
	// lockPause is how long the gateway keeps a key locked.
	lockPause = 5 * time.Minute
	// lockText is in the answer of a gateway that has locked the key.
	lockText = "reach the limit"
)

// authPauses follow the first, second, ... 401 in a row; the last one repeats.
var authPauses = [...]time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute}

// gate lets requests of one account through: a few of each project at a time,
// only one while it is not known whether the key is good, none for a while
// after a 401.
type gate struct {
	account string
	log     *slog.Logger

	unjudged chan struct{} // one for each request that may still be refused
	probe    chan struct{} // the request whose outcome the others wait for

	mu          sync.Mutex // never held while waiting
	lanes       map[string]*lane
	proven      bool // the key was accepted since the last 401
	epoch       int  // number of pauses so far
	failures    int  // 401s in a row
	locked      bool
	logged      bool // the log has the pause
	pausedUntil time.Time
	resumedAt   time.Time
	refusal     *Error        // the 401 behind the pause
	refused     Credentials   // the keys behind it
	changed     chan struct{} // closed when proven or paused changes
	pausing     chan struct{} // closed when a pause begins
}

func newGate(account string, log *slog.Logger) *gate {
	return &gate{
		account: account, log: log,
		unjudged: make(chan struct{}, maxUnjudged),
		probe:    make(chan struct{}, 1),
		lanes:    make(map[string]*lane),
		changed:  make(chan struct{}),
		pausing:  make(chan struct{}),
	}
}

// lane is the requests of one project to one host.
type lane struct {
	slots chan struct{} // one for each request in flight
	// probe is for the one that may wait to prove the key, so that a project
	// that hangs proves nothing twice before another one has tried.
	probe chan struct{}
}

// lane returns the one lane of a name.
func (g *gate) lane(name string) *lane {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[name]
	if l == nil {
		l = &lane{slots: make(chan struct{}, maxInFlight), probe: make(chan struct{}, 1)}
		g.lanes[name] = l
	}
	return l
}

// try takes a place in the lane if there is one.
func (l *lane) try() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// take waits for a place and takes it.
func (l *lane) take(ctx context.Context) *Error {
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

func (l *lane) leave() { <-l.slots }

// permit is the permission to send one request.
type permit struct {
	epoch int
	probe bool
	// release gives its place to the next.
	release func()
}

// open returns an error while the account is paused, and otherwise a channel
// that is closed when a pause begins.
func (g *gate) open() (<-chan struct{}, *Error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pausing, g.pause(time.Now())
}

// enter waits until one more request may be in flight, which has a place in its
// lane. Every permit must be returned by leave; without one the place is free.
func (g *gate) enter(ctx context.Context, l *lane) (permit, *Error) {
	p, err := g.admit(ctx, l)
	if err != nil {
		l.leave()
		return p, err
	}
	probe := p.probe
	unjudged := sync.OnceFunc(func() {
		if !probe {
			<-g.unjudged
		}
	})
	release := sync.OnceFunc(func() {
		unjudged()
		if probe {
			<-g.probe
			<-l.probe
		}
		l.leave()
	})
	soon, slow := time.AfterFunc(judged, unjudged), time.AfterFunc(slowAnswer, release)
	p.release = func() { soon.Stop(); slow.Stop(); release() }
	return p, nil
}

// admit waits until the key is proven and few signatures are unjudged, or until
// it falls to this request to prove it.
func (g *gate) admit(ctx context.Context, l *lane) (permit, *Error) {
	for {
		g.mu.Lock()
		paused, proven, changed := g.pause(time.Now()), g.proven, g.changed
		g.mu.Unlock()
		if paused != nil {
			return permit{}, paused
		}
		take, order := g.proving, []chan struct{}{l.probe, g.probe}
		if proven {
			take, order = g.going, []chan struct{}{g.unjudged}
		}
		p, ok, err := g.take(ctx, changed, order, take)
		if ok || err != nil {
			return p, err
		}
	}
}

// take takes places in their order, and gives them back unless it has all of
// them and the permit is granted.
func (g *gate) take(ctx context.Context, changed <-chan struct{}, places []chan struct{}, grant func() (permit, bool)) (permit, bool, *Error) {
	for n, place := range places {
		var err *Error
		select {
		case place <- struct{}{}:
			continue
		case <-changed:
		case <-ctx.Done():
			err = contextError(ctx)
		}
		free(places[:n])
		return permit{}, false, err
	}
	p, ok := grant()
	if !ok {
		free(places)
	}
	return p, ok, nil
}

func free(places []chan struct{}) {
	for _, place := range places {
		<-place
	}
}

// going lets a request go while the key is proven.
func (g *gate) going() (permit, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return permit{epoch: g.epoch}, g.proven && g.pause(time.Now()) == nil
}

// proving lets the holder of the probe prove the key, unless the one before has
// proven or refuted it.
func (g *gate) proving() (permit, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return permit{epoch: g.epoch, probe: true}, !g.proven && g.pause(time.Now()) == nil
}

// leave returns a permit with the outcome of its request; keys are those it was
// signed with. It returns whether a pause began.
func (g *gate) leave(p permit, keys Credentials, failure *Error) (paused bool) {
	g.mu.Lock()
	// Requests from before the present pause tell nothing new.
	if p.epoch == g.epoch {
		switch {
		case failure == nil || failure.Status != 0 && failure.Kind == Forbidden || failure.Kind == Unsubscribed:
			g.accept() // a 403 comes after the signature was checked
		case failure.Kind == Unauthorized && failure.Status != 0:
			g.refuse(keys, failure)
			paused = true
		}
	}
	g.mu.Unlock()
	p.release()
	return paused
}

// accept notes that the key is good. The caller holds mu.
func (g *gate) accept() {
	if g.proven {
		return
	}
	if g.failures > 0 {
		g.log.Info("account is accepted again: calls go on")
	}
	g.proven, g.failures, g.locked, g.logged = true, 0, false, false
	g.refusal, g.refused, g.pausedUntil = nil, Credentials{}, time.Time{}
	g.broadcast()
}

// refuse begins a pause. The caller holds mu.
func (g *gate) refuse(keys Credentials, failure *Error) {
	locked := strings.Contains(strings.ToLower(failure.Said), lockText)
	pause := authPauses[min(g.failures, len(authPauses)-1)]
	if locked {
		pause = lockPause
	}
	log := g.log.Debug
	if !g.logged || locked && !g.locked {
		log = g.log.Error
	}
	g.logged = true
	g.failures++
	g.epoch++
	g.proven, g.locked = false, locked
	g.pausedUntil = time.Now().Add(pause)
	g.refusal, g.refused = failure, keys
	log("account is paused: its key was refused; check access key, secret key, security token and the clock of this machine",
		"next_try", g.pausedUntil, "api", failure.Operation, "code", failure.Code,
		"locked", locked, "request_id", failure.RequestID)
	close(g.pausing)
	g.pausing = make(chan struct{})
	g.broadcast()
}

// resume ends the pause early if keys are others than those refused, or
// changed says so. A source that changes all the time does not get around the
// pauses.
func (g *gate) resume(keys Credentials, changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause(time.Now()) == nil || !changed && keys.sameKeys(g.refused) {
		return
	}
	now := time.Now()
	if !g.resumedAt.IsZero() && now.Sub(g.resumedAt) < authPauses[0] {
		return
	}
	g.pausedUntil, g.resumedAt, g.logged = time.Time{}, now, false
	g.log.Info("credentials have changed: the pause of the account ends")
	g.broadcast()
}

// broadcast wakes those who wait in admit. The caller holds mu.
func (g *gate) broadcast() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// pause returns the error for calls that arrive at now, nil if the account is
// not paused. The caller holds mu.
func (g *gate) pause(now time.Time) *Error {
	if !g.pausedUntil.After(now) {
		return nil
	}
	return &Error{
		Kind:      Paused,
		Message:   "not sent: account " + g.account + " is paused until " + g.pausedUntil.UTC().Format(time.TimeOnly) + " UTC after " + g.refusal.Fact(),
		RequestID: g.refusal.RequestID,
		RetryAt:   g.pausedUntil,
	}
}

// until returns the end of the pause, zero if there is none.
func (g *gate) until() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause(time.Now()) == nil {
		return time.Time{}
	}
	return g.pausedUntil
}
