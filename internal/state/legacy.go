package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// The files of the version before, which are read once. Results were one zstd
// frame of JSON each, salt and budgets bare bytes.
const (
	legacyResults = "results.db"
	legacyBudget  = "budget.db"
	legacyReading = "legacy" + aside
)

// legacy is what a version before has left.
type legacy struct {
	store *Store
	// away are files to be put away, by the ends of their new names, once what
	// they hold is in the new form.
	away  map[string]string
	locks []*os.File
}

// readLegacy takes over what a version before has left, and reports what of it
// is damaged. Its errors are those of the system.
func (s *Store) readLegacy() (*legacy, error) {
	l := &legacy{store: s, away: map[string]string{}}
	for _, f := range []struct {
		name string
		read func(*bbolt.Tx) error
	}{
		{legacyResults, s.readLegacyResults},
		{legacyBudget, s.readLegacyBudget},
	} {
		if err := l.read(f.name, f.read); err != nil {
			return nil, errors.Join(err, l.unlock())
		}
	}
	return l, nil
}

func (l *legacy) read(name string, take func(*bbolt.Tx) error) error {
	s := l.store
	file, err := os.OpenFile(s.files.path(name), os.O_RDWR, 0)
	there, err := exists(err)
	if err != nil {
		return environment(err)
	}
	if !there {
		return nil
	}
	l.locks = append(l.locks, file)
	if err := lock(file); errors.Is(err, errLocked) {
		return fmt.Errorf("state.path: %s is in use by another process: give each exporter a directory of its own", file.Name())
	} else if err != nil {
		return environment(err)
	}
	content, err := os.ReadFile(file.Name())
	if err != nil {
		return environment(err)
	}
	damaged, err := readBolt(s.files.path(legacyReading), content, take)
	if err != nil {
		return environment(err)
	}
	l.away[name] = migratedSuffix
	if damaged != nil {
		l.away[name] = damagedSuffix
		s.report(damage{name, "", "a state file of the version before is damaged: what could be read of it is used", damaged})
	}
	return nil
}

// readBolt reads a database from a copy. bbolt reads its file as memory, and
// where a file ends too early that kills the process: the copy has zeros there,
// which its check finds.
func readBolt(at string, content []byte, take func(*bbolt.Tx) error) (damaged, err error) {
	if len(content) == 0 {
		return errors.New("the file is empty"), nil
	}
	size := 1 << 15 // bbolt maps powers of two, and whole GiB beyond one
	for size < len(content) {
		size += min(size, 1<<30)
	}
	//nolint:gosec // the path is the configured directory
	if err := os.WriteFile(at, append(content, make([]byte, size-len(content))...), 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(at) //nolint:errcheck // the next start removes it
	defer func() {
		if p := recover(); p != nil {
			damaged = fmt.Errorf("unreadable: %v", p)
		}
	}()
	db, damaged := bbolt.Open(at, 0o600, &bbolt.Options{ReadOnly: true})
	if db == nil {
		return damaged, nil
	}
	defer db.Close() //nolint:errcheck // it was only read
	return db.View(func(tx *bbolt.Tx) error {
		var all []error
		for err := range tx.Check() {
			all = append(all, err)
		}
		if len(all) > 0 {
			return all[0]
		}
		return take(tx)
	}), nil
}

func (s *Store) readLegacyResults(tx *bbolt.Tx) error {
	var damaged error
	if b := tx.Bucket([]byte("results-1")); b != nil {
		damaged = b.ForEach(func(key, value []byte) error {
			plain, err := s.decoder.DecodeAll(value, nil)
			var saved Saved
			if err == nil {
				err = json.Unmarshal(plain, &saved)
			}
			if err == nil {
				err = s.holdNewer(string(key), saved)
			}
			if err != nil {
				s.log.Error("a saved result is damaged: its collector begins anew",
					"file", s.files.path(legacyResults), "key", string(key), "err", err)
				s.Drop(Damaged)
			}
			return nil
		})
	}
	if b := tx.Bucket([]byte("privacy-1")); b != nil && len(s.salt) == 0 {
		s.salt = slices.Clone(b.Get([]byte("salt")))
	}
	return damaged
}

// holdNewer takes over a result unless there is a newer one: the version
// before may have been in use for a while.
func (s *Store) holdNewer(key string, saved Saved) error {
	if e := s.held[key]; e != nil {
		if now, err := s.decode(e.frame); err == nil && !now.At.Before(saved.At) {
			return nil
		}
	}
	frame, err := s.encode(key, saved)
	if err == nil {
		s.hold(key, frame)
	}
	return err
}

func (s *Store) readLegacyBudget(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte("not-before-1"))
	if b == nil {
		return nil
	}
	return b.ForEach(func(key, value []byte) error {
		var until time.Time
		if err := until.UnmarshalBinary(value); err != nil {
			return err
		}
		s.budget.until[slotKey(string(key))] = until
		return nil
	})
}

// done puts the files of the version before away.
func (l *legacy) done() error {
	for name, suffix := range l.away {
		if err := os.Rename(l.store.files.path(name), l.store.files.path(name+suffix)); err != nil {
			return errors.Join(err, l.unlock())
		}
		l.store.log.Info("the state of the version before was taken over", "file", l.store.files.path(name),
			"kept_as", l.store.files.path(name+suffix))
	}
	return l.unlock()
}

func (l *legacy) unlock() error {
	var err error
	for _, f := range l.locks {
		err = errors.Join(err, f.Close())
	}
	l.locks = nil
	return err
}
