package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync/atomic"
	"time"
)

// Why something that was saved is not used.
const (
	Damaged      = "damaged"
	Unreadable   = "unreadable"
	OtherProject = "other_project"
	OtherPrivacy = "other_privacy"
)

// Reasons are why something that was saved is not used.
func Reasons() []string { return []string{Damaged, Unreadable, OtherProject, OtherPrivacy} }

var errSkipped = errors.New("not tried after others have failed")

// Health is how the state does.
type Health struct {
	Path string
	// Err is why it cannot be written, nil if it can.
	Err error
	// LastSave is when results were last written, zero if none were.
	LastSave time.Time
	// Dropped counts by reason what was saved and is not used.
	Dropped map[string]int
}

// Health returns how the state does.
func (s *Store) Health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.health
	h.Dropped = maps.Clone(h.Dropped)
	if h.Err == nil {
		h.Err = s.budget.failure()
	}
	return h
}

// Drop counts something that was saved and is not used.
func (s *Store) Drop(reason string) {
	s.mu.Lock()
	s.health.Dropped[reason]++
	s.mu.Unlock()
}

// flush writes whatever is not in the files. Whoever comes while others write
// waits for them and then writes for all that have come meanwhile; needed,
// asked under mu, tells whether anything is left to do.
func (s *Store) flush(needed func() bool) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	left := needed()
	s.mu.Unlock()
	if !left {
		return nil
	}
	if s.closed {
		return errors.New("state.path: it is closed")
	}
	err := s.present()
	if err == nil {
		err = s.write()
	}
	s.settle(err)
	s.mu.Lock()
	left = needed()
	s.mu.Unlock()
	if left && err != nil {
		return environment(err)
	}
	return nil
}

// batch is what one flush writes.
type batch struct {
	keys    []string
	entries []entry
	removed []string
	// list tells that the index is to be written, with what follows.
	list       bool
	generation uint64
	salt       []byte
}

// pending collects what is not in the files.
func (s *Store) pending() batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := batch{list: s.generation != s.listed, generation: s.generation, salt: s.salt}
	for key, e := range s.held {
		if e.version != e.written {
			b.keys = append(b.keys, key)
			b.entries = append(b.entries, *e)
		}
	}
	b.removed = slices.Collect(maps.Keys(s.removed))
	return b
}

// write brings what is pending to the disk, under writing. What could be
// written counts, also if others could not.
func (s *Store) write() error {
	b := s.pending()
	errs := make([]error, len(b.keys))
	var failures atomic.Int32
	together(len(b.keys), func(i int) {
		const few = 8 // with a disk that is full every file fails: a few tell enough
		if errs[i] = errSkipped; failures.Load() < few {
			errs[i] = s.files.replace(fileOf(b.keys[i]), b.entries[i].frame)
		}
		if errs[i] != nil {
			failures.Add(1)
		}
	})
	done := b
	done.keys, done.entries = nil, nil
	var failure error
	for i, err := range errs {
		if err == nil {
			done.keys = append(done.keys, b.keys[i])
			done.entries = append(done.entries, b.entries[i])
		} else if failure == nil || errors.Is(failure, errSkipped) {
			failure = err
		}
	}
	if err := s.conclude(done); err != nil {
		return err
	}
	s.written(done, failure == nil)
	return failure
}

// conclude makes what was renamed last: once it has returned, a crash of the
// machine loses none of it.
func (s *Store) conclude(b batch) error {
	if b.list {
		if err := s.writeIndex(b); err != nil {
			return err
		}
	}
	for _, key := range b.removed {
		if err := s.files.remove(fileOf(key)); err != nil {
			return err
		}
	}
	if !b.list && len(b.keys)+len(b.removed) == 0 {
		return nil
	}
	return s.files.sync()
}

// writeIndex lists what is in the files with this batch.
func (s *Store) writeIndex(b batch) error {
	list := index{Generation: b.generation, Salt: b.salt, Keys: slices.Clone(b.keys)}
	now := map[string]bool{}
	for _, key := range b.keys {
		now[key] = true
	}
	s.mu.Lock()
	for key, e := range s.held {
		if e.written > 0 && !now[key] {
			list.Keys = append(list.Keys, key)
		}
	}
	s.mu.Unlock()
	slices.Sort(list.Keys)
	content, err := json.Marshal(list)
	if err != nil {
		return err
	}
	frame := seal(indexFile, content)
	for _, name := range []string{indexFile, indexCopy} {
		if err := s.files.replace(name, frame); err != nil {
			return err
		}
	}
	return nil
}

// written notes what the files hold now; all says that nothing of the batch
// failed.
func (s *Store) written(b batch, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, key := range b.keys {
		if e := s.held[key]; e != nil {
			e.written = b.entries[i].version
		}
	}
	for _, key := range b.removed {
		if s.held[key] == nil {
			delete(s.removed, key)
		}
	}
	if b.list && all {
		s.listed = b.generation
	}
	if len(b.keys) > 0 {
		s.health.LastSave = time.Now()
	}
}

// settle notes how the last attempt ended, and logs what changed.
func (s *Store) settle(err error) {
	s.mu.Lock()
	before := s.health.Err
	s.health.Err = err
	s.mu.Unlock()
	switch {
	case err != nil && before == nil:
		s.log.Error("results cannot be kept over restarts: they are served all the same", "err", environment(err))
	case err == nil && before != nil:
		s.log.Info("results are kept over restarts again", "directory", s.files.directory)
	}
}

// present finds out whether the directory is still the one that was opened, and
// has all in it made anew where it is not. Under writing.
func (s *Store) present() error {
	mine, err := s.lock.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(s.files.path(lockFile))
	if known, err := exists(err); err != nil {
		return err
	} else if known && os.SameFile(mine, there) {
		return s.complete()
	}
	if err := os.MkdirAll(s.files.directory, 0o750); err != nil {
		return err
	}
	file, err := s.files.lock(0)
	if errors.Is(err, errLocked) {
		return fmt.Errorf("%s was replaced and is in use by another process", s.files.directory)
	}
	if err != nil {
		return err
	}
	s.log.Error("the state directory was removed or replaced while it was in use: it is made anew from memory",
		"directory", s.files.directory)
	old := s.lock
	s.lock = file
	s.mu.Lock()
	for _, e := range s.held {
		e.written = 0
	}
	s.generation++
	s.mu.Unlock()
	return errors.Join(old.Close(), s.budget.rewrite())
}

// complete looks for files that somebody has removed: the fixed ones and those
// that are written now. Others are missed when it is their turn.
func (s *Store) complete() error {
	var gone []string
	for _, key := range s.pending().keys {
		s.mu.Lock()
		before := s.held[key] != nil && s.held[key].written > 0
		s.mu.Unlock()
		if before && s.files.missing(fileOf(key)) {
			gone = append(gone, fileOf(key))
		}
	}
	if s.files.missing(indexFile) || s.files.missing(indexCopy) {
		gone = append(gone, indexFile)
		s.mu.Lock()
		s.generation++
		s.mu.Unlock()
	}
	var err error
	if s.budget.gone() {
		gone = append(gone, budgetFile)
		err = s.budget.rewrite()
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		s.log.Error("files of the state were removed while they were in use: they are made anew from memory",
			"directory", s.files.directory, "files", gone)
	}
	return err
}
