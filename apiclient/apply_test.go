package apiclient

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// An account that is renamed, and gets other settings, at any moment keeps to
// the budget of its key all the same.
func TestBudgetSurvivesReloads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ledger := &fakeLedger{until: map[string]time.Time{}}
		start := time.Now()
		e := endpointN(0, 60)
		b := newBench(0.5, statuses(200))
		b.config.Load().Ledger = ledger
		for n := range 100 {
			life, end := context.WithTimeout(t.Context(), time.Duration(n%7)*time.Second)
			for b.get(life, e) == nil {
				continue
			}
			end()
			next := *b.config.Load()
			if n%2 == 0 {
				b.Apply(next)
				continue
			}
			next.Name += "x"
			renamed := NewAccount(next)
			renamed.Adopt(b.Account)
			b.Account, b.project = renamed, renamed.Project(b.project.config)
		}
		sent := b.wire.times(start)
		if len(sent) < 100 {
			t.Fatalf("only %d requests in %s", len(sent), time.Since(start))
		}
		if err := checkWindows(sent, e.Limit, []sharePlan{{0, 0.5}}); err != nil {
			t.Error(err)
		}
		// What the ledger holds for the new name is what the last call needs.
		last := start.Add(sent[len(sent)-1])
		if until := ledger.NotBefore(b.leaseKey(limiterKey{"ap-southeast-3", e.Method, e.Path})); until.Before(last.Add(2 * time.Second)) {
			t.Errorf("the last call was at %s, and a restart may call at %s", last, until)
		}
	})
}

func TestApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(0.5, statuses(200))
		if b.Project(b.project.config) != b.project {
			t.Error("the same configuration gives another project")
		}
		next := *b.config.Load()
		other := &fakeWire{answer: statuses(200)}
		next.Transport, next.Share = other, 1
		b.Apply(next)
		if b.Project(b.project.config) != b.project {
			t.Error("a new transport makes another project")
		}
		if err := b.get(t.Context(), endpointN(0, 60)); err != nil || len(other.requests()) != 1 {
			t.Errorf("%v; %d requests took the new transport", err, len(other.requests()))
		}
		if budgets := b.Budgets(); budgets[0].PerMinute != 60 {
			t.Errorf("the new share is not in force: %+v", budgets)
		}
		next.Credentials = &fakeKeys{keys: Credentials{AccessKey: "ACCESSKEY2", SecretKey: "SECRETKEY2"}}
		b.Apply(next)
		p := b.Project(b.project.config)
		if p == b.project || p.config != b.project.config {
			t.Error("new keys do not make another project of the same configuration")
		}
		if _, err := p.Poll(0).Call(t.Context(), Request{Endpoint: endpointN(1, 60)}); err != nil {
			t.Fatal(err)
		}
		sent := other.requests()
		if got := sent[len(sent)-1].req.Header.Get("Authorization"); got != "SDK-HMAC-SHA256 Access=ACCESSKEY2, Signature=0123456789abcdef" {
			t.Errorf("signed with %s", got)
		}
	})
}

// New keys end the pause after a 401, and only they do.
func TestApplyEndsPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(401, 200))
		_ = wantKind(t, b.get(t.Context(), endpointN(0, 600)), Unauthorized)
		time.Sleep(3 * time.Second)
		b.Apply(*b.config.Load())
		_ = wantKind(t, b.get(t.Context(), endpointN(0, 600)), Paused)
		time.Sleep(3 * time.Second)
		next := *b.config.Load()
		next.Credentials = &fakeKeys{keys: Credentials{AccessKey: "ACCESSKEY2", SecretKey: "SECRETKEY2"}}
		b.Apply(next)
		if err := b.get(t.Context(), endpointN(0, 600)); err != nil {
			t.Error(err)
		}
		if n := len(b.wire.requests()); n != 2 {
			t.Errorf("%d requests", n)
		}
	})
}
