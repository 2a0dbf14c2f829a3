package gateway_test

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

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault      gateway.Fault
		status     int
		body       string
		retryAfter string
		json       bool
	}{
		"status":       {gateway.Failing(503, "WKS.0500"), 503, `"error_code":"WKS.0500"`, "", true},
		"429 storm":    {gateway.Throttling(""), 429, `"APIGW.0308"`, "", true},
		"retry after":  {gateway.Throttling("7"), 429, `"APIGW.0308"`, "7", true},
		"token":        {gateway.TokenExpired(), 401, "token expired", "", true},
		"forbidden":    {gateway.Forbidden(), 403, "error_code", "", true},
		"unsubscribed": {gateway.Unsubscribed(), 403, `"error_code":"WKS.00010099"`, "", true},
		"200 error":    {gateway.Failing(200, "WKS.0001"), 200, `"error_code":"WKS.0001"`, "", true},
		"truncated":    {gateway.Fault{Damage: gateway.Truncated}, 200, `{"stop_num"`, "", false},
		"wrong shape":  {gateway.Fault{Damage: gateway.WrongShape}, 200, `[{"unexpected"`, "", true},
		"html":         {gateway.Fault{Damage: gateway.HTML}, 200, "<html>", "", false},
		"html 502":     {gateway.Fault{Damage: gateway.HTML, Status: 502}, 502, "<html>", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, operation := range []string{"ListRunState", ""} {
				s, _ := simtest.New(simulator.Config{Faults: map[string]gateway.Fault{operation: test.fault}})
				w := simtest.Call(s, simtest.RunStatePath)
				simtest.Equal(t, "status", w.Code, test.status)
				simtest.Equal(t, "Retry-After", w.Header().Get("Retry-After"), test.retryAfter)
				simtest.Equal(t, "valid JSON", json.Valid(w.Body.Bytes()), test.json)
				if !strings.Contains(w.Body.String(), test.body) {
					t.Errorf("body = %s, want %s", w.Body, test.body)
				}
				if healthy := simtest.Call(s, simtest.LoginStatePath).Body.String(); (operation == "") == strings.HasSuffix(healthy, `"disconnected_num":0}`) {
					t.Errorf("fault of %q, another operation answers %s", operation, healthy)
				}
				s.Repair(operation)
				simtest.Get[map[string]int](t, s, simtest.RunStatePath)
			}
		})
	}
}

func TestFaultOfSomeCalls(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{})
	fault := gateway.Failing(500, "WKS.0500")
	fault.Calls = 2
	s.SetFault("ListRunState", fault)
	for i, want := range []int{500, 500, 200, 200} {
		if got := simtest.Call(s, simtest.RunStatePath).Code; got != want {
			t.Errorf("call %d: status %d, want %d", i+1, got, want)
		}
	}
}

// aborted reports whether a call ended without an answer.
func aborted(ctx context.Context, s *simulator.Simulator) (aborted bool) {
	defer func() {
		if err, ok := recover().(error); ok && errors.Is(err, http.ErrAbortHandler) {
			aborted = true
		}
	}()
	r := httptest.NewRequest(http.MethodGet, "/v2/"+simtest.Project+simtest.RunStatePath, nil).WithContext(ctx)
	s.ServeHTTP(httptest.NewRecorder(), r)
	return false
}

func TestFaultsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New(simulator.Config{SkipSignatures: true})
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()

		s.SetFault("", gateway.Fault{Latency: 3 * time.Second})
		simtest.Equal(t, "aborted with latency", aborted(ctx, s), false)
		simtest.Equal(t, "latency", time.Since(begin), 3*time.Second)

		s.SetFault("", gateway.Fault{Disconnect: true})
		simtest.Equal(t, "aborted by a disconnect", aborted(ctx, s), true)
		simtest.Equal(t, "time of a disconnect", time.Since(begin), 3*time.Second)

		s.SetFault("", gateway.Fault{Hang: true})
		simtest.Equal(t, "aborted by the client", aborted(ctx, s), true)
		simtest.Equal(t, "time of the client's patience", time.Since(begin), 10*time.Second)

		done := make(chan bool)
		go func() { done <- aborted(t.Context(), s) }()
		time.Sleep(time.Hour)
		s.Repair("")
		simtest.Equal(t, "aborted by the repair", <-done, true)
		simtest.Equal(t, "aborted after the repair", aborted(t.Context(), s), false)
	})
}
