package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const (
	testProject = "0123456789abcdef0123456789abcdef"
	testRegion  = "ap-southeast-3"
)

// fakeClock is the time of a test.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Date(2026, 3, 4, 9, 0, 30, 0, time.UTC)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newOpen makes a simulator that answers anybody as often as they like.
func newOpen(config Config) (*Simulator, *fakeClock) {
	clock := newFakeClock()
	config.Now = clock.Now
	config.SkipSignatures = true
	config.LimitScale = 1e6
	return New(config), clock
}

// call makes one unsigned GET of the test project.
func call(s *Simulator, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v2/"+testProject+path, nil))
	return w
}

// get makes one call that must be answered well.
func get[T any](t *testing.T, s *Simulator, path string) T {
	t.Helper()
	w := call(s, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	var answer T
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return answer
}

// is fails the test if two values differ.
func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
