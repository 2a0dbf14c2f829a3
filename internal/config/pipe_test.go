//go:build unix

package config

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestReadsNoPipeThatNobodyWrites makes sure that such a pipe in the place of
// the file cannot hold up a reload for ever.
func TestReadsNoPipeThatNobodyWrites(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "config.yml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 1)
	go func() {
		_, err := Load(pipe, Schema{}, func(string) string { return "" })
		refused <- err
	}()
	select {
	case err := <-refused:
		if err == nil {
			t.Error("a pipe without content is taken as a configuration")
		}
	case <-time.After(10 * time.Second):
		t.Error("the pipe is waited for")
	}
}
