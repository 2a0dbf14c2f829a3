package scraper

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// loop polls one area of one project.
type loop struct {
	// Static.
	scraper   *Scraper
	collector area.Collector
	spec      area.Spec
	options   area.Options
	interval  time.Duration
	maxSeries int
	userName  func(string) string
	names     string
	phase     float64
	base      []*dto.LabelPair
	log       *slog.Logger

	// Replaced by a reload that leaves the loop running.
	target atomic.Pointer[Target]

	// Of Start, Reload and Stop.
	cancel context.CancelFunc
	ended  chan struct{} // closed when run has returned
	again  chan struct{} // ends the pause of a refused collector

	// Replaced by each poll, read by scrapes.
	status    atomic.Pointer[Status]
	published atomic.Pointer[published]

	// Of the loop's own goroutine: what the log was last told.
	logged logState
	// order in which objects were first seen, to cut the newest.
	order map[area.Object]int
	// unproven is a result of before of which it is not known yet whether it is
	// of this project.
	unproven *kept
}

// published is one good result in the forms in which it is served.
type published struct {
	result   any
	of       *state.Origin
	families []rendered
	// include tells which objects are shown; nil: all.
	include func(area.Object) bool
	// expires is when the result is too old to be served.
	expires time.Time
	// counters are the series of counters that it has. counted is the same
	// result with the counts of those that are new, beside exposed, the ones
	// that scrapes have seen; nil if none is new.
	counters area.CounterSet
	counted  *published
	exposed  area.CounterSet
}

// logState is the state that the last log line told of, so that only changes are
// logged.
type logState struct {
	// kinds of failure named since the collector last worked; nil: it works.
	kinds     map[apiclient.Kind]bool
	since     time.Time
	failures  int
	stretched bool
	expired   bool
	cut       bool
	skipping  bool
	parked    string
	// causes beside the collector for which it failed since it last worked.
	causes map[string]bool
}

func newLoop(s *Scraper, target *Target, e Enabled, plan Plan) *loop {
	spec := e.Spec()
	l := &loop{
		scraper: s, collector: e.Collector, spec: spec, options: e.Options,
		interval: e.Interval, maxSeries: e.MaxSeries, base: area.Labels(target.labels()),
		order: map[area.Object]int{}, again: make(chan struct{}, 1),
		phase: phase(target.Account, target.Region, target.Project, spec.Name),
		log: s.config.Logger.With("account", target.Account, "region", target.Region,
			"project", target.Project, "collector", spec.Name),
	}
	l.userName = func(string) string { return "" }
	if spec.Personal {
		l.userName, l.names = plan.UserName, plan.Names
	}
	l.target.Store(target)
	l.status.Store(&Status{Collector: spec.Name, Interval: e.Interval, Effective: e.Interval, SeriesLimit: e.MaxSeries})
	return l
}

// start begins to poll under ctx.
func (l *loop) start(ctx context.Context) {
	ctx, l.cancel = context.WithCancel(ctx)
	l.ended = make(chan struct{})
	go func() {
		defer close(l.ended)
		l.run(ctx)
	}()
}

// stop ends the poll that may be under way and waits for it.
func (l *loop) stop() {
	l.cancel()
	<-l.ended
}

func (l *loop) run(ctx context.Context) {
	l.anchor(time.Now())
	next := time.Now().Add(time.Duration(l.phase * float64(min(startWithin, l.interval))))
	for {
		waiting := *l.status.Load()
		waiting.NextRun = next
		l.status.Store(&waiting)
		if !l.wait(ctx, next) {
			return
		}
		next = l.poll(ctx)
	}
}

// wait sleeps until next, or returns false when ctx ends. If the result
// becomes too old meanwhile, it is taken out and the log says so.
func (l *loop) wait(ctx context.Context, next time.Time) bool {
	for {
		until := next
		if p := l.published.Load(); p != nil && !l.logged.expired && p.expires.Before(next) {
			until = p.expires
		}
		timer := time.NewTimer(time.Until(until))
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-l.again:
			timer.Stop()
			if l.resumed() {
				return true
			}
			continue
		case <-timer.C:
		}
		l.expire(time.Now())
		if until.Equal(next) {
			return true
		}
	}
}

// expire takes out a result that is too old.
func (l *loop) expire(now time.Time) {
	p := l.published.Load()
	if p == nil || now.Before(p.expires) || l.logged.expired {
		return
	}
	l.logged.expired = true
	l.published.Store(&published{result: p.result, of: p.of, expires: p.expires, counters: p.seen()})
	l.scraper.version.Add(1)
	l.warn(l.status.Load().Cause, "last good data is too old and no longer served",
		"last_success", l.status.Load().LastSuccess.UTC().Format(time.RFC3339), "effective_interval", l.status.Load().Effective)
}

// poll polls once and returns when to poll next.
func (l *loop) poll(ctx context.Context) time.Time {
	start := time.Now()
	session := l.target.Load().API.Poll(attemptTimeout(l.interval))
	skips := &apiclient.Skips{}
	result, err := l.fetch(ctx, session, skips, start)
	var samples area.Samples
	if err == nil {
		samples, err = l.collector.Samples(result)
	}
	var shown selection
	of := l.origin()
	next := &published{result: result, of: &of}
	if err == nil {
		shown = l.selectObjects(samples.Cardinality())
		next.include = shown.include
		err = l.publish(next, samples, l.published.Load().seen())
	}
	now := time.Now()
	if ctx.Err() != nil {
		return now // the process stops: nothing failed
	}

	status := *l.status.Load()
	status.Polled, status.Success, status.Err, status.Cause = true, err == nil, err, l.target.Load().cause(err)
	status.Duration, status.Refusal = now.Sub(start), status.Refusal.next(err, l.spec.Core, now)
	status.Parked = status.Refusal.parked(now)
	calls := session.Calls()
	status.Calls = 0
	for _, n := range calls {
		status.Calls += n
	}
	if err == nil {
		status.GoodCalls, status.LastSuccess = calls, now
		status.Skips = *skips
		status.Skipped += uint64(skips.Count) //nolint:gosec // a count
		status.Series, status.SeriesDropped = shown.series, shown.dropped
	}
	planned := l.planned(status)
	status.Effective = planned
	if err == nil {
		status.Effective = achieved(planned, status.Duration)
		status.Expires = now.Add(keepFor * status.Effective)
		// Saved first: what a scrape has shown must not be counted again.
		l.save(kept{result: result, status: status, of: next.of})
		l.published.Store(next.until(status.Expires))
		l.scraper.version.Add(1)
		l.announce(result, status.Expires)
	}
	l.logChanges(status, planned, now)
	status.NextRun = l.next(status, start, now)
	// Last: whoever sees that a poll has ended finds its result saved and shown.
	l.status.Store(&status)
	return status.NextRun
}

// fetch reads the area, building on the last good result.
func (l *loop) fetch(ctx context.Context, session *apiclient.Poll, skips *apiclient.Skips, start time.Time) (any, error) {
	if err := l.prove(ctx); err != nil {
		return nil, err
	}
	var prev any
	if p := l.published.Load(); p != nil {
		prev = p.result
	}
	return l.collector.Poll(ctx, area.Input{
		API: session, Options: l.options, UserName: l.userName, Peer: l.peer, Skips: skips, Now: start, Log: l.log,
	}, prev)
}

// announce tells whoever wants to know of a result.
func (l *loop) announce(result any, expires time.Time) {
	if f := l.scraper.config.Published; f != nil {
		t := l.target.Load()
		f(Publication{
			Account: t.Account, Region: t.Region, Project: t.Project,
			Shared: l.collector.Share(result), Expires: expires,
		})
	}
}

// until sets when the result is too old to be served.
func (p *published) until(expires time.Time) *published {
	p.expires = expires
	if p.counted != nil {
		p.counted.expires = expires
	}
	return p
}

// gather makes the families of a published result.
func (l *loop) gather(p *published, yield func(*dto.MetricFamily) error) error {
	samples, err := l.collector.Samples(p.result)
	if err != nil {
		return err
	}
	if p.counted != nil {
		samples, _ = samples.NewAtZero(p.exposed)
	}
	return samples.Families(l.base, p.include, yield)
}

// peer returns what another area of the same target shares of its last good
// result, nothing if that is too old to be served.
func (l *loop) peer(area string) area.Shared {
	for _, other := range l.scraper.loops() {
		if p := other.published.Load(); p != nil && time.Now().Before(p.expires) && other.spec.Name == area && other.target.Load().sameProject(l.target.Load()) {
			return other.collector.Share(p.result)
		}
	}
	return nil
}

// planned is the interval that the budget allows.
func (l *loop) planned(status Status) time.Duration {
	own := counted(l.interval, status.GoodCalls)
	planned, _ := effective(own, Asked(append(l.scraper.demands(l), own)), perMinute(l.spec.Endpoints, l.target.Load().Share))
	return planned
}

func (l *loop) next(status Status, start, now time.Time) time.Time {
	next := nextRun(start, now, l.interval, status.Effective, l.phase)
	if status.Refusal.Reason != "" {
		return now.Add(status.Refusal.pause(next.Sub(now), l.spec.Core))
	}
	if !status.Success {
		if again := now.Add(retryPause(l.logged.failures, l.phase)); again.Before(next) {
			next = again
		}
	}
	var apiErr *apiclient.Error
	if errors.As(status.Err, &apiErr) && apiErr.RetryAt.After(now) {
		// The pause of the account or API ends at a known moment: no interval
		// is lost after it. A poll before it makes no call, but lets a paused
		// account look for new keys.
		again := apiErr.RetryAt.Add(time.Duration(l.phase * float64(time.Second)))
		if again.Before(next) {
			return again
		}
	}
	return next
}

// logChanges logs what changed with this poll: that it fails, for each kind of
// failure once, and that it works again.
func (l *loop) logChanges(status Status, planned time.Duration, now time.Time) {
	if status.Success {
		if l.logged.kinds != nil {
			log := l.log.Debug
			if l.causesOver() {
				log = l.log.Info
			}
			log("collector works again", "failed_polls", l.logged.failures, "failed_for", now.Sub(l.logged.since).Round(time.Second))
		}
		l.logged = logState{stretched: l.logged.stretched, cut: l.logged.cut, skipping: l.logged.skipping}
	} else {
		l.logFailure(status, now)
	}
	l.logLimit(status)
	l.logSkips(status)
	if stretched := planned > l.interval; stretched != l.logged.stretched {
		l.logged.stretched = stretched
		if stretched {
			l.log.Warn("the budget does not allow the configured interval: polling less often",
				"interval", l.interval, "effective_interval", planned.Round(time.Second), "calls", status.Calls,
				"advice", "raise this collector's interval or budget.share")
		} else {
			l.log.Info("the configured interval is kept again", "interval", l.interval)
		}
	}
}

// logSkips logs when parts of answers begin to be left out, and when none are
// any more.
func (l *loop) logSkips(status Status) {
	skipping := status.Skips.Count > 0
	if !status.Success || skipping == l.logged.skipping {
		return
	}
	l.logged.skipping = skipping
	if skipping {
		l.log.Warn("parts of an answer could not be read: they are left out and the rest is served",
			"skipped", status.Skips.Count, "example", status.Skips.Example)
	} else {
		l.log.Info("all of the answers can be read again")
	}
}

func (l *loop) logFailure(status Status, now time.Time) {
	l.logged.failures++
	if waits := area.WaitError(""); errors.As(status.Err, &waits) {
		l.log.Debug("collector waits for another one", "err", status.Err)
		return
	}
	if l.logged.kinds == nil {
		l.logged.kinds, l.logged.since = map[apiclient.Kind]bool{}, now
	}
	l.logParked(status, now)
	kind := apiclient.KindOf(status.Err)
	if kind == apiclient.Paused {
		kind = apiclient.Unauthorized // the pause is the account's answer to it
	}
	if l.logged.kinds[kind] {
		return
	}
	l.logged.kinds[kind] = true
	l.warn(status.Cause, "collector failed", "err", status.Err)
}

// logParked logs once when a collector is parked.
func (l *loop) logParked(status Status, now time.Time) {
	if status.Parked != "" && status.Parked != l.logged.parked {
		l.warn(status.Cause, "collector is parked: the API goes on refusing it", "reason", status.Parked,
			"refused_polls", status.Refusal.Polls, "refused_for", now.Sub(status.Refusal.Since).Round(time.Second),
			"next_try_in", status.Refusal.pause(0, l.spec.Core), "advice", "it is tried again in growing pauses, and at once after a reload")
	}
	l.logged.parked = status.Parked
}

// anchor makes a restored result expire after the time that is left of it,
// however the clock is set meanwhile. One saved by a clock that was ahead does
// not live longer than it was meant to.
func (l *loop) anchor(now time.Time) {
	p, status := l.published.Load(), *l.status.Load()
	if p == nil {
		return
	}
	status.Expires = sinceNow(status.Expires, now, status.Expires.Sub(status.LastSuccess))
	if status.LastSuccess.After(now) {
		status.LastSuccess = now
	}
	l.status.Store(&status)
	anchored := *p
	anchored.expires = status.Expires
	l.published.Store(&anchored)
	l.scraper.version.Add(1)
}
