package operations

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// snapshots are the snapshots of desktops and the counters of those that went
// wrong.
type snapshots struct {
	Status decode.States `json:"status"`
	// LastSuccess is by create_type.
	LastSuccess map[string]time.Time `json:"last_success"`
	Oldest      time.Time            `json:"oldest"`
	// Failed are the failures that were counted, by operation and id of the
	// snapshot, with the time they were last listed. nil before the first
	// good poll.
	Failed   map[string]time.Time `json:"failed"`
	Failures []snapshotFailures   `json:"failures"`
}

type snapshotFailure struct {
	Operation  string `json:"operation"`
	CreateType string `json:"create_type"`
}

type snapshotFailures struct {
	snapshotFailure
	Count uint64 `json:"count"`
}

var (
	snapshotStates = decode.Filters("creating", "restoring", "create_success", "restore_success")
	// goodSnapshots are the states of snapshots that were made well: one that is
	// or was restored has been, however that ends.
	goodSnapshots = []string{"create_success", "restoring", "restore_success", "restore_failed"}
	// snapshotFaults are the states of failures and the operation that failed.
	snapshotFaults = []decode.Member{{"create_failed", "create"}, {"restore_failed", "restore"}}
	snapshotTypes  = []string{"AUTO", "MANUALLY"}
)

// forgetFailure is how long a failed snapshot may be missing from the list
// and still be known: pages shift while snapshots come and go.
const forgetFailure = time.Hour

func snapshotsArea() area.Collector {
	return area.Declaration[snapshots]{
		Name:     "snapshots",
		Help:     "Snapshots of desktops: how many, how old, and what failed.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{area.Calls(1+len(snapshotStates)+len(snapshotTypes)+2, apiclient.ListDesktopSnapshot), area.CallPages(apiclient.ListDesktopSnapshot, area.FailedSnapshots)},
		Series:   area.Series(13, nil),
		Fetch:    fetchSnapshots,
		Families: []area.Family[snapshots]{
			{
				Name: "snapshots",
				Help: "Number of snapshots of desktops by status; other is those of a status that is not known here, and may be off by those that changed meanwhile.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(s snapshots, put area.Put) { s.Status.Put(put) },
			},
			{
				Name: "snapshot_last_success_timestamp_seconds",
				Help: "When the newest good snapshot was made, by how it came to be; one that was restored since is good, too. No series if there is none.",
				Type: area.Gauge, Labels: []string{"create_type"},
				Map: func(s snapshots, put area.Put) {
					for _, kind := range slices.Sorted(maps.Keys(s.LastSuccess)) {
						put.Value(area.UnixSeconds(s.LastSuccess[kind]), kind)
					}
				},
			},
			{
				Name: "snapshot_oldest_timestamp_seconds",
				Help: "When the oldest snapshot was made that still takes up space; no series if there is none.",
				Type: area.Gauge,
				Map: func(s snapshots, put area.Put) {
					if !s.Oldest.IsZero() {
						put.Value(area.UnixSeconds(s.Oldest))
					}
				},
			},
			{
				Name: "snapshot_failures_total",
				Help: "Snapshots that could not be made or restored since counting began, by what failed and how the snapshot came to be; one that fails again within an hour counts once.",
				Type: area.Counter, Labels: []string{"operation", "create_type"},
				Map: func(s snapshots, put area.Put) {
					for _, f := range s.Failures {
						put.Value(float64(f.Count), f.Operation, f.CreateType)
					}
				},
			},
		},
	}
}

// snapshotAnswer is an entry of ListDesktopSnapshot.
type snapshotAnswer struct {
	ID         apiclient.Text `json:"snapshot_id"`
	Status     apiclient.Text `json:"status" sent:"always"`
	CreateTime apiclient.Time `json:"create_time" sent:"always"`
	CreateType apiclient.Text `json:"create_type"`
}

func (a snapshotAnswer) id() string { return string(a.ID) }

// is tells whether the snapshot is in one of the states.
func (a snapshotAnswer) is(states ...string) bool {
	return slices.Contains(states, decode.State(a.Status, states))
}

// fetchSnapshots asks for totals and for the ends of sorted lists. Only the
// failures, of which there should be few, are read completely.
func fetchSnapshots(ctx context.Context, in area.Input, prev snapshots) (snapshots, error) {
	e := apiclient.ListDesktopSnapshot
	status, err := decode.CountEach(ctx, in, apiclient.Request{Endpoint: e}, "status", snapshotStates)
	if err != nil {
		return snapshots{}, err
	}
	next := snapshots{Status: status, LastSuccess: map[string]time.Time{}}
	for _, kind := range snapshotTypes {
		newest, err := firstSnapshot(ctx, in, url.Values{"create_type": {kind}, "sort_type": {"DESC"}},
			func(a snapshotAnswer) bool { return a.is(goodSnapshots...) })
		if err != nil {
			return snapshots{}, err
		}
		if !newest.IsZero() {
			next.LastSuccess[kind] = newest
		}
	}
	// What could not be made takes up no space.
	next.Oldest, err = firstSnapshot(ctx, in, url.Values{"sort_type": {"ASC"}},
		func(a snapshotAnswer) bool { return a.Status != "" && !a.is("create_failed") })
	if err != nil {
		return snapshots{}, err
	}
	failed := map[string]snapshotFailure{}
	for _, fault := range snapshotFaults {
		list, err := decode.ListOf(ctx, in, apiclient.Request{Endpoint: e, Query: url.Values{"status": {fault.Name()}}}, "snapshot_id", snapshotAnswer.id)
		if err != nil {
			return snapshots{}, err
		}
		n := float64(len(list))
		next.Status[fault.Name()] = n
		if rest, counted := next.Status[decode.Other]; counted {
			next.Status[decode.Other] = max(rest-n, 0)
		}
		for _, a := range list {
			kind := cmp.Or(decode.State(a.CreateType, snapshotTypes), decode.Unknown)
			failed[fault.State()+" "+string(a.ID)] = snapshotFailure{fault.State(), kind}
		}
	}
	return next.count(prev, failed, in.Now), nil
}

// firstSnapshot is when the first snapshot that is wanted of a list sorted by
// time was made, zero if there is none.
func firstSnapshot(ctx context.Context, in area.Input, query url.Values, wanted func(snapshotAnswer) bool) (time.Time, error) {
	e := apiclient.ListDesktopSnapshot
	e.Page.Size = 20 // the first ones will do nearly always
	query.Set("sort_field", "create_time")
	dated := func(a snapshotAnswer) bool { return wanted(a) && !a.CreateTime.Time().IsZero() }
	list, err := decode.EntriesWhile(ctx, in, apiclient.Request{Endpoint: e, Query: query}, snapshotAnswer.id,
		func(a snapshotAnswer) bool { return !dated(a) })
	if err != nil {
		return time.Time{}, err
	}
	if i := slices.IndexFunc(list, dated); i >= 0 {
		return list[i].CreateTime.Time(), nil
	}
	return time.Time{}, nil
}

// count counts failures that were not listed before. The first poll counts
// none: history is not news.
func (s snapshots) count(prev snapshots, failed map[string]snapshotFailure, now time.Time) snapshots {
	counts := map[snapshotFailure]uint64{}
	for _, fault := range snapshotFaults {
		for _, kind := range snapshotTypes {
			counts[snapshotFailure{fault.State(), kind}] = 0
		}
	}
	for _, f := range prev.Failures {
		counts[f.snapshotFailure] = f.Count
	}
	s.Failed = map[string]time.Time{}
	for key, seen := range prev.Failed {
		if now.Sub(seen) < forgetFailure {
			s.Failed[key] = seen
		}
	}
	for key, f := range failed {
		if _, known := prev.Failed[key]; !known && prev.Failed != nil {
			counts[f]++
		}
		s.Failed[key] = now
	}
	s.Failures = decode.Rows(counts, func(f snapshotFailure, n uint64) snapshotFailures { return snapshotFailures{f, n} },
		func(f snapshotFailures) []string { return []string{f.Operation, f.CreateType} })
	return s
}
