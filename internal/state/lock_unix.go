//go:build !windows

package state

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a file for this process, or returns errLocked. The kernel lets go
// of it when the file is closed, however the process ends.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	if err != nil {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return nil
}
