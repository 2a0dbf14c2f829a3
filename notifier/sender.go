package notifier

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

const (
	// batchSize and batchBytes keep a request below what proxies usually let
	// pass. A single alert may be larger.
	batchSize, batchBytes = 100, 512 << 10
	// A failed batch is tried again after a pause that doubles. New alarms
	// wait for it, so that it is never longer than they may take.
	minBackoff, maxBackoff = 500 * time.Millisecond, 2 * time.Second
)

// sender delivers the alerts of one queue.
type sender struct {
	url    string
	queue  *queue
	client atomic.Pointer[client] // swapped by a new configuration
	log    *slog.Logger
	// stopping is closed to end after what is queued has gone out.
	stopping chan struct{}
	// overflowing is whether the log last said that the queue is full.
	overflowing bool
	// most is how many bytes a request may have; halved when one is too large.
	most int
	// toldTooLarge and toldHalved are whether the log has said so.
	toldTooLarge, toldHalved bool
	// skew of our clock and the Alertmanager's.
	skew foreign.Skew

	mu           sync.Mutex
	sent, failed uint64
	lastSuccess  time.Time
	err          error // of the last attempt
}

func newSender(c *client, log *slog.Logger) *sender {
	s := &sender{url: c.URL, queue: newQueue(), stopping: make(chan struct{}), most: batchBytes, log: log.With("alertmanager", c.URL)}
	s.client.Store(c)
	return s
}

func (s *sender) stop() { close(s.stopping) }

// setClient takes another client for the requests to come.
func (s *sender) setClient(c *client) {
	if before := s.client.Swap(c); before != c {
		before.close()
	}
}

// push queues alerts, and logs when that begins to cost older ones.
func (s *sender) push(alerts []alert) {
	if len(alerts) == 0 {
		return
	}
	dropped := s.queue.push(alerts)
	if overflowing := dropped > 0; overflowing != s.overflowing {
		s.overflowing = overflowing
		if overflowing {
			s.log.Error("the queue is full: the oldest alerts are dropped", "dropped", dropped,
				"advice", "see why Alertmanager takes none, or raise alerting.queue_capacity")
		}
	}
}

// run sends until ctx ends, or stop was called and nothing is left that can
// be sent.
func (s *sender) run(ctx context.Context) {
	defer func() { s.client.Load().close() }()
	pause, again := minBackoff, false
	for {
		batch := s.queue.take(batchSize, time.Now())
		if len(batch) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-s.queue.ready:
				continue
			case <-s.stopping:
			}
			if length, _, _ := s.queue.stats(); length == 0 {
				return
			}
			continue
		}
		c := s.client.Load()
		ahead := s.ahead()
		body, n, err := encode(batch, ahead, s.most)
		if err == nil {
			s.queue.requeue(batch[n:])
			batch = batch[:n]
			err = c.post(ctx, body, func(begin, end time.Time, header http.Header) { s.skew.Observe(s.log, begin, end, header) })
		} else {
			err = permanentError{err} // of strings and times: cannot happen
		}
		if s.client.Load() != c {
			c.close() // it was replaced meanwhile
		}
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errTooLarge) {
			s.tooLarge(batch, len(body))
			continue
		}
		s.record(len(batch), err)
		_, permanent := errors.AsType[permanentError](err)
		switch {
		case err == nil:
			pause = minBackoff
			// The first answers tell the time: what was sent before went by
			// the wrong one, and may have been taken for over.
			if !again && (s.ahead()-ahead).Abs() > foreign.Granted {
				s.queue.requeue(batch)
				again = true
			} else {
				again = false
			}
			continue
		case permanent:
			s.queue.addDropped(len(batch))
			continue
		}
		s.queue.requeue(batch)
		if !s.backoff(ctx, pause) {
			return
		}
		pause = min(2*pause, maxBackoff)
	}
}

// ahead is by how much times are corrected.
func (s *sender) ahead() time.Duration {
	if ahead, known := s.skew.Ahead(); known && ahead.Abs() > foreign.Granted {
		return ahead
	}
	return 0
}

// tooLarge halves the requests to come after one of so many bytes was refused
// because of its size, and drops a single alert that is too large.
func (s *sender) tooLarge(batch []alert, bytes int) {
	s.countFailed(len(batch))
	if len(batch) > 1 {
		s.most = bytes / 2
		s.queue.requeue(batch)
		if !s.toldHalved {
			s.toldHalved = true
			s.log.Info("the request is too large for Alertmanager or a proxy: smaller ones are sent", "bytes", bytes, "alerts", len(batch))
		}
		return
	}
	s.queue.addDropped(1)
	if !s.toldTooLarge {
		s.toldTooLarge = true
		s.log.Error("an alert is too large for Alertmanager or a proxy and is dropped", "bytes", bytes,
			"alarm_id", batch[0].Labels["alarm_id"], "advice", "raise the size of requests that the proxy allows")
	}
}

func (s *sender) countFailed(alerts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed += uint64(alerts) //nolint:gosec // the length of a slice
}

// backoff pauses, or returns false when there will be no other try.
func (s *sender) backoff(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-s.stopping:
		return false
	case <-timer.C:
		return true
	}
}

// record stores the outcome of an attempt and logs when it changes.
func (s *sender) record(alerts int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.err
	s.err = err
	if err == nil {
		s.sent += uint64(alerts) //nolint:gosec // the length of a slice
		s.lastSuccess = time.Now()
		if before != nil {
			s.log.Info("alerts reach Alertmanager again")
		}
		return
	}
	s.failed += uint64(alerts) //nolint:gosec // the length of a slice
	if before == nil {         // logged once; the status page has the latest reason
		s.log.Warn("cannot send alerts", "err", err, "alerts", alerts)
	}
}

// Status is the state of one Alertmanager.
type Status struct {
	URL string
	// Sent counts alerts that were delivered, Failed those of failed attempts,
	// Dropped those that were given up.
	Sent, Failed, Dropped uint64
	// Queue is how many alerts wait, of at most Capacity.
	Queue, Capacity int
	LastSuccess     time.Time
	// Ahead is how far our clock is ahead of its, if that is known.
	Ahead      time.Duration
	AheadKnown bool
	// Err is why the last attempt failed.
	Err error
}

// Status returns the state of all Alertmanagers, in their configured order.
func (n *Notifier) Status() []Status {
	n.mu.Lock()
	senders := n.senders
	n.mu.Unlock()
	all := make([]Status, len(senders))
	for i, s := range senders {
		all[i] = s.status()
	}
	return all
}

func (s *sender) status() Status {
	length, capacity, dropped := s.queue.stats()
	s.mu.Lock()
	defer s.mu.Unlock()
	ahead, known := s.skew.Ahead()
	return Status{
		URL: s.url, Ahead: ahead, AheadKnown: known, Sent: s.sent, Failed: s.failed, Dropped: dropped,
		Queue: length, Capacity: capacity, LastSuccess: s.lastSuccess, Err: s.err,
	}
}

// Unconfirmed lists, for each project, the alerts that are sent although its
// alarms cannot be read.
func (n *Notifier) Unconfirmed() []Unconfirmed {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tracker.unconfirmed(time.Now())
}

// Active counts the alerts that are being sent, by project.
func (n *Notifier) Active() map[Project]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tracker.active(time.Now())
}
