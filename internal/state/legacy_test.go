package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

// legacyState makes what the version before has left.
func legacyState(t *testing.T, at, until time.Time) content {
	t.Helper()
	dir := t.TempDir()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	database := func(name string, fill func(tx *bbolt.Tx) error) {
		db, err := bbolt.Open(filepath.Join(dir, name), 0o600, nil)
		if err == nil {
			err = db.Update(fill)
		}
		if err == nil {
			err = db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	database(legacyResults, func(tx *bbolt.Tx) error {
		results, err := tx.CreateBucket([]byte("results-1"))
		if err != nil {
			return err
		}
		for i := range 40 {
			plain, err := json.Marshal(Saved{At: at, Result: json.RawMessage(`"` + strings.Repeat(fmt.Sprint(i), 300) + `"`)})
			if err != nil {
				return err
			}
			if err := results.Put(fmt.Append(nil, "key-", i), encoder.EncodeAll(plain, nil)); err != nil {
				return err
			}
		}
		privacy, err := tx.CreateBucket([]byte("privacy-1"))
		if err != nil {
			return err
		}
		return privacy.Put([]byte("salt"), []byte("the old salt"))
	})
	database(legacyBudget, func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("not-before-1"))
		if err != nil {
			return err
		}
		value, err := until.MarshalBinary()
		if err != nil {
			return err
		}
		return b.Put([]byte("api"), value)
	})
	return readDirectory(t, dir)
}

func TestVersionBefore(t *testing.T) {
	t.Parallel()
	at, until := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	before := legacyState(t, at, until)
	dir := t.TempDir()
	before.write(t, dir)
	s, log := open(t, dir)
	if err := s.SaveResult("key-0", Saved{At: at.Add(time.Second), Result: json.RawMessage("0")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The version before was in use again for a while, and went no further.
	for name, data := range before {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, again := open(t, dir)
	for i := range 40 {
		got, ok := s.LoadResult(fmt.Sprint("key-", i))
		if want := `"` + strings.Repeat(fmt.Sprint(i), 300) + `"`; !ok || string(got.Result) != want && i > 0 || i == 0 && string(got.Result) != "0" {
			t.Errorf("key-%d: %v, %.30s", i, ok, got.Result)
		}
	}
	if salt, err := s.Salt(func() []byte { return []byte("another") }); err != nil || string(salt) != "the old salt" {
		t.Errorf("salt %q, %v", salt, err)
	}
	if got := s.NotBefore("api"); !got.Equal(until) {
		t.Errorf("reserved until %v, want %v", got, until)
	}
	for _, l := range []*bytes.Buffer{log, again} {
		if strings.Contains(l.String(), "level=ERROR") || strings.Count(l.String(), "was taken over") != 2 {
			t.Errorf("log: %s", l)
		}
	}
	if err := s.Forget(time.Now().Add(2 * forgetAfter)); err != nil {
		t.Fatal(err)
	}
	for name := range readDirectory(t, dir) {
		if strings.HasSuffix(name, migratedSuffix) || strings.HasSuffix(name, resultSuffix) {
			t.Errorf("%s is kept for ever", name)
		}
	}
}

// TestVersionBeforeDamaged: whatever happened to the old files, the store opens
// once and for all.
func TestVersionBeforeDamaged(t *testing.T) {
	t.Parallel()
	before := legacyState(t, time.Now(), time.Now().Add(time.Hour))
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		now := content{}
		for name, data := range before {
			now[name] = bytes.Clone(data)
		}
		kind := []string{"bit", "bit", "cut", "sector", "empty"}[n%5]
		name := []string{legacyResults, legacyBudget}[n/5%2]
		damages[kind](r, now, name)
		dir := filepath.Join(t.TempDir(), "state")
		now.write(t, dir)
		s, log := openFast(t, dir)
		if len(s.held) < 40 && !strings.Contains(log.String(), "level=ERROR") {
			t.Fatalf("%s of %s: %d results are left and nothing is logged", kind, name, len(s.held))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, log := openFast(t, dir); log.Len() > 0 || s.Close() != nil {
			t.Fatalf("%s of %s: the next start says %s", kind, name, log)
		}
	}
}
