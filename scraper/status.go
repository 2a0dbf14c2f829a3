package scraper

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// Status is the state of one loop, for the status page and the exporter's
// own metrics. It is never changed; each poll makes a new one.
type Status struct {
	Collector string
	// Interval is the configured interval, Effective the one that is kept.
	Interval, Effective time.Duration
	// Polled tells whether a poll has ended yet.
	Polled bool
	// Success of the last poll; Err says what went wrong, and Cause what it
	// comes from if that makes other collectors fail as well.
	Success bool
	Err     error
	Cause   string
	// Duration and Calls (requests on the wire) of the last poll.
	Duration time.Duration
	Calls    int
	// GoodCalls are those of the last good poll by operation.
	GoodCalls map[string]int
	// Series is how many series the last good result gives, SeriesDropped how
	// many of them are over the limit and not shown.
	Series, SeriesDropped, SeriesLimit int
	// Skips are what the last good poll left out of its answers because it could
	// not be read, Skipped how much all polls have.
	Skips   apiclient.Skips
	Skipped uint64
	// LastSuccess is when the last good poll ended; Expires is when its
	// result will no longer be served.
	LastSuccess, Expires time.Time
	// Parked is why the collector pauses for long: forbidden, unsubscribed, unavailable or "".
	Parked string
	// Refusal is the row of refusals so far; a short one does not park.
	Refusal Refusal
	// NextRun is when the next poll begins.
	NextRun time.Time
}

// TargetStatus is the state of one target.
type TargetStatus struct {
	Account, Region, Project string
	ProjectID, Endpoint      string
	Collectors               []Status
}

// Status returns the state of all targets.
func (s *Scraper) Status() []TargetStatus {
	return s.present.Load().status()
}

func (g *generation) status() []TargetStatus {
	all := make([]TargetStatus, len(g.Targets))
	for i := range g.Targets {
		t := &g.Targets[i]
		all[i] = TargetStatus{
			Account: t.Account, Region: t.Region, Project: t.Project,
			ProjectID: t.API.KnownID(), Endpoint: t.API.Endpoint(),
		}
		for _, l := range g.loops {
			if l.target.Load().sameProject(t) {
				all[i].Collectors = append(all[i].Collectors, *l.status.Load())
			}
		}
	}
	return all
}
