package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const runStatePath, loginStatePath = "/desktops/statistics/run-state", "/desktops/statistics/login-state"

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault      Fault
		status     int
		body       string
		retryAfter string
		json       bool
	}{
		"status":       {Failing(503, "WKS.0500"), 503, `"error_code":"WKS.0500"`, "", true},
		"429 storm":    {Throttling(""), 429, `"APIGW.0308"`, "", true},
		"retry after":  {Throttling("7"), 429, `"APIGW.0308"`, "7", true},
		"token":        {TokenExpired(), 401, "token expired", "", true},
		"forbidden":    {Forbidden(), 403, "error_code", "", true},
		"unsubscribed": {Unsubscribed(), 403, `"error_code":"WKS.00010099"`, "", true},
		"200 error":    {Failing(200, "WKS.0001"), 200, `"error_code":"WKS.0001"`, "", true},
		"truncated":    {Fault{Damage: Truncated}, 200, `{"stop_num"`, "", false},
		"wrong shape":  {Fault{Damage: WrongShape}, 200, `[{"unexpected"`, "", true},
		"html":         {Fault{Damage: HTML}, 200, "<html>", "", false},
		"html 502":     {Fault{Damage: HTML, Status: 502}, 502, "<html>", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, operation := range []string{"ListRunState", ""} {
				s, _ := newOpen(Config{Faults: map[string]Fault{operation: test.fault}})
				w := call(s, runStatePath)
				is(t, "status", w.Code, test.status)
				is(t, "Retry-After", w.Header().Get("Retry-After"), test.retryAfter)
				is(t, "valid JSON", json.Valid(w.Body.Bytes()), test.json)
				if !strings.Contains(w.Body.String(), test.body) {
					t.Errorf("body = %s, want %s", w.Body, test.body)
				}
				if healthy := call(s, loginStatePath).Body.String(); (operation == "") == strings.HasSuffix(healthy, `"disconnected_num":0}`) {
					t.Errorf("fault of %q, another operation answers %s", operation, healthy)
				}
				s.Repair(operation)
				get[runCounts](t, s, runStatePath)
			}
		})
	}
}

func TestFaultOfSomeCalls(t *testing.T) {
	t.Parallel()
	s, _ := newOpen(Config{})
	fault := Failing(500, "WKS.0500")
	fault.Calls = 2
	s.SetFault("ListRunState", fault)
	for i, want := range []int{500, 500, 200, 200} {
		if got := call(s, runStatePath).Code; got != want {
			t.Errorf("call %d: status %d, want %d", i+1, got, want)
		}
	}
}

// aborted tells whether a call ended without an answer.
func aborted(ctx context.Context, s *Simulator) (aborted bool) {
	defer func() {
		if err, ok := recover().(error); ok && errors.Is(err, http.ErrAbortHandler) {
			aborted = true
		}
	}()
	r := httptest.NewRequest(http.MethodGet, "/v2/"+testProject+runStatePath, nil).WithContext(ctx)
	s.ServeHTTP(httptest.NewRecorder(), r)
	return false
}

func TestFaultsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{SkipSignatures: true})
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()

		s.SetFault("", Fault{Latency: 3 * time.Second})
		is(t, "aborted with latency", aborted(ctx, s), false)
		is(t, "latency", time.Since(begin), 3*time.Second)

		s.SetFault("", Fault{Disconnect: true})
		is(t, "aborted by a disconnect", aborted(ctx, s), true)
		is(t, "time of a disconnect", time.Since(begin), 3*time.Second)

		s.SetFault("", Fault{Hang: true})
		is(t, "aborted by the client", aborted(ctx, s), true)
		is(t, "time of the client's patience", time.Since(begin), 10*time.Second)

		done := make(chan bool)
		go func() { done <- aborted(t.Context(), s) }()
		time.Sleep(time.Hour)
		s.Repair("")
		is(t, "aborted by the repair", <-done, true)
		is(t, "aborted after the repair", aborted(t.Context(), s), false)
	})
}
