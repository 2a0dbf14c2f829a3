package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
)

// reloadOutcome is how the last reload ended; the start counts as one.
type reloadOutcome struct {
	// lastSuccess is when the configuration in force was loaded.
	lastSuccess time.Time
	// err says why the last one was refused, nil if it was not.
	err error
}

// Reload reads the configuration again and puts it in force, after Start. A
// refused one changes nothing, and the error has all reasons. Projects and
// collectors that are configured as before go on undisturbed.
func (d *Daemon) Reload() error {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	now := time.Now()
	outcome := reloadOutcome{lastSuccess: now}
	if err := d.reload(now); err != nil {
		outcome = reloadOutcome{lastSuccess: d.outcome.Load().lastSuccess, err: err}
		d.options.Logger.Error("the configuration was not reloaded: the one before stays in force", "err", err)
	} else {
		d.options.Logger.Info("the configuration was reloaded")
	}
	d.outcome.Store(&outcome)
	return outcome.err
}

func (d *Daemon) reload(now time.Time) error {
	if d.options.Load == nil {
		return errors.New("there is no configuration to read again")
	}
	cfg, err := d.options.Load()
	if err != nil {
		return err
	}
	current := d.current.Load()
	next, err := d.prepare(cfg, current)
	if err != nil {
		return err
	}
	// From here on nothing can fail.
	for _, a := range next.accounts {
		a.open(current.accounts, d.retired)
	}
	next.notifier.Commit()
	d.retire(current.accounts, next.accounts, now)
	d.warnUnwatched(cfg)
	d.scraper.Reload(next.plan())
	d.current.Store(next)
	d.retainDrift(cfg)
	closeIdle(current.accounts, next.accounts)
	return nil
}

// prepare builds everything of a configuration that can fail and changes
// nothing that is running. current is nil at the start.
func (d *Daemon) prepare(cfg *config.Config, current *setup) (*setup, error) {
	next := &setup{config: cfg, known: d.known}
	var err error
	var before []*account
	if current != nil {
		before = current.accounts
		if cfg.StatePath != current.config.StatePath {
			return nil, fmt.Errorf("state.path: was %q and is now %q: it changes with a restart only", current.config.StatePath, cfg.StatePath)
		}
		if next.notifier, err = d.notifier.Prepare(notifierConfig(cfg)); err != nil {
			return nil, fmt.Errorf("alertmanagers: %w", err)
		}
	}
	if next.names, err = d.naming(cfg.Privacy); err != nil {
		return nil, err
	}
	for _, a := range cfg.Accounts {
		built, err := d.newAccount(a, before, cfg.Privacy.UserNames)
		if err != nil {
			return nil, err
		}
		next.accounts = append(next.accounts, built)
	}
	return next, nil
}

// retire remembers the accounts that the next configuration lacks, and forgets
// those whose calls no longer count.
func (d *Daemon) retire(before, next []*account, now time.Time) {
	d.retired = slices.DeleteFunc(d.retired, func(r retiredAccount) bool { return now.Sub(r.since) > retiredRetention })
	for _, b := range before {
		if !slices.ContainsFunc(next, func(a *account) bool { return a.api == b.api }) {
			d.retired = append(d.retired, retiredAccount{b, now})
		}
	}
}

func (d *Daemon) serveReload(w http.ResponseWriter, _ *http.Request) {
	if err := d.Reload(); err != nil {
		http.Error(w, "the configuration was not reloaded, the one before stays in force:\n"+err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "The configuration was reloaded.")
}
