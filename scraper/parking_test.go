package scraper

import (
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func refusal(kind apiclient.Kind) error { return &apiclient.Error{Kind: kind, Status: 403} }

// TestRefusalsAndPauses: the polls of a collector that is refused all the time.
func TestRefusalsAndPauses(t *testing.T) {
	t.Parallel()
	minutes := func(all ...float64) (out []time.Duration) {
		for _, m := range all {
			out = append(out, time.Duration(m*float64(time.Minute)))
		}
		return out
	}
	for name, tt := range map[string]struct {
		regular time.Duration
		core    bool
		parked  time.Duration
		polls   []time.Duration // after the first one
	}{
		"often":       {30 * time.Second, false, 2 * time.Minute, minutes(.5, 1, 1.5, 2, 3, 5, 10, 20, 40, 70, 100)},
		"hourly":      {time.Hour, false, 2 * time.Minute, minutes(1, 2, 3, 5, 10, 20, 40, 70, 100)},
		"core":        {30 * time.Second, true, 2 * time.Minute, minutes(.5, 1, 1.5, 2, 3, 5, 10, 15, 20, 25)},
		"very often":  {time.Second, false, 2 * time.Minute, nil},
		"core hourly": {time.Hour, true, 2 * time.Minute, minutes(1, 2, 3, 5, 10, 15, 20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			now, parkedAt := begin, time.Duration(0)
			var r Refusal
			for i := range 130 {
				r = r.next(refusal(apiclient.Forbidden), tt.core, now)
				if parked := r.parked(now) != ""; parked && parkedAt == 0 {
					parkedAt = now.Sub(begin)
				}
				now = now.Add(r.pause(tt.regular, tt.core))
				if i < len(tt.polls) && now.Sub(begin) != tt.polls[i] {
					t.Errorf("poll %d after %v, want %v", i+1, now.Sub(begin), tt.polls[i])
				}
			}
			if parkedAt != tt.parked {
				t.Errorf("parked after %v, want %v", parkedAt, tt.parked)
			}
		})
	}
}

// TestOtherAnswersBreakTheRow: what parks is the same answer again and again.
func TestOtherAnswersBreakTheRow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var r Refusal
	for i, kind := range []apiclient.Kind{
		apiclient.Forbidden, apiclient.Forbidden, apiclient.Server, apiclient.Forbidden, apiclient.Unsubscribed,
		apiclient.NotFound, apiclient.NotFound, apiclient.Timeout,
	} {
		now = now.Add(time.Minute)
		if r = r.next(refusal(kind), false, now); r.parked(now) != "" {
			t.Errorf("parked by answer %d", i)
		}
	}
	if r = r.next(refusal(apiclient.NotFound), true, now); r.Reason != "" {
		t.Error("a core API that is not there is taken for one that the region lacks")
	}
}
