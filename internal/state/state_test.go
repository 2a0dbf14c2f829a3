package state

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func open(t testing.TB, dir string) (*Store, *bytes.Buffer) {
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
	reserved := time.Now().Add(time.Minute)
	s.Reserve("x", reserved)
	s.Reserve("over", time.Now().Add(-time.Minute))
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
	if got := s.NotBefore("x"); !got.Equal(reserved) {
		t.Errorf("not before %v", got)
	}
	if got := s.NotBefore("over"); !got.IsZero() {
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
