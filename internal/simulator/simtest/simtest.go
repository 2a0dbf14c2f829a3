// Package simtest is what tests of the simulator share.
package simtest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// Paths within a project.
const (
	RunStatePath   = "/desktops/statistics/run-state"
	LoginStatePath = "/desktops/statistics/login-state"
)

// The project of a simulator without a configuration.
const (
	Project = "0123456789abcdef0123456789abcdef"
	Region  = "ap-southeast-3"
)

// Clock is the time of a test.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at a working morning.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 3, 4, 9, 0, 30, 0, time.UTC)}
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// New makes a simulator that answers anybody as often as they like.
func New(config simulator.Config) (*simulator.Simulator, *Clock) {
	clock := NewClock()
	config.Now = clock.Now
	config.SkipSignatures = true
	config.LimitScale = 1e6
	return simulator.New(config), clock
}

// Call makes one unsigned GET of the test project.
func Call(s *simulator.Simulator, path string) *httptest.ResponseRecorder {
	return CallPath(s, "/v2/"+Project+path)
}

// Get makes one call that must be answered well.
func Get[T any](t *testing.T, s *simulator.Simulator, path string) T {
	t.Helper()
	w := Call(s, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	var answer T
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return answer
}

// Equal fails the test if two values differ.
func Equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// CallPath makes one unsigned GET of a whole path.
func CallPath(s *simulator.Simulator, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
	return w
}
