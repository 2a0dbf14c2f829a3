package apiclient

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/provider"
)

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	// By renaming, as Kubernetes and careful scripts do it.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func expectKeys(t *testing.T, s CredentialSource, want Credentials) {
	t.Helper()
	got, err := s.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Fatalf("got %q %q %q %v", got.AccessKey, got.SecretKey, got.SecurityToken, got.Expiry)
	}
}

// keyFiles writes AK1, SK1 and TOKEN1 to three files.
func keyFiles(t *testing.T, log *bytes.Buffer) (ak, sk, token string, source CredentialSource) {
	t.Helper()
	dir := t.TempDir()
	ak, sk, token = filepath.Join(dir, "ak"), filepath.Join(dir, "sk"), filepath.Join(dir, "token")
	writeFile(t, ak, "AK1\n")
	writeFile(t, sk, " SK1\r\n\n")
	writeFile(t, token, "TOKEN1")
	source, err := NewCredentialSource(CredentialConfig{
		AccessKeyFile: ak, SecretKeyFile: sk, SecurityTokenFile: token,
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return ak, sk, token, source
}

func TestKeyFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		ak, sk, _, source := keyFiles(t, &log)
		first := Credentials{AccessKey: "AK1", SecretKey: "SK1", SecurityToken: "TOKEN1"}
		expectKeys(t, source, first)

		writeFile(t, ak, "AK2")
		writeFile(t, sk, "SK2")
		expectKeys(t, source, first) // looked at less than a second ago
		time.Sleep(time.Second)
		expectKeys(t, source, Credentials{AccessKey: "AK2", SecretKey: "SK2", SecurityToken: "TOKEN1"})

		if got := strings.Count(log.String(), "\n"); got != 1 || !strings.Contains(log.String(), "were changed") {
			t.Errorf("log is %s", log.String())
		}
		if strings.Contains(log.String(), "SK2") {
			t.Errorf("the log holds a secret: %s", log.String())
		}
	})
}

// Only the stamps of a file are looked at while they stay the same.
func TestKeyFilesAreNotReadWithoutNeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "sk")
		writeFile(t, path, "SK")
		parsed := 0
		source := &fileSource{
			paths: []string{path},
			log:   slog.New(slog.DiscardHandler),
			parse: func(texts []string) (Credentials, error) {
				parsed++
				return Credentials{AccessKey: "AK", SecretKey: texts[0]}, nil
			},
		}
		for range 5 {
			expectKeys(t, source, Credentials{AccessKey: "AK", SecretKey: "SK"})
			time.Sleep(time.Second)
		}
		if parsed != 1 {
			t.Errorf("read %d times", parsed)
		}
		if changed, err := source.Refresh(t.Context()); changed || err != nil || parsed != 2 {
			t.Errorf("Refresh: %v, %v, read %d times", changed, err, parsed)
		}
	})
}

func TestKeyFilesEachSignOfChange(t *testing.T) {
	t.Parallel()
	stamp := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, change := range map[string]func(t *testing.T, path string){
		"time": func(t *testing.T, path string) {
			t.Helper()
			// In place, same size.
			overwrite(t, path, "SK2")
			setTime(t, path, stamp.Add(time.Millisecond))
		},
		"size": func(t *testing.T, path string) {
			t.Helper()
			// In place, same time.
			overwrite(t, path, "SK2\n")
			setTime(t, path, stamp)
		},
		"inode": func(t *testing.T, path string) {
			t.Helper()
			// Same size and time.
			writeFile(t, path, "SK2")
			setTime(t, path, stamp)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "sk")
				overwrite(t, path, "SK1")
				setTime(t, path, stamp)
				source, err := NewCredentialSource(CredentialConfig{AccessKey: "AK", SecretKeyFile: path})
				if err != nil {
					t.Fatal(err)
				}
				expectKeys(t, source, Credentials{AccessKey: "AK", SecretKey: "SK1"})
				change(t, path)
				time.Sleep(time.Second)
				expectKeys(t, source, Credentials{AccessKey: "AK", SecretKey: "SK2"})
			})
		})
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func setTime(t *testing.T, path string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// A Kubernetes secret is a link to a directory that is exchanged as a whole.
func TestKeyFilesBehindALink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for _, n := range []string{"1", "2"} {
			if err := os.Mkdir(filepath.Join(dir, n), 0o700); err != nil {
				t.Fatal(err)
			}
			overwrite(t, filepath.Join(dir, n, "ak"), "AK"+n)
			overwrite(t, filepath.Join(dir, n, "sk"), "SK"+n)
		}
		link := filepath.Join(dir, "data")
		if err := os.Symlink("1", link); err != nil {
			t.Fatal(err)
		}
		source, err := NewCredentialSource(CredentialConfig{AccessKeyFile: filepath.Join(link, "ak"), SecretKeyFile: filepath.Join(link, "sk")})
		if err != nil {
			t.Fatal(err)
		}
		expectKeys(t, source, Credentials{AccessKey: "AK1", SecretKey: "SK1"})
		if err := os.Symlink("2", link+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		expectKeys(t, source, Credentials{AccessKey: "AK2", SecretKey: "SK2"})
	})
}

func TestKeyFilesKeepTheLastGoodKeys(t *testing.T) {
	t.Parallel()
	replaceBy := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			writeFile(t, path, text)
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string)
		want  string
	}{
		"gone":       {removeFile, "no such file"},
		"empty":      {replaceBy(" \n"), "is empty"},
		"two lines":  {replaceBy("SECRET\nSECRET"), "holds a blank, a line break"},
		"huge":       {replaceBy(strings.Repeat("SECRET", 20000)), "larger than 64 KiB"},
		"unreadable": {unreadable, "denied"},
		"directory":  {makeDirectory, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				_, sk, _, source := keyFiles(t, &log)
				first := Credentials{AccessKey: "AK1", SecretKey: "SK1", SecurityToken: "TOKEN1"}
				expectKeys(t, source, first)

				c.spoil(t, sk)
				for range 5 {
					time.Sleep(time.Second)
					expectKeys(t, source, first)
				}
				changed, err := source.Refresh(t.Context())
				if changed || err == nil || !strings.Contains(err.Error(), sk) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("Refresh: %v, %v", changed, err)
				}
				if got := strings.Count(log.String(), "level=WARN"); got != 1 {
					t.Errorf("%d warnings: %s", got, log.String())
				}
				if !strings.Contains(log.String(), c.want) {
					t.Errorf("the warning does not say %q: %s", c.want, log.String())
				}

				if err := os.RemoveAll(sk); err != nil {
					t.Fatal(err)
				}
				writeFile(t, sk, "SK1")
				time.Sleep(time.Second)
				expectKeys(t, source, first)
				if got := strings.Count(log.String(), "can be used again"); got != 1 {
					t.Errorf("the recovery is logged %d times: %s", got, log.String())
				}
				if strings.Contains(log.String(), "SECRET") || strings.Contains(err.Error(), "SECRET") {
					t.Errorf("a secret is shown: %v, %s", err, log.String())
				}
			})
		})
	}
}

func removeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func makeDirectory(t *testing.T, path string) {
	t.Helper()
	removeFile(t, path)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func unreadable(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
}

// Files may come later than the exporter: until then it fails, then it works.
func TestKeyFilesThatCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		path := filepath.Join(t.TempDir(), "sk")
		source, err := NewCredentialSource(CredentialConfig{AccessKey: "AK", SecretKeyFile: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := source.Credentials(t.Context()); err == nil || !strings.Contains(err.Error(), path) {
				t.Fatalf("error is %v", err)
			}
		}
		writeFile(t, path, "SK")
		if changed, err := source.Refresh(t.Context()); !changed || err != nil {
			t.Fatalf("Refresh: %v, %v", changed, err)
		}
		expectKeys(t, source, Credentials{AccessKey: "AK", SecretKey: "SK"})
		if log.Len() != 0 {
			t.Errorf("the caller has the error, the log need not: %s", log.String())
		}
	})
}

func TestKeyFilesConcurrently(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, sk, _, source := keyFiles(t, &log)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				keys, err := source.Credentials(t.Context())
				if err == nil {
					err = keys.check()
				}
				if err != nil {
					t.Error(err)
				}
				_, _ = source.Refresh(t.Context()) // an error if the files stand not still
			}
		})
	}
	for i := range 50 {
		writeFile(t, sk, fmt.Sprint("SK", i))
	}
	wg.Wait()
	if _, err := source.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectKeys(t, source, Credentials{AccessKey: "AK1", SecretKey: "SK49", SecurityToken: "TOKEN1"})
}

// A pair of which one half is old would be a wrong signature.
func TestKeyFilesAreNeverMixed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "data")
	exchange := func(n string) {
		if err := errors.Join(
			os.Mkdir(filepath.Join(dir, n), 0o700),
			os.WriteFile(filepath.Join(dir, n, "ak"), []byte(n), 0o600),
			os.WriteFile(filepath.Join(dir, n, "sk"), []byte(n), 0o600),
			os.Symlink(n, link+n),
			os.Rename(link+n, link),
		); err != nil {
			t.Error(err)
		}
	}
	exchange("0")
	source, err := NewCredentialSource(CredentialConfig{AccessKeyFile: filepath.Join(link, "ak"), SecretKeyFile: filepath.Join(link, "sk")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 500 {
			exchange(strconv.Itoa(n + 1))
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		// The files may not stand still long enough: that is an error, and the
		// pair held before stays.
		_, _ = source.Refresh(t.Context())
		keys, err := source.Credentials(t.Context())
		if err != nil || keys.AccessKey != keys.SecretKey {
			t.Fatalf("access key %s with secret key %s, error %v", keys.AccessKey, keys.SecretKey, err)
		}
	}
	expectKeys(t, source, Credentials{AccessKey: "500", SecretKey: "500"})
}

const profileText = `# made for the SDK
[global]
ak = OTHER
sk = OTHER

[basic]
ak = AK%[1]s
sk = "SK%[1]s"
security_token = gQp0/+==
project_id = 0123456789abcdef0123456789abcdef ; ours
`

func TestProfile(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]func(dir string) (path string, env map[string]string){
		"home": func(dir string) (string, map[string]string) {
			return filepath.Join(dir, ".huaweicloud", "credentials"), map[string]string{"HOME": dir, "USERPROFILE": dir}
		},
		"named file": func(dir string) (string, map[string]string) {
			path := filepath.Join(dir, ".huaweicloud", "mine")
			return path, map[string]string{"HOME": "/nonexistent", "HUAWEICLOUD_SDK_CREDENTIALS_FILE": path}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.Mkdir(filepath.Join(dir, ".huaweicloud"), 0o700); err != nil {
					t.Fatal(err)
				}
				path, env := place(dir)
				writeFile(t, path, fmt.Sprintf(profileText, "1"))
				source, err := NewCredentialSource(CredentialConfig{Source: "profile", Env: environment(env)})
				if err != nil {
					t.Fatal(err)
				}
				expectKeys(t, source, Credentials{AccessKey: "AK1", SecretKey: "SK1", SecurityToken: "gQp0/+=="})
				writeFile(t, path, fmt.Sprintf(profileText, "2"))
				time.Sleep(time.Second)
				expectKeys(t, source, Credentials{AccessKey: "AK2", SecretKey: "SK2", SecurityToken: "gQp0/+=="})
			})
		})
	}
}

func TestProfileMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"not INI", "[basic]\nSECRET", "is not an INI file"},
		{"no section", "[global]\nak = SECRET\nsk = SECRET\n", "has no section [basic]; put ak and sk there"},
		{"no keys", "[basic]\nidp_id = SECRET\nid_token_file = x\n", "the access key is empty; ak and sk are needed, other kinds of login are not supported"},
		{"no secret key", "[basic]\nak = SECRET\n", "the secret key is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "credentials")
			writeFile(t, path, c.text)
			source, err := NewCredentialSource(CredentialConfig{Source: "profile", Env: environment(map[string]string{"HUAWEICLOUD_SDK_CREDENTIALS_FILE": path})})
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Credentials(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}

// The SDK's provider must read the same keys out of the same file. It reads
// the process environment, so this test cannot be parallel.
func TestProfileAgreesWithSDK(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials")
	t.Setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", path)
	for _, text := range []string{
		fmt.Sprintf(profileText, "1"),
		"[basic]\nak=AK\nsk=SK\n",
		"[basic]\nak: AK\nsk: `S#K`\nsecurity_token: a=b:c\n",
		"\ufeff[basic]\r\nak = AK # key\r\nsk = SK;K\r\n",
		"who = me\n[basic]\nak = %(who)s\nsk = SK\n",
	} {
		writeFile(t, path, text)
		theirs, err := provider.BasicCredentialProfileProvider().GetCredentials()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		basic, ok := theirs.(*auth.BasicCredentials)
		if !ok {
			t.Fatalf("the SDK returns %T", theirs)
		}
		source, err := NewCredentialSource(CredentialConfig{Source: "profile"})
		if err != nil {
			t.Fatal(err)
		}
		expectKeys(t, source, Credentials{AccessKey: basic.AK, SecretKey: basic.SK, SecurityToken: basic.SecurityToken})
	}
}
