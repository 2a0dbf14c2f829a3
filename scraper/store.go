package scraper

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/state"
)

// Store keeps the last good result of each loop over restarts. What it cannot
// do is for it to tell.
type Store interface {
	LoadResult(key string) (state.Saved, bool)
	SaveResult(key string, saved state.Saved) error
	Delete(key string) error
	// Drop counts, by reason, a result that was kept and is not used.
	Drop(reason string)
}

// kept is a good result of a loop of before, of this process or the last one.
type kept struct {
	result any
	status Status
	// of is what it was made of; nil: nobody knows.
	of *state.Origin
	// seen are the counters that scrapes have seen, nil for all of it.
	seen area.CounterSet
}

// key names the loop in the store.
func (l *loop) key() string {
	t := l.target.Load()
	return strings.Join([]string{t.Account, t.Region, t.Project, l.spec.Name}, "/")
}

// origin is what a result is made of now.
func (l *loop) origin() state.Origin {
	t := l.target.Load()
	o := state.Origin{ProjectID: t.API.KnownID(), Host: t.host(), Asker: t.Asker}
	if l.spec.Personal {
		o.Names = l.names
	}
	return o
}

// restore takes up where the process before this one stopped: its last good
// result is served until it is too old, and is what the next poll builds on
// however old it is.
func (l *loop) restore() {
	saved, ok := l.scraper.config.Store.LoadResult(l.key())
	if !ok {
		return
	}
	k := kept{status: *l.status.Load(), of: saved.Of}
	k.status.LastSuccess, k.status.Expires, k.status.GoodCalls = saved.At, saved.Expires, saved.Calls
	var err error
	if k.result, err = l.collector.Restore(saved.Result); err != nil {
		l.unusable(err)
		return
	}
	l.adopt(k)
}

// adopt goes on from a result of before, as far as it is of the same project
// and names are shown as they were. Reload and restart have this one rule.
func (l *loop) adopt(k kept) {
	if k.of != nil {
		if !l.unname(&k) || !l.belongs(k) {
			return
		}
	}
	if err := l.resume(k); err != nil {
		l.unusable(err)
	}
}

// unname takes the names out of a result that were to be shown in another way,
// from the store as well, and tells whether anything is left.
func (l *loop) unname(k *kept) bool {
	now := l.origin()
	if k.of.Names == now.Names {
		return true
	}
	l.drop(state.OtherPrivacy)
	l.log.Info("privacy is another one than before: the names of users are read anew")
	result, left := l.collector.WithoutNames(k.result)
	if !left {
		if store := l.scraper.config.Store; store != nil {
			_ = store.Delete(l.key()) // the store tells
		}
		return false
	}
	of := *k.of
	of.Names = now.Names
	k.result, k.of = result, &of
	l.save(*k)
	return true
}

// belongs tells whether a result may be served now. One of another project is
// dropped. While the project id is not known, a result waits for it, and is
// served if the same key asks the same host.
func (l *loop) belongs(k kept) bool {
	now := l.origin()
	switch {
	case k.of.Host != now.Host, k.of.ProjectID != "" && now.ProjectID != "" && k.of.ProjectID != now.ProjectID:
		l.drop(state.OtherProject)
		l.log.Info("the last result is of another project or endpoint: the collector begins anew",
			"was", k.of.ProjectID+" at "+k.of.Host, "is", now.ProjectID+" at "+now.Host)
		return false
	case now.ProjectID == "" && k.of.ProjectID != "":
		l.unproven = &k
		return k.of.Asker != "" && k.of.Asker == now.Asker
	default:
		return true
	}
}

// prove learns the project id before anything is built on a result of which it
// is not known that it is of that project.
func (l *loop) prove(ctx context.Context) error {
	k := l.unproven
	if k == nil {
		return nil
	}
	if _, err := l.target.Load().API.ID(ctx); err != nil {
		return err
	}
	l.unproven = nil
	status := *l.status.Load()
	status.LastSuccess, status.Expires, status.GoodCalls = time.Time{}, time.Time{}, nil
	status.Series, status.SeriesDropped = 0, 0
	l.status.Store(&status)
	l.published.Store(nil)
	l.adopt(*k)
	l.scraper.version.Add(1)
	return nil
}

// resume goes on from a result that another loop has read.
func (l *loop) resume(k kept) error {
	samples, err := l.collector.Samples(k.result)
	if err != nil {
		return err
	}
	shown := l.selectObjects(samples.Cardinality())
	next := &published{result: k.result, of: k.of, include: shown.include}
	tooOld := !time.Now().Before(k.status.Expires)
	if tooOld { // nobody will see it
		next.counters = samples.Counters()
	} else if err := l.publish(next, samples, k.seen); err != nil {
		return err
	}
	l.published.Store(next.until(k.status.Expires))
	l.announce(k.result, k.status.Expires)
	k.status.Series, k.status.SeriesDropped = shown.series, shown.dropped
	l.status.Store(&k.status)
	l.logged.expired = tooOld // it was so before
	return nil
}

// save stores a good result. A result that cannot be stored is served all the
// same: a restart then goes on from the one before, which counts the same
// records to the same numbers.
func (l *loop) save(k kept) {
	if l.scraper.config.Store == nil {
		return
	}
	content, err := json.Marshal(k.result)
	if err != nil {
		l.log.Error("the result cannot be kept over restarts", "err", err)
		return
	}
	_ = l.scraper.config.Store.SaveResult(l.key(), state.Saved{ // the store tells
		At: k.status.LastSuccess, Expires: k.status.Expires, Of: k.of, Calls: k.status.GoodCalls, Result: content,
	})
}

func (l *loop) unusable(err error) {
	l.drop(state.Unreadable)
	l.log.Error("the saved result does not fit this version: the collector begins anew", "err", err)
}

func (l *loop) drop(reason string) {
	if l.scraper.config.Store != nil {
		l.scraper.config.Store.Drop(reason)
	}
}
