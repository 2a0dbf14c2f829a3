package state

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes a file for this process, or returns errLocked. The kernel lets go
// of it when the file is closed, however the process ends. The byte that is
// locked is the one that bbolt locks: a version that used it is kept out.
func lock(f *os.File) error {
	const last = 0xffffffff
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: last, OffsetHigh: last})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	if err != nil {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return nil
}
