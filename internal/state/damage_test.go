package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// openFast opens without waiting for the disk.
func openFast(t testing.TB, dir string) (*Store, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := openWith(files{directory: dir, fsync: func(*os.File) error { return nil }}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return s, &log
}

// content is a directory in memory.
type content map[string][]byte

func readDirectory(t testing.TB, dir string) content {
	t.Helper()
	c := content{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if c[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c content) write(t testing.TB, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, data := range c {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// sample makes a state with keys, values, budgets and a salt.
func sample(t testing.TB) (content, map[string]string, time.Time) {
	t.Helper()
	dir := t.TempDir()
	s, _ := open(t, dir)
	want := map[string]string{}
	until := time.Now().Add(24 * time.Hour)
	for i := range 12 {
		key := fmt.Sprintf("prod/region/project/collector-%d", i)
		want[key] = `"` + strings.Repeat(fmt.Sprint(i), 20+i*50) + `"`
		if err := s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage(want[key])}); err != nil {
			t.Fatal(err)
		}
		s.Reserve(fmt.Sprintf("prod region GET /v2/%d", i), until)
	}
	if _, err := s.Salt(func() []byte { return []byte("the salt of this state") }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return readDirectory(t, dir), want, until
}

// damages are what disks, file systems and people do to a file.
var damages = map[string]func(r *rand.Rand, c content, name string){
	"bit": func(r *rand.Rand, c content, name string) {
		c[name][r.IntN(len(c[name]))] ^= 1 << r.IntN(8)
	},
	"cut": func(r *rand.Rand, c content, name string) { c[name] = c[name][:r.IntN(len(c[name]))] },
	"sector": func(r *rand.Rand, c content, name string) {
		from := r.IntN(len(c[name])) / 512 * 512
		clear(c[name][from:min(from+512, len(c[name]))])
	},
	"longer": func(r *rand.Rand, c content, name string) { c[name] = append(c[name], byte(r.IntN(256))) },
	"empty":  func(_ *rand.Rand, c content, name string) { c[name] = []byte{} },
	"gone":   func(_ *rand.Rand, c content, name string) { delete(c, name) },
	"swapped": func(r *rand.Rand, c content, name string) {
		others := slices.Sorted(maps.Keys(c))
		other := others[r.IntN(len(others))]
		c[name], c[other] = c[other], c[name]
	},
}

// TestDamage: whatever happens to a file, the store opens, each value is either
// as it was saved or its loss is an error that names it, and all goes on.
func TestDamage(t *testing.T) {
	t.Parallel()
	whole, want, until := sample(t)
	var names []string
	for name := range whole {
		if len(whole[name]) > 0 { // the lock is empty
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for kind, damage := range damages {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			r := rand.New(rand.NewPCG(7, uint64(len(kind))))
			rounds := 100
			if kind == "bit" {
				rounds = 400
			}
			lost := 0
			for n := range rounds {
				now := content{}
				for name, data := range whole {
					now[name] = bytes.Clone(data)
				}
				name := names[r.IntN(len(names))]
				if n < len(names) {
					name = names[n]
				}
				damage(r, now, name)
				lost += checkDamaged(t, dir, name, now, whole, want, until)
			}
			t.Logf("%d damages, %d losses, all of them reported", rounds, lost)
		})
	}
}

// checkDamaged opens a damaged state twice and returns how many values were
// lost.
func checkDamaged(t *testing.T, dir, name string, now, whole content, want map[string]string, until time.Time) (lost int) {
	t.Helper()
	now.write(t, dir)
	s, log := openFast(t, dir)
	for key, value := range want {
		saved, ok := s.LoadResult(key)
		if ok && string(saved.Result) != value {
			t.Fatalf("damage of %s: %s is silently %.40s", name, key, saved.Result)
		}
		if !ok {
			lost++
			if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "key="+key) || !strings.Contains(log.String(), fileOf(key)) {
				t.Fatalf("damage of %s: %s is lost and the log says %q", name, key, log)
			}
		}
	}
	if lost > 2 || lost > 0 && s.Health().Dropped[Damaged] < lost {
		t.Fatalf("damage of %s: %d values are lost, counted are %v", name, lost, s.Health().Dropped)
	}
	for i := range want {
		api := "prod region GET /v2/" + i[strings.LastIndex(i, "-")+1:]
		got := s.NotBefore(api)
		if !got.Equal(until) && (got.Before(time.Now().Add(time.Minute)) || !strings.Contains(log.String(), "budgets are damaged")) {
			t.Fatalf("damage of %s: %s is reserved until %v and the log says %q", name, api, got, log)
		}
	}
	if salt, err := s.Salt(func() []byte { return []byte("another") }); err != nil || string(salt) != "the salt of this state" {
		t.Fatalf("damage of %s: the salt is %q, %v", name, salt, err)
	}
	if !sameContent(now, whole) && !strings.Contains(log.String(), "level=ERROR") {
		t.Fatalf("damage of %s is not reported", name)
	}
	for key, value := range want {
		if err := s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage(value)}); err != nil {
			t.Fatal(err)
		}
		s.Reserve(key, until)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, log = openFast(t, dir)
	if log.Len() > 0 || len(s.held) != len(want) {
		t.Fatalf("damage of %s: the start after it has %d values and says %q", name, len(s.held), log)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return lost
}

func sameContent(a, b content) bool { return maps.EqualFunc(a, b, bytes.Equal) }

// TestNoListLeft: with both copies of the index everything goes on but the
// salt, and the log says so.
func TestNoListLeft(t *testing.T) {
	t.Parallel()
	whole, want, _ := sample(t)
	dir := t.TempDir()
	whole[indexFile], whole[indexCopy] = nil, nil
	whole.write(t, dir)
	s, log := open(t, dir)
	if len(s.held) != len(want) || !strings.Contains(log.String(), "no list of what is saved is left") {
		t.Errorf("%d values; log: %s", len(s.held), log)
	}
	if salt, err := s.Salt(func() []byte { return []byte("another") }); err != nil || string(salt) != "another" {
		t.Errorf("salt %q, %v", salt, err)
	}
}

// TestSystemErrorsAreNoDamage: what the system refuses leaves everything as it
// is, at the start, and is told once while running.
func TestSystemErrorsAreNoDamage(t *testing.T) {
	t.Parallel()
	whole, want, _ := sample(t)
	for _, number := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EIO, syscall.ESTALE, syscall.EROFS, syscall.ENOSPC, syscall.ENOMEM, syscall.ENOLCK, syscall.EACCES} {
		for _, step := range []string{"read", "write"} {
			dir := t.TempDir()
			whole.write(t, dir)
			_, err := openWith(files{directory: dir, fault: func(at, name string) error {
				if at == step {
					return &os.PathError{Op: at, Path: name, Err: number}
				}
				return nil
			}}, slog.New(slog.DiscardHandler))
			if err == nil || !strings.HasPrefix(err.Error(), "state.path: ") || !errors.Is(err, number) {
				t.Errorf("%s of %v: %v", step, number, err)
			}
			if !sameContent(readDirectory(t, dir), whole) {
				t.Errorf("%s of %v changed the directory", step, number)
			}
		}
	}

	dir := t.TempDir()
	var log bytes.Buffer
	var fault error
	s, err := openWith(files{directory: dir, fault: func(string, string) error { return fault }}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	save := func() (failed int) {
		for key, value := range want {
			if s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage(value)}) != nil {
				failed++
			}
			s.Reserve(key, time.Now().Add(time.Hour))
		}
		return failed
	}
	fault = syscall.ENOSPC
	if failed := save() + save(); failed != 2*len(want) || s.Health().Err == nil {
		t.Errorf("%d saves failed, health %+v", failed, s.Health())
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 2 || !strings.Contains(log.String(), "free space") { // results, budgets
		t.Errorf("%d lines: %s", n, &log)
	}
	fault = nil
	s.Reserve("any", time.Now())
	if err := s.SaveResult("any", Saved{}); err != nil || s.Health().Err != nil {
		t.Errorf("%v, health %+v", err, s.Health())
	}
	if n := strings.Count(log.String(), "again"); n != 2 {
		t.Errorf("%d lines: %s", n, &log)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, again := open(t, dir)
	if len(s.held) != len(want)+1 || again.Len() > 0 {
		t.Errorf("what could not be saved at first: %d values, log %s", len(s.held), again)
	}
}

// TestCrashes dies between any two steps: what was saved is there, what was
// about to be is there or not, and nobody complains.
func TestCrashes(t *testing.T) {
	t.Parallel()
	errCrash := errors.New("crash")
	for after := 0; ; after++ {
		dir := t.TempDir()
		var step atomic.Int64
		s, err := openWith(files{directory: dir, fault: func(at, name string) error {
			if step.Add(1) > int64(after) {
				if at == "write" { // half a file
					_ = os.WriteFile(filepath.Join(dir, name+aside), []byte(magic), 0o600)
				}
				return errCrash
			}
			return nil
		}, fsync: func(*os.File) error { return nil }}, slog.New(slog.DiscardHandler))
		saved := map[string]int{}
		deleted := false
		if err == nil {
			for n := range 12 {
				key := fmt.Sprint("key-", n%4)
				if s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage(fmt.Sprint(n))}) == nil {
					saved[key] = n
				}
			}
			_, _ = s.Salt(func() []byte { return []byte("salt") })
			deleted = s.Delete("key-0") == nil
			_ = s.lock.Close()
			_ = s.budget.close()
		}
		again, log := openFast(t, dir)
		if log.Len() > 0 {
			t.Fatalf("after %d steps: %s", after, log)
		}
		for key, n := range saved {
			got, ok := again.LoadResult(key)
			if key == "key-0" && (!ok || deleted) {
				continue
			}
			if is, err := strconv.Atoi(string(got.Result)); !ok || err != nil || is < n || is%4 != n%4 {
				t.Fatalf("after %d steps %s is %q (%v), saved was %d", after, key, got.Result, ok, n)
			}
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		if step.Load() <= int64(after) {
			if _, ok := again.LoadResult("key-0"); ok || len(saved) != 4 {
				t.Errorf("without a crash %v are saved", saved)
			}
			return
		}
	}
}

// TestRemovedWhileRunning: what somebody removes is made anew from memory.
func TestRemovedWhileRunning(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(dir string) error{
		"directory": os.RemoveAll,
		"replaced": func(dir string) error {
			return errors.Join(os.Rename(dir, dir+".old"), os.Mkdir(dir, 0o750))
		},
		"index":  func(dir string) error { return os.Remove(filepath.Join(dir, indexFile)) },
		"budget": func(dir string) error { return os.Remove(filepath.Join(dir, budgetFile)) },
		"result": func(dir string) error { return os.Remove(filepath.Join(dir, fileOf("a"))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			s, log := open(t, dir)
			save := func() {
				t.Helper()
				for _, key := range []string{"a", "b", "c"} {
					if err := s.SaveResult(key, Saved{At: time.Now(), Result: json.RawMessage("1")}); err != nil {
						t.Fatal(err)
					}
				}
			}
			save()
			until := time.Now().Add(time.Hour)
			s.Reserve("x", until)
			if err := remove(dir); err != nil {
				t.Fatal(err)
			}
			save()
			save()
			if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "made anew from memory") {
				t.Errorf("%d lines: %s", n, log)
			}
			if _, err := Open(dir, slog.New(slog.DiscardHandler)); err == nil {
				t.Error("the directory made anew is not locked")
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s, log = open(t, dir)
			if len(s.held) != 3 || !s.NotBefore("x").Equal(until) || log.Len() > 0 {
				t.Errorf("%d values, reserved until %v, log %s", len(s.held), s.NotBefore("x"), log)
			}
		})
	}
}
