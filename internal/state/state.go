// Package state keeps over restarts what must not be lost: the last good
// result of every collector, with the counters and watermarks of event
// streams in it, until when each API must not be called again, and the salt
// of hashed user names.
//
// The directory holds one file for each result (NAME.result, where NAME is
// made of the key), the list of keys with the salt in two copies (index,
// index.copy), the budgets (budget) and a lock. A file is one frame with a
// checksum over all of it, name included, so that nothing is taken for what it
// is not, and the list tells what is missing. Results are written aside, synced
// and renamed: what was saved survives a crash of the machine, and one file
// that is damaged costs that one collector. Budgets change every few seconds
// and matter for a minute; they are written in place and not synced, which
// still survives the death of the process at any moment.
//
// What is damaged is an error in the log, is moved aside and costs nothing
// else. What the system refuses (no more files, no space, no right) is not
// damage: Open fails and touches nothing; later results go on, unsaved.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	lockFile   = "lock"
	indexFile  = "index"
	indexCopy  = "index.copy"
	budgetFile = "budget"

	resultSuffix  = ".result"
	damagedSuffix = ".damaged"
	// migratedSuffix ends the names of files of a version before that were
	// taken over.
	migratedSuffix = ".migrated"

	// lockTimeout is how long another process may hold the directory.
	lockTimeout = time.Second
	// forgetAfter is how long results are kept that no collector loads, and
	// files that were moved aside.
	forgetAfter = 30 * 24 * time.Hour
)

var errLocked = errors.New("it is locked")

// Store is the state of one exporter. Its methods may be called at any time
// from any goroutine until Close.
type Store struct {
	files   files
	log     *slog.Logger
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	budget  budget

	writing sync.Mutex // held while results are written
	lock    *os.File   // guarded by writing
	closed  bool       // guarded by writing

	mu         sync.Mutex // never held while waiting; guards the following
	held       map[string]*entry
	removed    map[string]bool // keys whose files must go
	salt       []byte
	generation uint64 // of the index in memory
	listed     uint64 // generation of the index in the files
	health     Health
}

// entry is a result in memory, from where the files can be made anew.
type entry struct {
	frame []byte
	// version of the frame, and of the one in the file; 0: there is none.
	version, written uint64
}

// Saved is the last good result of one collector.
type Saved struct {
	// At is when the poll ended, Expires when the result is too old to serve.
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	// Of is what the result was made of; nil in states of versions that did
	// not know.
	Of *Origin `json:"of,omitempty"`
	// Calls of the poll by operation.
	Calls map[string]int `json:"calls"`
	// Result is the collector's own.
	Result json.RawMessage `json:"result"`
}

// Origin is what a result was made of: it means nothing for anything else.
type Origin struct {
	// ProjectID and Host of the API.
	ProjectID string `json:"project_id"`
	Host      string `json:"host"`
	// Asker is a fingerprint of the key that asked for the project id, "" where
	// the id is configured or the key is not known.
	Asker string `json:"asker,omitempty"`
	// Names is a fingerprint of the way in which names of people are shown, ""
	// where the result holds none.
	Names string `json:"names,omitempty"`
}

// Open opens or makes the state in a directory. It fails, and has changed
// nothing, if another process uses it or the system refuses something.
func Open(directory string, log *slog.Logger) (*Store, error) {
	return openWith(files{directory: directory}, log)
}

func openWith(f files, log *slog.Logger) (*Store, error) {
	s := &Store{
		files: f, log: log, held: map[string]*entry{}, removed: map[string]bool{},
		health: Health{Path: f.directory, Dropped: map[string]int{}},
	}
	s.budget.files = &s.files
	var err error
	if s.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	if s.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.directory, 0o750); err != nil {
		return nil, environment(err)
	}
	if s.lock, err = s.files.lock(lockTimeout); errors.Is(err, errLocked) {
		return nil, fmt.Errorf("state.path: %s is in use by another process: give each exporter a directory of its own", f.directory)
	} else if err != nil {
		return nil, environment(err)
	}
	if err := s.take(); err != nil {
		return nil, errors.Join(err, s.budget.close(), s.lock.Close())
	}
	return s, nil
}

// take reads all there is before it changes anything.
func (s *Store) take() error {
	found, err := s.read()
	if err != nil {
		return environment(err)
	}
	budget, err := s.budget.read(found.budget)
	if err != nil {
		return environment(err)
	}
	before, err := s.readLegacy()
	if err != nil {
		return err
	}
	// From here on the directory changes.
	for _, d := range append(found.damages, budget...) {
		s.report(d)
		if err := s.files.moveAside(d.file); err != nil {
			return environment(err)
		}
	}
	s.tell(found)
	if s.listed == 0 { // first, so that whatever comes is known to be a state
		if err := s.writeIndex(batch{generation: s.generation, salt: s.salt}); err != nil {
			return environment(err)
		}
	}
	if err := errors.Join(s.write(), s.budget.rewrite()); err != nil {
		return environment(err)
	}
	return environment(before.done())
}

// lock takes the directory for this process, waiting for one that ends.
func (f *files) lock(patience time.Duration) (*os.File, error) {
	file, err := os.OpenFile(f.path(lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; time.Sleep(patience / 20) {
		err = lock(file)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, errLocked) || !time.Now().Before(end) {
			return nil, errors.Join(err, file.Close())
		}
	}
}

// Close ends the use of the directory.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(s.budget.close(), s.lock.Close())
}

// LoadResult returns what was saved last under a key, false if nothing usable
// was.
func (s *Store) LoadResult(key string) (Saved, bool) {
	s.mu.Lock()
	e := s.held[key]
	var frame []byte
	if e != nil {
		frame = e.frame
	}
	s.mu.Unlock()
	if frame == nil {
		return Saved{}, false
	}
	saved, err := s.decode(frame)
	if err != nil {
		s.log.Error("a saved result cannot be read: its collector begins anew", "file", s.files.path(fileOf(key)), "key", key, "err", err)
		s.Drop(Unreadable)
		return Saved{}, false
	}
	return saved, true
}

func (s *Store) decode(frame []byte) (Saved, error) {
	var saved Saved
	_, packed, err := unseal(frame)
	if err != nil {
		return saved, err
	}
	plain, err := s.decoder.DecodeAll(packed, nil)
	if err != nil {
		return saved, err
	}
	return saved, json.Unmarshal(plain, &saved)
}

func (s *Store) encode(key string, saved Saved) ([]byte, error) {
	plain, err := json.Marshal(saved)
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", key, err)
	}
	return seal(key, s.encoder.EncodeAll(plain, nil)), nil
}

// SaveResult saves what LoadResult returns after a restart. When it returns
// without an error the result is on the disk; else what was there stays, and
// the next save tries again to write all that is not.
func (s *Store) SaveResult(key string, saved Saved) error {
	frame, err := s.encode(key, saved)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.hold(key, frame)
	s.mu.Unlock()
	return s.flush(func() bool { e := s.held[key]; return e != nil && e.version != e.written })
}

// hold keeps a frame in memory, under mu.
func (s *Store) hold(key string, frame []byte) {
	e := s.held[key]
	if e == nil {
		e = &entry{}
		s.held[key] = e
		s.generation++
	}
	delete(s.removed, key)
	e.frame = frame
	e.version++
}

// Delete drops a saved result, from the disk too.
func (s *Store) Delete(key string) error {
	s.mu.Lock()
	s.delete(key)
	s.mu.Unlock()
	return s.flush(func() bool { return s.removed[key] })
}

func (s *Store) delete(key string) {
	if s.held[key] != nil {
		delete(s.held, key)
		s.removed[key] = true
		s.generation++
	}
}

// Forget drops results that were saved long before now, as their project or
// collector is no longer configured, and files that were moved aside then.
func (s *Store) Forget(now time.Time) error {
	s.mu.Lock()
	frames := map[string][]byte{}
	for key, e := range s.held {
		frames[key] = e.frame
	}
	s.mu.Unlock()
	for key, frame := range frames {
		if saved, err := s.decode(frame); err == nil && now.Sub(saved.At) > forgetAfter {
			s.mu.Lock()
			s.delete(key)
			s.mu.Unlock()
		}
	}
	if err := s.forgetAside(now); err != nil {
		return environment(err)
	}
	return s.flush(func() bool { return len(s.removed) > 0 })
}

// NotBefore returns until when a key of the budget was reserved, zero if it
// was not.
func (s *Store) NotBefore(key string) time.Time { return s.budget.notBefore(key) }

// Reserve says that after a restart nothing is to be called under the key
// before until.
//
// A failure is logged once and costs at most one call too many.
func (s *Store) Reserve(key string, until time.Time) {
	switch changed, err := s.budget.reserve(key, until); {
	case changed && err != nil:
		s.log.Error("budgets cannot be kept over restarts: a restart may make one call too many", "err", environment(err))
	case changed:
		s.log.Info("budgets are kept over restarts again", "directory", s.files.directory)
	}
}

// Salt returns the salt of hashed names, made by fresh the first time.
func (s *Store) Salt(fresh func() []byte) ([]byte, error) {
	s.mu.Lock()
	if len(s.salt) == 0 {
		s.salt = fresh()
		s.generation++
	}
	salt := s.salt
	s.mu.Unlock()
	if err := s.flush(func() bool { return s.generation != s.listed }); err != nil {
		return nil, fmt.Errorf("cannot keep the salt of user names: %w", err)
	}
	return salt, nil
}

// exists tells an absent file from one that cannot be read.
func exists(err error) (bool, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
