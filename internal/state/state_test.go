package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func open(t *testing.T, dir string) (*Store, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := Open(dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, &log
}

func TestResultsSurvive(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "here")
	s, _ := open(t, dir)
	if _, ok := s.LoadResult("a"); ok {
		t.Error("a new store has a result")
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	want := Saved{At: at, Expires: at.Add(time.Minute), Calls: map[string]int{"ListAlarms": 2}, Result: json.RawMessage(`{"n":1}`)}
	for _, key := range []string{"a", "b"} {
		if err := s.SaveResult(key, want); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveResult("b", Saved{At: at, Result: json.RawMessage("2")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Reserve("x", at); err != nil {
		t.Fatal(err)
	}
	salt, err := s.Salt(func() []byte { return []byte("salt1") })
	if err != nil || string(salt) != "salt1" {
		t.Fatalf("salt %q, %v", salt, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, log := open(t, dir)
	got, ok := s.LoadResult("a")
	if !ok || !got.At.Equal(at) || !got.Expires.Equal(want.Expires) || string(got.Result) != `{"n":1}` || got.Calls["ListAlarms"] != 2 {
		t.Errorf("a = %+v, %v", got, ok)
	}
	if got, ok := s.LoadResult("b"); !ok || string(got.Result) != "2" {
		t.Errorf("b = %+v, %v", got, ok)
	}
	if got := s.NotBefore("x"); !got.Equal(at) {
		t.Errorf("not before %v", got)
	}
	if got := s.NotBefore("y"); !got.IsZero() {
		t.Errorf("an unknown key is reserved until %v", got)
	}
	if salt, err := s.Salt(func() []byte { return []byte("salt2") }); err != nil || string(salt) != "salt1" {
		t.Errorf("salt %q, %v", salt, err)
	}
	if log.Len() > 0 {
		t.Errorf("log: %s", log)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	s, _ := open(t, t.TempDir())
	now := time.Now()
	for key, at := range map[string]time.Time{"old": now.Add(-31 * 24 * time.Hour), "new": now.Add(-29 * 24 * time.Hour)} {
		if err := s.SaveResult(key, Saved{At: at, Result: json.RawMessage("1")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Forget(now); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.LoadResult("old"); ok {
		t.Error("the old result is still there")
	}
	if _, ok := s.LoadResult("new"); !ok {
		t.Error("the new result is gone")
	}
}

// TestDamage: whatever happens to the files, the store opens, tells of it,
// and keeps the damaged file.
func TestDamage(t *testing.T) {
	t.Parallel()
	damages := map[string]func([]byte) []byte{
		"empty":      func([]byte) []byte { return []byte{} },
		"not bbolt":  func([]byte) []byte { return bytes.Repeat([]byte("no database "), 4096) },
		"cut off":    func(b []byte) []byte { return b[:len(b)/3] },
		"first page": func(b []byte) []byte { return overwrite(b, 0, 8192) },
		"the rest":   func(b []byte) []byte { return overwrite(b, 8192, len(b)) },
	}
	for name, damage := range damages {
		for _, file := range []string{resultsFile, budgetFile} {
			t.Run(name+" "+file, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				s, _ := open(t, dir)
				for i := range 100 {
					if err := s.SaveResult(fmt.Sprint(i), Saved{At: time.Now(), Result: json.RawMessage(`"` + strings.Repeat(fmt.Sprint(i), 500) + `"`)}); err != nil {
						t.Fatal(err)
					}
					if err := s.Reserve(fmt.Sprint(i), time.Now()); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, file)
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, damage(content), 0o600); err != nil {
					t.Fatal(err)
				}
				s, log := open(t, dir)
				if err := s.SaveResult("1", Saved{At: time.Now(), Result: json.RawMessage("7")}); err != nil {
					t.Fatal(err)
				}
				if got, ok := s.LoadResult("1"); !ok || string(got.Result) != "7" {
					t.Errorf("after the damage: %+v, %v", got, ok)
				}
				aside, _ := filepath.Glob(path + ".damaged-*")
				if name != "empty" && (len(aside) != 1 || !strings.Contains(log.String(), "level=ERROR")) {
					t.Errorf("moved aside: %v; log: %s", aside, log)
				}
			})
		}
	}
}

func overwrite(b []byte, from, to int) []byte {
	b = bytes.Clone(b)
	for i := from; i < min(to, len(b)); i++ {
		b[i] = byte(i * 7)
	}
	return b
}

func TestDamagedValue(t *testing.T) {
	t.Parallel()
	s, log := open(t, t.TempDir())
	if err := s.SaveResult("a", Saved{Result: json.RawMessage(`"` + strings.Repeat("x", 1000) + `"`)}); err != nil {
		t.Fatal(err)
	}
	if err := s.results.Update(putDamaged); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.LoadResult("a"); ok || !strings.Contains(log.String(), "damaged") {
		t.Errorf("a damaged value was taken; log: %s", log)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	if _, err := Open(dir, slog.Default()); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("error = %v", err)
	}
}

func TestUnusableDirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "dir"), slog.Default()); err == nil || !strings.Contains(err.Error(), "state.path") {
		t.Errorf("error = %v", err)
	}
}

// putDamaged flips a byte of the value of "a".
func putDamaged(tx *bbolt.Tx) error {
	b := tx.Bucket(resultsBucket)
	value := bytes.Clone(b.Get([]byte("a")))
	value[len(value)/2] ^= 0x55
	return b.Put([]byte("a"), value)
}
