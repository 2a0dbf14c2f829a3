package scraper

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// key names the loop in the store.
func (l *loop) key() string {
	t := l.target.Load()
	return strings.Join([]string{t.Account, t.Region, t.Project, l.spec.Name}, "/")
}

// restore takes up where the process before this one stopped: its last good
// result is served until it is too old, and is what the next poll builds on
// however old it is.
func (l *loop) restore() {
	saved, ok := l.scraper.config.Store.LoadResult(l.key())
	if !ok {
		return
	}
	status := *l.status.Load()
	status.LastSuccess, status.Expires, status.GoodCalls = saved.At, saved.Expires, saved.Calls
	result, err := l.collector.Restore(saved.Result)
	if err == nil {
		err = l.resume(result, status, nil)
	}
	if err != nil {
		l.log.Error("the saved result does not fit this version: the collector begins anew", "err", err)
	}
}

// resume goes on from a result that another loop has read. seen are the counters
// that scrapes have seen, nil for all of them.
func (l *loop) resume(result any, status Status, seen area.CounterSet) error {
	samples, err := l.collector.Samples(result)
	if err != nil {
		return err
	}
	shown := l.selectObjects(samples.Cardinality())
	next := &published{result: result, include: shown.include}
	tooOld := !time.Now().Before(status.Expires)
	if tooOld { // nobody will see it
		next.counters = samples.Counters()
	} else if err := l.publish(next, samples, seen); err != nil {
		return err
	}
	l.published.Store(next.until(status.Expires))
	l.announce(result, status.Expires)
	status.Series, status.SeriesDropped = shown.series, shown.dropped
	l.status.Store(&status)
	l.logged.expired = tooOld // it was so before
	return nil
}

// save stores a good result. A result that cannot be stored is served all the
// same: a restart then goes on from the one before, which counts the same
// records to the same numbers.
func (l *loop) save(result any, status Status) {
	if l.scraper.config.Store == nil {
		return
	}
	content, err := json.Marshal(result)
	if err == nil {
		err = l.scraper.config.Store.SaveResult(l.key(), state.Saved{
			At: status.LastSuccess, Expires: status.Expires, Calls: status.GoodCalls, Result: content,
		})
	}
	if failed := err != nil; failed != l.logged.unsaved {
		l.logged.unsaved = failed
		if failed {
			l.log.Error("cannot keep the result over restarts", "err", err)
		} else {
			l.log.Info("results are kept over restarts again")
		}
	}
}
