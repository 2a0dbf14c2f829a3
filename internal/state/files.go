package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
)

// aside ends the name of a file that is not whole yet.
const aside = ".new"

// files are the steps in which the directory changes.
type files struct {
	directory string
	// fault is asked before each step. Tests let it fail there.
	fault func(step, name string) error
	// fsync brings a file to the disk; nil: Sync. Tests that end no machine
	// leave it out.
	fsync func(*os.File) error
}

func (f *files) path(name string) string { return filepath.Join(f.directory, name) }

func (f *files) may(step, name string) error {
	if f.fault == nil {
		return nil
	}
	return f.fault(step, name)
}

// replace puts new content in a file: it is written aside, brought to the disk
// and renamed. Before sync has returned, either content may survive a crash of
// the machine, and never anything else.
func (f *files) replace(name string, content []byte) error {
	if err := f.writeAside(name, content); err != nil {
		return err
	}
	if err := f.may("rename", name); err != nil {
		return err
	}
	return os.Rename(f.path(name+aside), f.path(name))
}

func (f *files) writeAside(name string, content []byte) (err error) {
	if err := f.may("write", name); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path(name+aside), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = f.flush(file)
	}
	err = errors.Join(err, file.Close())
	if err != nil {
		_ = os.Remove(f.path(name + aside)) // half a file is of no use, and the disk may be full
	}
	return err
}

func (f *files) flush(file *os.File) error {
	if f.fsync != nil {
		return f.fsync(file)
	}
	return file.Sync()
}

// sync brings the names of the directory to the disk.
func (f *files) sync() error {
	if err := f.may("sync", ""); err != nil || runtime.GOOS == "windows" { // which cannot
		return err
	}
	d, err := os.Open(f.directory)
	if err != nil {
		return err
	}
	err = f.flush(d)
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // network file systems that need it not
	}
	return errors.Join(err, d.Close())
}

func (f *files) remove(name string) error {
	if err := f.may("remove", name); err != nil {
		return err
	}
	if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// moveAside keeps what is damaged for whoever wants to look at it.
func (f *files) moveAside(name string) error {
	if err := f.may("rename", name); err != nil {
		return err
	}
	if err := os.Rename(f.path(name), f.path(name+damagedSuffix)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// missing tells whether a file is not there.
func (f *files) missing(name string) bool {
	_, err := os.Lstat(f.path(name))
	return errors.Is(err, fs.ErrNotExist)
}

// together calls f for each i below n, several at a time: the disk is waited
// for once and not n times.
func together(n int, f func(i int)) {
	const atOnce = 16
	turns := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		turns <- struct{}{}
		all.Go(func() {
			f(i)
			<-turns
		})
	}
	all.Wait()
}

// environment says what to do about an error of the system. It is never taken
// for damage: nothing that is there is touched.
func environment(err error) error {
	if err == nil {
		return nil
	}
	is := func(numbers ...syscall.Errno) bool {
		for _, n := range numbers {
			if errors.Is(err, n) {
				return true
			}
		}
		return false
	}
	advice := "nothing in the directory was changed"
	switch {
	case is(syscall.EMFILE, syscall.ENFILE):
		advice = "raise the limit of open files (LimitNOFILE, ulimit -n)"
	case is(syscall.ENOSPC, syscall.EDQUOT):
		advice = "free space on the disk"
	case is(syscall.EROFS):
		advice = "mount the directory writable"
	case is(syscall.EIO, syscall.ESTALE):
		advice = "look after the disk or the network share; nothing in the directory was changed"
	case is(syscall.ENOLCK, syscall.ENOTSUP):
		advice = "choose a file system that can lock files"
	case is(syscall.ENOMEM):
		advice = "give the exporter more memory"
	case errors.Is(err, fs.ErrPermission):
		advice = "let the user of the exporter write there"
	}
	return fmt.Errorf("state.path: %w: %s", err, advice)
}
