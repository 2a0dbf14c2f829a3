// Package testutil holds what the tests of several packages share. Only tests
// import it.
package testutil

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Buffer is a bytes.Buffer for concurrent use.
type Buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns the content.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Take returns the content and empties the buffer.
func (b *Buffer) Take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.buf.Reset()
	return b.buf.String()
}

// FreeAddress returns a loopback address on which nobody listens at the moment.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// Eventually repeats a check until it returns no error; the last error is the
// reason why the test fails.
func Eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Get returns the page at a URL, and an error unless the status is 200.
func Get(ctx context.Context, url string) (string, error) { return Call(ctx, http.MethodGet, url) }

// Call makes a request and returns the answer, and an error unless the status
// is 200.
func Call(ctx context.Context, method, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, url, res.Status, bytes.TrimSpace(body))
	}
	return string(body), err
}

// MustGet returns the page at a URL; any error ends the test.
func MustGet(t testing.TB, url string) string {
	t.Helper()
	page, err := Get(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// Glob returns the files that match a pattern, of which there must be one.
func Glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	return paths
}

// ReadFile returns the content of a file.
func ReadFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// ReadFiles returns the files that match a pattern by their base names.
func ReadFiles(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, path := range Glob(t, pattern) {
		files[filepath.Base(path)] = ReadFile(t, path)
	}
	return files
}

// UpToDate compares a generated file with what it should be. With update it
// writes the file; command is how that is done.
func UpToDate(t testing.TB, path, want string, update bool, command string) {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	switch {
	case err != nil:
		t.Errorf("%v; `%s` writes it", err, command)
	case string(have) != want:
		t.Errorf("%s is stale: run `%s`", path, command)
	}
}
