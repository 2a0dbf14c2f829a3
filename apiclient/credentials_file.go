package apiclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"gopkg.in/ini.v1"
)

const (
	// fileCheck is the least time between two looks at the files.
	fileCheck = time.Second
	// maxKeyFile bounds what is read: a key has some tens of bytes, a security
	// token a few thousand.
	maxKeyFile = 64 << 10
)

// fileSource holds the keys of one or more files and reads them again when a
// file was changed or replaced. A file that cannot be used in the middle of a
// rotation does not stop the exporter: the last good keys stay.
type fileSource struct {
	hidden
	paths []string
	// parse makes keys of the files' texts, given in the order of paths.
	parse func(texts []string) (Credentials, error)
	log   *slog.Logger

	mu      sync.Mutex
	checked time.Time     // the last look at the files
	stamps  []os.FileInfo // of the files that held comes from
	held    Credentials   // zero until the files were good once
	problem error         // why the files cannot be used now
}

// keyFile is a file that holds one part of the keys and nothing else.
type keyFile struct {
	path string
	into func(*Credentials) *string
}

// newKeyFileSource makes a source of files with one part each; fixed holds the
// parts that are given as text.
func newKeyFileSource(fixed Credentials, files []keyFile, log *slog.Logger) *fileSource {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	parse := func(texts []string) (Credentials, error) {
		keys := fixed
		for i, f := range files {
			part := strings.TrimSpace(texts[i])
			if part == "" {
				return Credentials{}, fmt.Errorf("credential file %s is empty", f.path)
			}
			*f.into(&keys) = part
		}
		if err := keys.check(); err != nil {
			return Credentials{}, fmt.Errorf("credential files %s: %w", strings.Join(paths, ", "), err)
		}
		return keys, nil
	}
	return &fileSource{paths: paths, parse: parse, log: log}
}

// newProfileSource makes a source of the SDK's profile file: INI, section
// [basic], keys ak, sk and security_token (the SDK's profile provider).
//
// The SDK's own profile provider is not used: it asks the process environment
// for the file's name, where the exporter's environment is a parameter, and
// its errors quote lines of the file. The INI library is the one it uses.
func newProfileSource(env func(string) string, log *slog.Logger) (*fileSource, error) {
	path := env(envProfile)
	if path == "" {
		home := "HOME"
		if runtime.GOOS == "windows" {
			home = "USERPROFILE"
		}
		if env(home) == "" {
			return nil, fmt.Errorf("credentials from the profile: no home directory to find .huaweicloud/credentials in; set %s to the file", envProfile)
		}
		path = filepath.Join(env(home), ".huaweicloud", "credentials")
	}
	parse := func(texts []string) (Credentials, error) { return parseProfile(path, texts[0]) }
	return &fileSource{paths: []string{path}, parse: parse, log: log}, nil
}

func parseProfile(path, text string) (Credentials, error) {
	file, err := ini.Load([]byte(text))
	if err != nil {
		// The library's error quotes the line, which may hold a key.
		return Credentials{}, fmt.Errorf("credential profile %s is not an INI file", path)
	}
	section, err := file.GetSection("basic")
	if err != nil {
		return Credentials{}, fmt.Errorf("credential profile %s has no section [basic]; put ak and sk there", path)
	}
	keys := Credentials{
		AccessKey:     strings.TrimSpace(section.Key("ak").String()),
		SecretKey:     strings.TrimSpace(section.Key("sk").String()),
		SecurityToken: strings.TrimSpace(section.Key("security_token").String()),
	}
	if err := keys.check(); err != nil {
		return Credentials{}, fmt.Errorf("credential profile %s, section [basic]: %w; ak and sk are needed, other kinds of login are not supported", path, err)
	}
	return keys, nil
}

// Credentials looks at the files at most once a second. It fails only if they
// have never been good.
func (s *fileSource) Credentials(context.Context) (Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.checked) >= fileCheck {
		s.look(false)
	}
	if s.held == (Credentials{}) {
		return Credentials{}, s.problem
	}
	return s.held, nil
}

// Refresh reads the files whether they look changed or not.
func (s *fileSource) Refresh(context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.held
	s.look(true)
	return s.held != before, s.problem
}

// look brings held and problem up to date.
func (s *fileSource) look(always bool) {
	s.checked = time.Now()
	if !always && s.problem == nil {
		if stamps, err := stat(s.paths); err == nil && slices.EqualFunc(stamps, s.stamps, unchanged) {
			return
		}
	}
	keys, stamps, err := s.read()
	known := s.held != Credentials{}
	if err != nil {
		if known && s.problem == nil {
			s.log.Warn("credential files cannot be used; the keys read before stay in use", "err", err)
		}
		s.problem = err
		return
	}
	switch {
	case known && keys != s.held:
		s.log.Info("credential files were changed; the new keys are in use", "files", s.paths)
	case known && s.problem != nil:
		s.log.Info("credential files can be used again; the keys are the same", "files", s.paths)
	}
	s.held, s.stamps, s.problem = keys, stamps, nil
}

// read takes all files at one moment: if one of them is changed meanwhile, the
// parts may not belong together, and it reads again.
func (s *fileSource) read() (Credentials, []os.FileInfo, error) {
	for range 3 {
		before, err := stat(s.paths)
		if err != nil {
			return Credentials{}, nil, err
		}
		texts := make([]string, len(s.paths))
		for i, path := range s.paths {
			if texts[i], err = readKeyFile(path); err != nil {
				return Credentials{}, nil, err
			}
		}
		after, err := stat(s.paths)
		if err != nil {
			return Credentials{}, nil, err
		}
		if slices.EqualFunc(before, after, unchanged) {
			keys, err := s.parse(texts)
			return keys, after, err
		}
	}
	return Credentials{}, nil, fmt.Errorf("credential files %s change while they are read; replace them by renaming", strings.Join(s.paths, ", "))
}

func stat(paths []string) ([]os.FileInfo, error) {
	infos := make([]os.FileInfo, len(paths))
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("credential file: %w", err)
		}
		// Opening a pipe would wait for its writer.
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("credential file %s is not a regular file", path)
		}
		infos[i] = info
	}
	return infos, nil
}

// unchanged compares time, size and inode.
func unchanged(a, b os.FileInfo) bool {
	return a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && os.SameFile(a, b)
}

func readKeyFile(path string) (text string, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fmt.Errorf("credential file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return "", fmt.Errorf("credential file: %w", err)
	}
	if len(b) > maxKeyFile {
		return "", fmt.Errorf("credential file %s is larger than %d KiB, so it holds no key", path, maxKeyFile>>10)
	}
	return string(b), nil
}
