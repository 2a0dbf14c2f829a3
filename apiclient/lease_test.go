package apiclient

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeLedger survives the accounts that use it.
type fakeLedger struct {
	mu       sync.Mutex
	until    map[string]time.Time
	reserved int
}

func (l *fakeLedger) NotBefore(key string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until[key]
}

func (l *fakeLedger) Reserve(key string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reserved++
	l.until[key] = until
}

// A process that dies again and again keeps to the budget all the same.
func TestBudgetSurvivesACrashLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ledger := &fakeLedger{until: map[string]time.Time{}}
		start := time.Now()
		e := endpointN(0, 60)
		var sent []time.Duration
		for range 200 {
			b := newBench(0.5, statuses(200))
			b.config.Load().Ledger = ledger
			life, crash := context.WithTimeout(t.Context(), time.Duration(rand.IntN(8000))*time.Millisecond)
			for b.get(life, e) == nil {
				continue
			}
			crash()
			sent = append(sent, b.wire.times(start)...)
		}
		if len(sent) < 100 {
			t.Fatalf("only %d requests in %s", len(sent), time.Since(start))
		}
		if err := checkWindows(sent, e.Limit, []sharePlan{{0, 0.5}}); err != nil {
			t.Error(err)
		}
	})
}

func TestLeaseIsNotWrittenForEachCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ledger := &fakeLedger{until: map[string]time.Time{}}
		b := newBench(1, statuses(200))
		b.config.Load().Ledger = ledger
		for range 100 { // 20 s
			if err := b.get(t.Context(), endpointN(0, 300)); err != nil {
				t.Fatal(err)
			}
		}
		if ledger.reserved > 25 {
			t.Errorf("%d writes for 100 calls in 20 s", ledger.reserved)
		}
	})
}

func TestLedgerFromTheFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		b.config.Load().Ledger = &fakeLedger{until: map[string]time.Time{
			"prod ap-southeast-3 GET /v2/{project_id}/things-0": time.Now().Add(24 * time.Hour),
		}}
		start := time.Now()
		if err := b.get(t.Context(), endpointN(0, 60)); err != nil || time.Since(start).Round(time.Millisecond) != time.Second*101/100+leaseAhead {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}
