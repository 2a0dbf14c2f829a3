// Package state keeps over restarts what must not be lost: the last good
// result of every collector, with the counters and watermarks of event
// streams in it, until when each API must not be called again, and the salt
// of hashed user names.
//
// It is two bbolt files in the configured directory. results.db is synced to
// the disk with every change: what was saved survives a crash of the machine.
// budget.db changes every few seconds and matters for a minute; it is not
// synced, which still survives the death of the process at any moment.
//
// Each value is one zstd frame with a checksum. A value that is damaged is
// dropped, a file that is damaged is moved aside; both are errors in the log
// and neither keeps the exporter from starting.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

const (
	resultsFile = "results.db"
	budgetFile  = "budget.db"
	// lockTimeout is how long another process may hold a file.
	lockTimeout = time.Second
	// forgetAfter is how long results are kept that no collector loads.
	forgetAfter = 30 * 24 * time.Hour
)

// Buckets and keys within the files. A change of what a value means takes a
// new name, so that an older value is ignored and not misread.
var (
	resultsBucket = []byte("results-1")
	budgetBucket  = []byte("not-before-1")
	privacyBucket = []byte("privacy-1")
	saltKey       = []byte("salt")
)

// Store is the state of one exporter. Its methods may be called at any time
// from any goroutine until Close.
type Store struct {
	results, budget *bbolt.DB
	encoder         *zstd.Encoder
	decoder         *zstd.Decoder
	log             *slog.Logger
}

// Saved is the last good result of one collector.
type Saved struct {
	// At is when the poll ended, Expires when the result is too old to serve.
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	// Calls of the poll by operation.
	Calls map[string]int `json:"calls"`
	// Result is the collector's own.
	Result json.RawMessage `json:"result"`
}

// Open opens or makes the state in a directory. It fails if another process
// uses it or the directory cannot be written.
func Open(directory string, log *slog.Logger) (*Store, error) {
	if err := os.MkdirAll(directory, 0o750); err != nil {
		return nil, fmt.Errorf("state.path: %w", err)
	}
	s := &Store{log: log}
	var err error
	if s.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	if s.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
		return nil, err
	}
	if s.results, err = s.open(filepath.Join(directory, resultsFile), false, resultsBucket, privacyBucket); err != nil {
		return nil, err
	}
	if s.budget, err = s.open(filepath.Join(directory, budgetFile), true, budgetBucket); err != nil {
		return nil, errors.Join(err, s.results.Close())
	}
	return s, nil
}

// Close ends the use of the files.
func (s *Store) Close() error {
	return errors.Join(s.results.Close(), s.budget.Close())
}

// open opens a file, and a new one in its place if it is damaged.
func (s *Store) open(path string, noSync bool, buckets ...[]byte) (*bbolt.DB, error) {
	db, err := openFile(path, noSync, buckets)
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, fmt.Errorf("state.path: %s is in use by another process: give each exporter a directory of its own", path)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("state.path: %w", err)
	}
	aside := fmt.Sprintf("%s.damaged-%d", path, time.Now().Unix())
	if renameErr := os.Rename(path, aside); renameErr != nil {
		return nil, fmt.Errorf("state.path: %s is damaged (%w) and cannot be moved aside: %w", path, err, renameErr)
	}
	s.log.Error("state file is damaged: moved aside, counting begins anew", "file", path, "moved_to", aside, "err", err)
	if db, err = openFile(path, noSync, buckets); err != nil {
		return nil, fmt.Errorf("state.path: %w", err)
	}
	return db, nil
}

// openFile opens a file and reads all of it once: what is broken in it shows
// now and not in the middle of the night.
func openFile(path string, noSync bool, buckets [][]byte) (db *bbolt.DB, err error) {
	// bbolt reads its file as memory: where the file was cut off that faults,
	// and it panics on pages that make no sense.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unreadable: %v", p)
		}
		if err != nil && db != nil {
			err = errors.Join(err, db.Close())
			db = nil
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: lockTimeout, NoSync: noSync, FreelistType: bbolt.FreelistMapType,
	})
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return b.ForEach(readValue) })
	})
	return db, err
}

// readValue touches every byte.
func readValue(_, value []byte) error {
	_ = crc32.ChecksumIEEE(value)
	return nil
}

// LoadResult returns what was saved under a key, false if nothing usable was.
func (s *Store) LoadResult(key string) (Saved, bool) {
	var saved Saved
	found := false
	err := s.results.View(func(tx *bbolt.Tx) error {
		value := tx.Bucket(resultsBucket).Get([]byte(key))
		if value == nil {
			return nil
		}
		plain, err := s.decoder.DecodeAll(value, nil)
		if err == nil {
			err = json.Unmarshal(plain, &saved)
		}
		found = err == nil
		return err
	})
	if err != nil {
		s.log.Error("a saved result is damaged: its collector begins anew", "key", key, "err", err)
	}
	return saved, found
}

// SaveResult saves what LoadResult returns after a restart. Either all of it
// is saved or, on an error, what was there stays.
func (s *Store) SaveResult(key string, saved Saved) error {
	plain, err := json.Marshal(saved)
	if err != nil {
		return fmt.Errorf("state of %s: %w", key, err)
	}
	value := s.encoder.EncodeAll(plain, nil)
	err = s.results.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(resultsBucket).Put([]byte(key), value)
	})
	if err != nil {
		return fmt.Errorf("state.path: cannot save the state of %s: %w", key, err)
	}
	return nil
}

// Forget drops results that were saved long before now: their project or
// collector is no longer configured.
func (s *Store) Forget(now time.Time) error {
	return s.results.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(resultsBucket)
		var old [][]byte
		err := b.ForEach(func(key, value []byte) error {
			var saved Saved
			plain, err := s.decoder.DecodeAll(value, nil)
			if err != nil || json.Unmarshal(plain, &saved) != nil || now.Sub(saved.At) > forgetAfter {
				old = append(old, append([]byte(nil), key...))
			}
			return nil
		})
		for _, key := range old {
			err = errors.Join(err, b.Delete(key))
		}
		return err
	})
}

// NotBefore returns until when a key of the budget was reserved, zero if it
// was not.
func (s *Store) NotBefore(key string) time.Time {
	var until time.Time
	err := s.budget.View(func(tx *bbolt.Tx) error {
		if value := tx.Bucket(budgetBucket).Get([]byte(key)); value != nil {
			return until.UnmarshalBinary(value)
		}
		return nil
	})
	if err != nil {
		s.log.Error("a saved budget is damaged and ignored", "key", key, "err", err)
		return time.Time{}
	}
	return until
}

// Reserve says that after a restart nothing is to be called under the key
// before until.
func (s *Store) Reserve(key string, until time.Time) error {
	value, err := until.MarshalBinary()
	if err != nil {
		return err
	}
	return s.budget.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(budgetBucket).Put([]byte(key), value)
	})
}

// Salt returns the salt of hashed names, made by fresh the first time.
func (s *Store) Salt(fresh func() []byte) ([]byte, error) {
	var salt []byte
	err := s.results.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(privacyBucket)
		if salt = append(salt, b.Get(saltKey)...); len(salt) > 0 {
			return nil
		}
		salt = fresh()
		return b.Put(saltKey, salt)
	})
	if err != nil {
		return nil, fmt.Errorf("state.path: cannot keep the salt of user names: %w", err)
	}
	return salt, nil
}
