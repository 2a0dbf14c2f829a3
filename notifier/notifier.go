// Package notifier sends the alarms of Workspace projects to Alertmanagers.
// It gets the active alarms after each good poll and knows nothing of the API
// they came from. Rules over metrics are left to Prometheus.
//
// A tracker (tracker.go) decides which alerts are due; each Alertmanager has a
// queue and a goroutine that deliver them (queue.go, sender.go). An Alertmanager
// that is down delays neither the polls nor the other Alertmanagers.
package notifier

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// drainTimeout is how long Stop lets the last alerts go out.
const drainTimeout = 2 * time.Second

// Config says where alerts go and what they look like.
type Config struct {
	// Alertmanagers get everything, each of them. Their URLs are unique.
	Alertmanagers []Alertmanager
	// Projects are those that are watched, with their configured labels.
	Projects map[Project]map[string]string
	// ResendInterval is after what time an active alert is sent again.
	ResendInterval time.Duration
	// ExternalLabels are added to every alert.
	ExternalLabels map[string]string
	// Severities are the values of the label severity by level.
	Severities map[string]string
	// ResourceNames tells that names of resources, which may hold those of
	// users, may be shown in annotations.
	ResourceNames bool
	// QueueCapacity is the most alerts that wait for one Alertmanager.
	QueueCapacity int
}

// Alertmanager is one receiver of alerts.
type Alertmanager struct {
	// URL has neither a user nor a trailing slash; it is shown everywhere.
	URL string
	// Timeout of one request.
	Timeout time.Duration
	HTTP    promconfig.HTTPClientConfig
}

// Options are what a Notifier needs beside its Config.
type Options struct {
	Logger    *slog.Logger
	UserAgent string
	// Clean takes names out of what an Alertmanager says; nil: nothing.
	Clean func(string) string
	// Transport replaces the network, in tests.
	Transport http.RoundTripper
}

// Notifier sends alerts until it is stopped.
type Notifier struct {
	options Options
	// trigger wakes the goroutine that looks for due alerts.
	trigger chan struct{}
	running sync.WaitGroup
	cancel  context.CancelFunc

	mu      sync.Mutex
	tracker tracker
	senders []*sender       // swapped by Commit
	ctx     context.Context // nil until Start
}

// New returns a Notifier that has not started yet.
func New(config Config, options Options) (*Notifier, error) {
	n := &Notifier{options: options, trigger: make(chan struct{}, 1), tracker: newTracker()}
	prepared, err := n.Prepare(config)
	if err != nil {
		return nil, err
	}
	prepared.Commit()
	return n, nil
}

// Prepared is a configuration that can no longer fail.
type Prepared struct {
	notifier *Notifier
	config   Config
	clients  []*client
}

// Prepare makes everything of a new configuration that can fail and touches
// nothing that is live.
func (n *Notifier) Prepare(config Config) (*Prepared, error) {
	p := &Prepared{notifier: n, config: config}
	for _, a := range config.Alertmanagers {
		c := n.clientOf(a)
		if c == nil {
			var err error
			if c, err = newClient(a, n.options); err != nil {
				return nil, fmt.Errorf("alertmanager %s: %w", a.URL, err)
			}
		}
		p.clients = append(p.clients, c)
	}
	return p, nil
}

// clientOf returns the client that was made of the same settings before, nil
// if there is none.
func (n *Notifier) clientOf(a Alertmanager) *client {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.senders {
		if c := s.client.Load(); reflect.DeepEqual(c.Alertmanager, a) {
			return c
		}
	}
	return nil
}

// Commit makes a prepared configuration the current one. An Alertmanager that
// stays keeps its queue and its counters, a new one gets all active alerts at
// once. Alerts of projects that are no longer watched, and those whose labels
// change, are resolved: no later poll would do it.
func (p *Prepared) Commit() {
	n := p.notifier
	n.mu.Lock()
	defer n.mu.Unlock()
	before := map[string]*sender{}
	for _, s := range n.senders {
		before[s.url] = s
	}
	fresh := false
	senders := make([]*sender, len(p.clients))
	for i, c := range p.clients {
		s, exists := before[c.URL]
		if exists {
			s.setClient(c)
			delete(before, c.URL)
		} else {
			s, fresh = newSender(c, n.options.Logger), true
			n.start(n.ctx, s)
		}
		s.queue.resize(p.config.QueueCapacity)
		senders[i] = s
	}
	n.senders = senders
	for _, removed := range before {
		removed.stop()
	}
	n.tracker.configure(p.config, time.Now())
	if fresh {
		n.tracker.sendAll()
	}
	n.wake()
}

// start lets a sender run, if the notifier does.
func (n *Notifier) start(ctx context.Context, s *sender) {
	if ctx != nil {
		n.running.Go(func() { s.run(ctx) })
	}
}

// Start begins to send; it returns at once. Only Stop ends it, so that what
// was queued when ctx ended still goes out.
func (n *Notifier) Start(ctx context.Context) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	n.ctx = ctx
	for _, s := range n.senders {
		n.start(ctx, s)
	}
	n.running.Go(func() { n.run(ctx) })
}

// Stop ends sending. Active alerts stay active: Alertmanager keeps them for a
// few resend intervals, in which the next process takes over.
func (n *Notifier) Stop() {
	n.deliver(time.Now())
	n.mu.Lock()
	cancel := n.cancel
	for _, s := range n.senders {
		s.stop()
	}
	n.senders = nil
	n.mu.Unlock()
	if cancel == nil {
		return
	}
	drained := time.AfterFunc(drainTimeout, cancel)
	defer drained.Stop()
	n.wake()
	n.running.Wait()
	cancel()
}

// Update takes the active alarms of a project as the last good poll found
// them. When they expire they are sent on for a day, unconfirmed, and then
// neither sent nor resolved until the next good poll. Projects that the configuration lacks are ignored.
func (n *Notifier) Update(p Project, alarms []Alarm, expires time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tracker.update(p, alarms, expires, time.Now())
	n.wake()
}

// wake lets run look for due alerts.
func (n *Notifier) wake() {
	select {
	case n.trigger <- struct{}{}:
	default: // it will look anyway
	}
}

// run hands due alerts to all senders.
func (n *Notifier) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.trigger:
		case <-timer.C:
		}
		next, more := n.deliver(time.Now())
		if !more {
			return
		}
		timer.Reset(time.Until(next))
	}
}

// deliver queues what is due and says when to look again, if ever.
func (n *Notifier) deliver(now time.Time) (next time.Time, more bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.senders == nil {
		return now, false
	}
	if len(n.senders) > 0 {
		n.tracker.tell(n.options.Logger, now)
	}
	due, next := n.tracker.due(now)
	for _, s := range n.senders {
		s.push(due)
	}
	return next, true
}
