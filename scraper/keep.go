package scraper

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// key names the loop in the store.
func (l *loop) key() string {
	return strings.Join([]string{l.target.Account, l.target.Region, l.target.Project, l.spec.Name}, "/")
}

// restore takes up where the process before this one stopped: its last good
// result is served until it is too old, and is what the next poll builds on
// however old it is.
func (l *loop) restore() {
	saved, ok := l.scraper.config.Store.LoadResult(l.key())
	if !ok {
		return
	}
	result, err := l.collector.Restore(saved.Result)
	if err == nil {
		shown := l.choose(result)
		var families []rendered
		if families, err = render(l.collector, result, l.base, shown.keep); err == nil {
			l.published.Store(&published{result: result, families: families, keep: shown.keep, expires: saved.Expires})
		}
	}
	if err != nil {
		l.log.Error("the saved result does not fit this version: the collector begins anew", "err", err)
		return
	}
	status := *l.status.Load()
	status.LastSuccess, status.Expires, status.GoodCalls = saved.At, saved.Expires, saved.Calls
	l.status.Store(&status)
	if !time.Now().Before(saved.Expires) {
		l.said.expired = true // it was so before this process
	}
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
	if failed := err != nil; failed != l.said.unsaved {
		l.said.unsaved = failed
		if failed {
			l.log.Error("cannot keep the result over restarts", "err", err)
		} else {
			l.log.Info("results are kept over restarts again")
		}
	}
}
