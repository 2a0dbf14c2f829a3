package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"time"
)

// index lists what must be there, so that what is missing is noticed.
type index struct {
	// Generation tells which copy is the newer one.
	Generation uint64   `json:"generation"`
	Keys       []string `json:"keys"`
	Salt       []byte   `json:"salt,omitempty"`
}

// damage is a file that is not what was written. It is moved aside.
type damage struct {
	file, key, message string
	err                error
}

// found is what Open found in the directory.
type found struct {
	damages []damage
	// known tells that the directory held a state, indexed that one of the two
	// copies of the index was good, same that both were and are the same,
	// budget that there must be budgets.
	known, indexed, same, budget bool
}

// fileOf names the file of a key.
func fileOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:12]) + resultSuffix
}

// read reads index and results. Its errors are those of the system.
func (s *Store) read() (found, error) {
	entries, err := os.ReadDir(s.files.directory)
	if err != nil {
		return found{}, err
	}
	var results []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), resultSuffix) {
			results = append(results, e.Name())
		}
	}
	var f found
	list, err := s.readIndex(&f)
	if err != nil {
		return found{}, err
	}
	f.known = f.indexed || len(f.damages)+len(results) > 0 || !s.files.missing(budgetFile)
	// Before the first result a process may have died between two files.
	f.budget = list.Generation > 1 || len(results) > 0
	keys := map[string]string{}
	for _, key := range list.Keys {
		keys[fileOf(key)] = key
		if !slices.Contains(results, fileOf(key)) {
			f.damages = append(f.damages, damage{fileOf(key), key,
				"a saved result is missing: its collector begins anew", os.ErrNotExist})
		}
	}
	s.salt, s.generation = list.Salt, list.Generation
	for _, name := range results {
		frame, err := s.files.readFile(name)
		if err != nil {
			return found{}, err
		}
		key, _, err := unseal(frame)
		if err == nil && fileOf(key) != name {
			err = errors.New("the file holds the result of " + key)
		}
		if err != nil {
			f.damages = append(f.damages, damage{name, keys[name], "a saved result is damaged: its collector begins anew", err})
			continue
		}
		s.held[key] = &entry{frame: frame, version: 1, written: 1}
	}
	// The index is written anew unless both copies list what is there.
	if len(f.damages) == 0 && f.same && len(list.Keys) == len(s.held) {
		s.listed = s.generation
	} else {
		s.generation++
	}
	return f, nil
}

// readIndex returns the newer good copy of the index.
func (s *Store) readIndex(f *found) (index, error) {
	var list index
	var absent []string
	for _, name := range []string{indexFile, indexCopy} {
		frame, err := s.files.readFile(name)
		there, err := exists(err)
		if err != nil {
			return list, err
		}
		if !there {
			absent = append(absent, name)
			continue
		}
		var one index
		of, content, err := unseal(frame)
		if err == nil && of != indexFile {
			err = errDamaged
		}
		if err == nil {
			err = json.Unmarshal(content, &one)
		}
		if err != nil {
			f.damages = append(f.damages, damage{name, "", "the list of what is saved is damaged", err})
			continue
		}
		f.same = f.indexed && one.Generation == list.Generation
		f.indexed = true
		if one.Generation >= list.Generation {
			list = one
		}
	}
	// A process that died between the two copies for the first time has left one.
	if len(absent) == 1 && (absent[0] == indexFile || list.Generation > 1) {
		f.damages = append(f.damages, damage{absent[0], "", "the list of what is saved is missing", os.ErrNotExist})
	}
	return list, nil
}

func (f *files) readFile(name string) ([]byte, error) {
	if err := f.may("read", name); err != nil {
		return nil, err
	}
	return os.ReadFile(f.path(name))
}

// report logs and counts a damage.
func (s *Store) report(d damage) {
	attrs := []any{"file", s.files.path(d.file)}
	if d.key != "" {
		attrs = append(attrs, "key", d.key)
	}
	if !errors.Is(d.err, os.ErrNotExist) {
		attrs = append(attrs, "moved_to", s.files.path(d.file)+damagedSuffix)
	}
	s.log.Error(d.message, append(attrs, "err", d.err)...)
	s.Drop(Damaged)
}

// tell says what was lost with both copies of the index.
func (s *Store) tell(f found) {
	if f.known && !f.indexed {
		s.log.Error("no list of what is saved is left: what is missing cannot be told, and names of users get new hashes",
			"directory", s.files.directory)
		s.Drop(Damaged)
	}
}

// forgetAside removes what was moved aside long before now, and what a process
// that died was about to write.
func (s *Store) forgetAside(now time.Time) error {
	entries, err := os.ReadDir(s.files.directory)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		half := strings.HasSuffix(name, aside)
		kept := strings.HasSuffix(name, damagedSuffix) || strings.HasSuffix(name, migratedSuffix)
		info, err := e.Info()
		if err != nil || !half && (!kept || now.Sub(info.ModTime()) < forgetAfter) {
			continue
		}
		if err := s.files.remove(name); err != nil {
			return err
		}
	}
	return nil
}
