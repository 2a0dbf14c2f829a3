package operations

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// snapshot is one of a snapshotServer.
type snapshot struct {
	ID      string `json:"snapshot_id"`
	Status  string `json:"status"`
	Created string `json:"create_time"`
	Kind    string `json:"create_type"`
}

// snapshotServer answers ListDesktopSnapshot with its filters and its order.
type snapshotServer []snapshot

func (s snapshotServer) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	var rows []snapshot
	for _, one := range s {
		if cmp.Or(req.Query.Get("status"), one.Status) == one.Status && cmp.Or(req.Query.Get("create_type"), one.Kind) == one.Kind {
			rows = append(rows, one)
		}
	}
	if req.Query.Get("sort_field") == "create_time" {
		slices.SortFunc(rows, func(a, b snapshot) int { return cmp.Compare(a.Created, b.Created) })
		if req.Query.Get("sort_type") == "DESC" {
			slices.Reverse(rows)
		}
	}
	total := len(rows)
	offset, err := strconv.Atoi(req.Query.Get("offset"))
	if err != nil {
		return nil, err
	}
	limit, err := strconv.Atoi(req.Query.Get("limit"))
	if err != nil {
		return nil, err
	}
	rows = rows[min(offset, total):min(offset+limit, total)]
	return json.Marshal(map[string]any{"desktop_snapshots": rows, "total_count": total})
}

// TestSnapshotLife: a snapshot that is restored was made well, before, while
// and after, however that ends; one that could not be made is none.
func TestSnapshotLife(t *testing.T) {
	t.Parallel()
	c := snapshotsArea()
	in := areatest.Input(t, c, nil)
	ago := func(hours int) string { return in.Now.Add(-time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	unix := func(hours int) string {
		return strconv.FormatFloat(float64(in.Now.Unix()-int64(3600*hours)), 'g', -1, 64)
	}
	var result any
	for _, status := range []string{"create_success", "restoring", "restore_success", "restore_failed", "RESTORE_SUCCESS"} {
		in.API = snapshotServer{
			{"a", "create_success", ago(24), "AUTO"}, {"b", status, ago(1), "AUTO"}, {"m", status, ago(2), "MANUALLY"},
			{"new", "creating", ago(0), "AUTO"}, {"odd", "create_failed", ago(0), "MANUALLY"},
			{"oldest", "create_failed", ago(999), "AUTO"}, {"old", "hochladen", ago(99), "AUTO"},
		}
		var err error
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		got := areatest.Samples(t, c, result)
		areatest.WantSamples(t, got, "snapshot_last_success", map[string]string{
			`snapshot_last_success_timestamp_seconds{create_type="AUTO"}`:     unix(1),
			`snapshot_last_success_timestamp_seconds{create_type="MANUALLY"}`: unix(2),
		})
		areatest.WantSamples(t, got, "snapshot_oldest", map[string]string{"snapshot_oldest_timestamp_seconds": unix(99)})
		sum := 0
		for series, v := range got {
			if n, err := strconv.Atoi(v); err == nil && len(series) > 10 && series[:10] == "snapshots{" {
				sum += n
			}
		}
		if sum != 7 {
			t.Errorf("%s: the states have %d snapshots, want 7: %v", status, sum, got)
		}
	}
}

// TestSnapshotsFarBack: the newest good snapshot is found behind many others.
func TestSnapshotsFarBack(t *testing.T) {
	t.Parallel()
	c := snapshotsArea()
	in := areatest.Input(t, c, nil)
	server := snapshotServer{{"good", "create_success", in.Now.Add(-time.Hour).Format(time.RFC3339), "AUTO"}}
	for i := range 90 {
		server = append(server, snapshot{strconv.Itoa(i), "creating", in.Now.Add(-time.Duration(i) * time.Second).Format(time.RFC3339), "AUTO"})
	}
	in.API = server
	result, err := c.Poll(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if at := result.(snapshots).LastSuccess["AUTO"]; !at.Equal(in.Now.Add(-time.Hour)) {
		t.Errorf("the last success is %s", at)
	}
}
