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
	snapshotStates = []string{"creating", "restoring", "create_success", "restore_success"}
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
		Calls:    []area.Call{area.Calls(len(snapshotStates)+len(snapshotTypes)+2, apiclient.ListDesktopSnapshot), area.CallPages(apiclient.ListDesktopSnapshot, area.FailedSnapshots)},
		Series:   area.Series(13, nil),
		Fetch:    fetchSnapshots,
		Families: []area.Family[snapshots]{
			{
				Name: "snapshots",
				Help: "Number of snapshots of desktops by status.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(s snapshots, put area.Put) { s.Status.Put(put) },
			},
			{
				Name: "snapshot_last_success_timestamp_seconds",
				Help: "When the newest good snapshot was made, by how it came to be; no series if there is none.",
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
				Help: "Snapshots that could not be made or restored since counting began, by what failed and how the snapshot came to be.",
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
	CreateTime apiclient.Time `json:"create_time"`
	CreateType apiclient.Text `json:"create_type"`
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
		newest, err := endOfSnapshots(ctx, in, url.Values{"status": {"create_success"}, "create_type": {kind}, "sort_type": {"DESC"}})
		if err != nil {
			return snapshots{}, err
		}
		if !newest.IsZero() {
			next.LastSuccess[kind] = newest
		}
	}
	if next.Oldest, err = endOfSnapshots(ctx, in, url.Values{"sort_type": {"ASC"}}); err != nil {
		return snapshots{}, err
	}
	failed := map[string]snapshotFailure{}
	for _, fault := range snapshotFaults {
		list, err := decode.ListOf(ctx, in, apiclient.Request{Endpoint: e, Query: url.Values{"status": {fault.Name()}}}, "snapshot_id",
			func(a snapshotAnswer) string { return string(a.ID) })
		if err != nil {
			return snapshots{}, err
		}
		next.Status[fault.Name()] = float64(len(list))
		for _, a := range list {
			kind := cmp.Or(string(a.CreateType), decode.Unknown)
			failed[fault.State()+" "+string(a.ID)] = snapshotFailure{fault.State(), kind}
		}
	}
	return next.count(prev, failed, in.Now), nil
}

// endOfSnapshots is when the first snapshot of a list sorted by time was
// made, zero if the list is empty.
func endOfSnapshots(ctx context.Context, in area.Input, query url.Values) (time.Time, error) {
	e := apiclient.ListDesktopSnapshot
	query.Set("sort_field", "create_time")
	query.Set("limit", "1")
	query.Set("offset", "0")
	answer, err := apiclient.Get[struct {
		Snapshots *[]snapshotAnswer `json:"desktop_snapshots"`
		Total     apiclient.Number  `json:"total_count"`
	}](ctx, in.API, apiclient.Request{Endpoint: e, Query: query})
	if err != nil {
		return time.Time{}, err
	}
	if answer.Snapshots == nil {
		if total, sent := answer.Total.Value(); sent && total == 0 {
			return time.Time{}, nil
		}
		return time.Time{}, decode.Malformed(e, "answer has no member `desktop_snapshots`")
	}
	if len(*answer.Snapshots) == 0 {
		return time.Time{}, nil
	}
	return (*answer.Snapshots)[0].CreateTime.Time(), nil
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
