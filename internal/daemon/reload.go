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
	// goodAt is when the configuration in force was loaded.
	goodAt time.Time
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
	outcome := reloadOutcome{goodAt: now}
	if err := d.reload(now); err != nil {
		outcome = reloadOutcome{goodAt: d.outcome.Load().goodAt, err: err}
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
	present := d.present.Load()
	next, err := d.prepare(cfg, present)
	if err != nil {
		return err
	}
	// From here on nothing can fail.
	for _, a := range next.accounts {
		a.open(present.accounts, d.gone)
	}
	next.notifier.Commit()
	d.retire(present.accounts, next.accounts, now)
	d.warnUnwatched(cfg)
	d.scraper.Reload(next.plan(), next.names != present.names)
	d.present.Store(next)
	closeIdle(present.accounts, next.accounts)
	return nil
}

// prepare makes everything of a configuration that can fail and touches
// nothing that lives. present is nil at the start.
func (d *Daemon) prepare(cfg *config.Config, present *setup) (*setup, error) {
	next := &setup{config: cfg}
	var err error
	var before []*account
	if present != nil {
		before = present.accounts
		if cfg.StatePath != present.config.StatePath {
			return nil, fmt.Errorf("state.path: was %q and is now %q: it changes with a restart only", present.config.StatePath, cfg.StatePath)
		}
		if next.notifier, err = d.notifier.Prepare(notifierConfig(cfg)); err != nil {
			return nil, fmt.Errorf("alertmanagers: %w", err)
		}
	}
	if next.names, err = d.naming(cfg.Privacy); err != nil {
		return nil, err
	}
	for _, a := range cfg.Accounts {
		made, err := d.newAccount(a, before)
		if err != nil {
			return nil, err
		}
		next.accounts = append(next.accounts, made)
	}
	return next, nil
}

// retire remembers the accounts that are left out, and forgets those whose
// calls no longer count.
func (d *Daemon) retire(before, next []*account, now time.Time) {
	d.gone = slices.DeleteFunc(d.gone, func(r retired) bool { return now.Sub(r.since) > rememberRetired })
	for _, b := range before {
		if !slices.ContainsFunc(next, func(a *account) bool { return a.api == b.api }) {
			d.gone = append(d.gone, retired{b, now})
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
