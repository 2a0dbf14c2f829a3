package apiclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeMetadata is a metadata service with sessions, in process so that it
// works in fake time.
type fakeMetadata struct {
	mu      sync.Mutex
	calls   []string // method and path, in order
	opened  int      // sessions so far; the last is valid
	keys    int      // keys given so far
	life    time.Duration
	delay   time.Duration // before each answer
	session func() (int, string)
	answer  func() (int, string) // instead of keys
}

func (f *fakeMetadata) RoundTrip(req *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.calls = append(f.calls, req.Method+" "+req.URL.Path)
	delay := f.delay
	f.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	status, body := f.serve(req)
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	header := http.Header{}
	if status/100 == 3 {
		header.Set("Location", "http://169.254.169.254"+metadataKeyPath)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func (f *fakeMetadata) serve(req *http.Request) (int, string) {
	switch req.Method + " " + req.URL.String() {
	case "PUT http://169.254.169.254/meta-data/latest/api/token":
		if got := req.Header.Get("X-Metadata-Token-Ttl-Seconds"); got != "21600" {
			return 400, "TTL is " + got
		}
		if f.session != nil {
			return f.session()
		}
		f.opened++
		return 200, fmt.Sprint("session", f.opened)
	case "GET http://169.254.169.254/openstack/latest/securitykey":
		if f.answer != nil {
			return f.answer()
		}
		if f.session == nil && req.Header.Get("X-Metadata-Token") != fmt.Sprint("session", f.opened) {
			return 401, "Unauthorized"
		}
		f.keys++
		return 200, agencyKeys(f.keys, time.Now().Add(f.life))
	}
	return 400, "unknown call"
}

func agencyKeys(n int, expiry time.Time) string {
	return fmt.Sprintf(`{"credential":{"access":"AK%d","secret":"SK%[1]d","securitytoken":"TOKEN%[1]d","expires_at":"%s"}}`,
		n, expiry.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

// set changes the service while it may be in use.
func (f *fakeMetadata) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// takeCalls returns the calls since it was last called.
func (f *fakeMetadata) takeCalls() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

const (
	putSession = "PUT /meta-data/latest/api/token"
	getKeys    = "GET /openstack/latest/securitykey"
)

func (f *fakeMetadata) expectCalls(t *testing.T, want ...string) {
	t.Helper()
	if got := f.takeCalls(); !slices.Equal(got, want) {
		t.Fatalf("calls are %q, want %q", got, want)
	}
}

// fakeAgency returns a service and a source of it. It must be called in a
// bubble of fake time. log holds what the source has logged.
func fakeAgency(t *testing.T) (f *fakeMetadata, s *metadataSource, log *bytes.Buffer) {
	t.Helper()
	f, log = &fakeMetadata{life: 24 * time.Hour}, &bytes.Buffer{}
	s, err := newMetadataSource("", f, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		synctest.Wait()
		if strings.Contains(log.String(), "SK") || strings.Contains(log.String(), "TOKEN") || strings.Contains(log.String(), "session1") {
			t.Errorf("the log holds a secret: %s", log)
		}
	})
	return f, s, log
}

// expectAgencyKeys waits for a renewal that the call may have caused.
func expectAgencyKeys(t *testing.T, s *metadataSource, n int) {
	t.Helper()
	keys, err := s.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := keys.AccessKey + keys.SecretKey + keys.SecurityToken; got != fmt.Sprintf("AK%dSK%[1]dTOKEN%[1]d", n) {
		t.Fatalf("keys are %s, want number %d", got, n)
	}
	synctest.Wait()
}

func TestMetadataRenewal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		life, renew time.Duration
	}{
		{"long life", 24 * time.Hour, 24*time.Hour - 40*time.Minute},
		{"just long", 80 * time.Minute, 40 * time.Minute},
		{"short life", 15 * time.Minute, 7*time.Minute + 30*time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, s, _ := fakeAgency(t)
				f.life = c.life
				start := time.Now()
				expectAgencyKeys(t, s, 1)
				keys, err := s.Credentials(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if want := start.Add(c.life).Truncate(time.Microsecond); !keys.Expiry.Equal(want) {
					t.Errorf("expiry is %s, want %s", keys.Expiry, want)
				}
				f.expectCalls(t, putSession, getKeys)

				time.Sleep(c.renew - time.Second)
				expectAgencyKeys(t, s, 1)
				f.expectCalls(t)
				time.Sleep(time.Second)
				expectAgencyKeys(t, s, 1) // nobody waits for the new keys
				expectAgencyKeys(t, s, 2)
				if got := f.takeCalls(); got[len(got)-1] != getKeys || slices.Index(got, getKeys) != len(got)-1 {
					t.Errorf("calls are %q", got)
				}
			})
		})
	}
}

// The session ends after six hours; it is opened anew before it is refused.
func TestMetadataSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, _ := fakeAgency(t)
		refresh := func(want ...string) {
			t.Helper()
			if changed, err := s.Refresh(t.Context()); !changed || err != nil {
				t.Fatalf("Refresh: %v, %v", changed, err)
			}
			f.expectCalls(t, want...)
		}
		refresh(putSession, getKeys)
		time.Sleep(6*time.Hour - time.Second)
		refresh(getKeys)
		time.Sleep(time.Second)
		refresh(putSession, getKeys)
		f.set(func() { f.opened++ }) // the service forgets the session
		refresh(getKeys, putSession, getKeys)
	})
}

func TestMetadataWithoutSessions(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 405, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, s, _ := fakeAgency(t)
				f.session = func() (int, string) { return status, "" }
				expectAgencyKeys(t, s, 1)
				f.expectCalls(t, putSession, getKeys)
				time.Sleep(23 * time.Hour)
				if _, err := s.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
				f.expectCalls(t, getKeys)
				time.Sleep(time.Hour)
				if _, err := s.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
				f.expectCalls(t, putSession, getKeys)

				f.set(func() { f.answer = func() (int, string) { return 401, "" } })
				_, err := s.Refresh(t.Context())
				if want := fmt.Sprintf("status %d and opens no session", status); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error is %v, want %q", err, want)
				}
				f.expectCalls(t, getKeys, putSession)
			})
		})
	}
}

func TestMetadataErrors(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) func() (int, string) {
		return func() (int, string) { return status, body }
	}
	for _, c := range []struct {
		name            string
		session, answer func() (int, string)
		want            string
		calls           []string
	}{
		{"unreachable", answer(0, ""), nil, "connection refused; it answers only on an ECS or a CCE node", []string{putSession}},
		{"session refused", answer(403, "SECRET"), nil, "answered PUT /meta-data/latest/api/token with status 403", []string{putSession}},
		{
			"no agency", nil, answer(401, `{"message":"Please configure Cloud Service Agency first"}`),
			"no agency is attached to this machine; attach one that may read Workspace",
			[]string{putSession, getKeys},
		},
		{"no agency, other status", nil, answer(400, "Please configure Cloud Service Agency first"), "no agency is attached", []string{putSession, getKeys}},
		{"refused twice", nil, answer(401, ""), "status 401; check that an agency is attached", []string{putSession, getKeys, putSession, getKeys}},
		{"server error", nil, answer(500, "SECRET"), "answered GET /openstack/latest/securitykey with status 500", []string{putSession, getKeys}},
		{"redirect", nil, answer(302, ""), "status 302", []string{putSession, getKeys}},
		{"not JSON", nil, answer(200, "<html>SECRET"), "something else than keys in JSON", []string{putSession, getKeys}},
		{"number for a key", nil, answer(200, `{"credential":{"access":"A","secret":5550001}}`), "something else than keys in JSON", []string{putSession, getKeys}},
		{"empty", nil, answer(200, `{}`), "the access key is empty", []string{putSession, getKeys}},
		{"no secret key", nil, answer(200, `{"credential":{"access":"SECRET"}}`), "the secret key is empty", []string{putSession, getKeys}},
		{"no token", nil, answer(200, `{"credential":{"access":"SECRET","secret":"SECRET"}}`), "the security token is missing", []string{putSession, getKeys}},
		{"no expiry", nil, answer(200, `{"credential":{"access":"SECRET","secret":"SECRET","securitytoken":"SECRET"}}`), "expires_at is missing", []string{putSession, getKeys}},
		{"huge", nil, answer(200, strings.Repeat("SECRET", 20000)), "larger than 64 KiB", []string{putSession, getKeys}},
		{"ended", nil, answer(200, agencyKeys(1, time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC))), "keys that ended at 1999-12-31T00:00:00Z; check the clock", []string{putSession, getKeys}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, s, log := fakeAgency(t)
				f.session, f.answer = c.session, c.answer
				_, err := s.Credentials(t.Context())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error is %v, want %q", err, c.want)
				}
				if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "5550001") {
					t.Errorf("the error holds a secret: %v", err)
				}
				f.expectCalls(t, c.calls...)

				// The same error without a further call, until the back-off ends.
				if _, again := s.Credentials(t.Context()); again == nil || again.Error() != err.Error() {
					t.Errorf("error within the back-off is %v", again)
				}
				if _, again := s.Refresh(t.Context()); again == nil || again.Error() != err.Error() {
					t.Errorf("error of Refresh within the back-off is %v", again)
				}
				f.expectCalls(t)
				if log.Len() != 0 {
					t.Errorf("the caller has the error, the log need not: %s", log)
				}

				f.set(func() { f.session, f.answer, f.opened = nil, nil, 0 })
				time.Sleep(time.Second)
				expectAgencyKeys(t, s, 1)
			})
		})
	}
}

func TestMetadataSpellings(t *testing.T) {
	t.Parallel()
	want := Credentials{AccessKey: "AK", SecretKey: "SK", SecurityToken: "TOKEN", Expiry: time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)}
	for _, body := range []string{
		`{"credential":{"access":"AK","secret":"SK","securitytoken":"TOKEN","expires_at":"2026-01-02T09:00:00.000000Z"}}`,
		`{"credential":{"accessKeyId":"AK","secretAccessKey":"SK","securityToken":"TOKEN","expiration":"2026-01-02T09:00:00Z"}}`,
		`{"credential":{"access":"AK","secret":"SK","securitytoken":"TOKEN","expires_at":"2026-01-02T17:00:00+08:00","other":"x"}}`,
	} {
		got, err := parseAgencyKeys(body)
		if err != nil || got != want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// The service fails from before the renewal until after the keys' end.
func TestMetadataOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, log := fakeAgency(t)
		f.life = time.Hour
		start := time.Now()
		expectAgencyKeys(t, s, 1)
		f.takeCalls()
		f.set(func() { f.answer = func() (int, string) { return 0, "" } })

		for time.Since(start) < time.Hour-time.Second {
			time.Sleep(time.Second)
			expectAgencyKeys(t, s, 1)
		}
		// 30 minutes of back-off: five calls on the way to 30 s, then one per 30 s.
		if got := len(f.takeCalls()); got < 60 || got > 66 {
			t.Errorf("%d calls in half an hour", got)
		}
		if got := strings.Count(log.String(), "level=WARN"); got != 1 || !strings.Contains(log.String(), "connection refused") {
			t.Errorf("log is %s", log)
		}

		time.Sleep(time.Second) // the keys have ended
		if _, err := s.Credentials(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Fatalf("error is %v", err)
		}
		f.set(func() { f.answer = nil })
		time.Sleep(30 * time.Second)
		expectAgencyKeys(t, s, 2)
		if got := strings.Count(log.String(), "renewed again"); got != 1 {
			t.Errorf("log is %s", log)
		}
		time.Sleep(30 * time.Minute)
		expectAgencyKeys(t, s, 2)
		expectAgencyKeys(t, s, 3)
	})
}

// A service that gives out the same keys until they end is not hammered.
func TestMetadataGivesTheSameKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, _ := fakeAgency(t)
		same := agencyKeys(1, time.Now().Add(time.Hour))
		f.answer = func() (int, string) { return 200, same }
		for range 3599 {
			expectAgencyKeys(t, s, 1)
			time.Sleep(time.Second)
		}
		// 30 min, 15, 7.5, 3.75, 1.9 before the end, then once a minute.
		if got := len(f.takeCalls()); got < 6 || got > 10 {
			t.Errorf("%d calls", got)
		}
		if changed, err := s.Refresh(t.Context()); changed || err != nil {
			t.Errorf("Refresh: %v, %v", changed, err)
		}
	})
}

func TestMetadataSingleFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, _ := fakeAgency(t)
		f.delay = time.Second
		for round := 1; round <= 3; round++ {
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					if i%2 == 0 || round > 1 {
						if _, err := s.Refresh(t.Context()); err != nil {
							t.Error(err)
						}
					}
					if _, err := s.Credentials(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			expectAgencyKeys(t, s, round)
			if round == 1 {
				f.expectCalls(t, putSession, getKeys)
			} else {
				f.expectCalls(t, getKeys)
			}
		}
	})
}

// A caller that gives up neither waits nor spoils it for the others.
func TestMetadataCallerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, _ := fakeAgency(t)
		f.delay = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := s.Credentials(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if got := time.Since(start); got != time.Millisecond {
			t.Errorf("waited %s", got)
		}
		expectAgencyKeys(t, s, 1)
		f.expectCalls(t, putSession, getKeys)
	})
}

func TestMetadataTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s, _ := fakeAgency(t)
		f.delay = time.Hour
		start := time.Now()
		_, err := s.Credentials(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if got := time.Since(start); got != 3*time.Second {
			t.Errorf("waited %s", got)
		}
		f.expectCalls(t, putSession)
	})
}

// With a real connection, and through the one public constructor.
func TestMetadataOverHTTP(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case putSession:
			fmt.Fprintln(w, "session")
		case getKeys:
			if r.Header.Get("X-Metadata-Token") != "session" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, agencyKeys(1, time.Now().Add(time.Hour)))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	source, err := NewCredentialSource(CredentialConfig{Source: "metadata", MetadataURL: server.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := source.Credentials(t.Context())
	if err != nil || keys.AccessKey != "AK1" {
		t.Errorf("keys of %q, error %v", keys.AccessKey, err)
	}
}

func TestMetadataUsesNoProxy(t *testing.T) {
	t.Parallel()
	transport, ok := metadataTransport().(*http.Transport)
	if !ok || transport.Proxy != nil {
		t.Error("the keys of an agency would go through a proxy")
	}
}
