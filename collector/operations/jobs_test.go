package operations

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// serverJob is a job as it comes to be: made, run and ended.
type serverJob struct {
	id, kind, code    string
	made, starts, end time.Time
	failed            bool
}

func (j serverJob) status(now time.Time) string {
	switch {
	case now.Before(j.starts):
		return jobWaiting
	case now.Before(j.end):
		return jobRunning
	case j.failed:
		return jobFailed
	}
	return jobSucceeded
}

// jobServer answers ListItaSubJobs.
type jobServer struct {
	jobs []serverJob
	now  time.Time
	// pageTime passes with every call.
	pageTime time.Duration
	// rows is how many jobs a page has at most.
	rows int
	// order sorts the list; nil: as in jobs.
	order func(a, b serverJob) int
	calls int
	most  int // of max_unordered, 0 for the default
}

func newestFirst(a, b serverJob) int { return b.made.Compare(a.made) }

func oldestFirst(a, b serverJob) int { return a.made.Compare(b.made) }

// byHash is an order that has nothing to do with time.
func byHash(a, b serverJob) int {
	sum := func(j serverJob) uint32 { return crc32.ChecksumIEEE([]byte(j.id)) }
	return cmp.Compare(sum(a), sum(b))
}

func (s *jobServer) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	s.calls++
	s.now = s.now.Add(s.pageTime)
	var list []serverJob
	for _, j := range s.jobs {
		if !j.made.After(s.now) && j.status(s.now) == req.Query.Get("status") {
			list = append(list, j)
		}
	}
	if s.order != nil {
		slices.SortStableFunc(list, s.order)
	}
	offset, err1 := strconv.Atoi(req.Query.Get("offset"))
	limit, err2 := strconv.Atoi(req.Query.Get("limit"))
	if err := cmp.Or(err1, err2); err != nil || offset < 0 || limit < 1 || limit > 1000 {
		return nil, fmt.Errorf("bad page %v", req.Query)
	}
	from := min(offset, len(list))
	rows := []map[string]any{}
	for _, j := range list[from:min(from+min(limit, s.rows), len(list))] {
		row := map[string]any{"id": j.id, "job_type": j.kind, "begin_time": j.made.Format(time.RFC3339), "end_time": "", "error_code": ""}
		if !s.now.Before(j.end) {
			row["end_time"], row["error_code"] = j.end.Format(time.RFC3339), j.code
		}
		rows = append(rows, row)
	}
	return json.Marshal(map[string]any{"total_count": len(list), "jobs": rows})
}

// pollJobs polls at a time and returns the new result.
func pollJobs(t rapid.TB, s *jobServer, at time.Time, prev any) jobs {
	t.Helper()
	s.now, s.calls = at, 0
	c := jobsArea()
	in := areatest.Input(t, c, s)
	in.Now = at
	if s.most > 0 {
		in.Options["max_unordered"] = s.most
	}
	result, err := c.Poll(context.Background(), in, prev)
	if err != nil {
		t.Fatal(err)
	}
	return areatest.Restored(t, result).(jobs)
}

// TestJobsAreCountedOnce: every job that ends after the first poll is counted
// once, in whatever order the API lists them, however long they take.
func TestJobsAreCountedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := areatest.Noon
		s := &jobServer{rows: rapid.SampledFrom([]int{3, 10, 1000}).Draw(t, "rows"),
			pageTime: rapid.SampledFrom([]time.Duration{0, 2 * time.Second}).Draw(t, "page time")}
		hashed := false
		switch rapid.SampledFrom([]string{"newest", "oldest", "none"}).Draw(t, "order") {
		case "newest":
			s.order = newestFirst
		case "oldest":
			s.order = oldestFirst
		default:
			// Of a few jobs, or of jobs made in one go, any order can look like
			// one by time.
			s.order, s.rows, hashed = byHash, max(s.rows, 10), true
		}
		seconds := func(low, high int) *rapid.Generator[time.Duration] {
			return rapid.Map(rapid.IntRange(low, high), func(n int) time.Duration { return time.Duration(n) * time.Second })
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "jobs") {
			made := start.Add(seconds(-7200, 7200).Draw(t, "made"))
			if hashed {
				made = start.Add(time.Duration(i-30) * 4 * time.Minute)
			}
			starts := made.Add(seconds(0, 300).Draw(t, "waits"))
			s.jobs = append(s.jobs, serverJob{id: fmt.Sprint("j", i), kind: rapid.SampledFrom([]string{"createDesktops", "new"}).Draw(t, "type"),
				code: "WKS.1", failed: rapid.Bool().Draw(t, "failed"), made: made, starts: starts,
				end: starts.Add(seconds(0, 6000).Draw(t, "runs"))})
		}

		result := pollJobs(t, s, start, nil)
		seen := s.now
		want, failures := map[string]uint64{}, uint64(0)
		for _, kind := range jobTypes {
			want[kind] = 0
		}
		for _, j := range s.jobs {
			if !j.end.After(start) {
				if !j.made.Before(start.Add(-15 * time.Minute)) {
					want[j.kind] += 0
				}
				continue
			}
			if !j.end.After(seen) {
				return // ended within the first poll: whether it is news is open
			}
			want[j.kind]++
			if j.failed {
				failures++
			}
		}
		for at := start; at.Before(start.Add(5 * time.Hour)); {
			at = at.Add(seconds(200, 3000).Draw(t, "pause"))
			result = pollJobs(t, s, at, result)
		}
		if !maps.Equal(result.Ended, want) {
			t.Fatalf("counted %v, want %v", result.Ended, want)
		}
		got, durations := uint64(0), uint64(0)
		for _, f := range result.Failures {
			got += f.Count
		}
		for _, h := range result.Durations {
			durations += h.Count()
		}
		total := want["createDesktops"] + want["new"]
		if got != failures || durations != total {
			t.Fatalf("%d failures and %d durations, want %d and %d", got, durations, failures, total)
		}
		for id, known := range result.Tracked {
			if known.Began.Before(result.Watermark) && known.Counted.Before(result.Watermark) {
				t.Fatalf("still tracked: %s %+v", id, known)
			}
		}
	})
}

// manyJobs ended before noon, one a minute.
func manyJobs(n int) []serverJob {
	list := make([]serverJob, n)
	for i := range list {
		made := areatest.Noon.Add(-time.Duration(i) * time.Minute)
		list[i] = serverJob{id: fmt.Sprint("old", i), kind: "operateDesktops", made: made, starts: made, end: made}
	}
	return list
}

// TestManyOldJobs: twenty thousand jobs of the past cost next to nothing
// if the API lists them by time, and are read once over if it does not.
func TestManyOldJobs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		order func(a, b serverJob) int
		calls int
	}{
		"newest first": {newestFirst, 5},
		"oldest first": {oldestFirst, 6},
		"no order":     {byHash, 4 + 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &jobServer{jobs: manyJobs(20_000), rows: 1000, order: c.order}
			result := pollJobs(t, s, areatest.Noon, nil)
			if s.calls != c.calls || result.Unread[jobSucceeded] != 0 {
				t.Errorf("first poll made %d calls, want %d; unread %v", s.calls, c.calls, result.Unread)
			}
			long := serverJob{id: "long", kind: "createDesktops", made: areatest.Noon, starts: areatest.Noon, end: areatest.Noon.Add(20 * 24 * time.Hour)}
			s.jobs = append(s.jobs, long, serverJob{id: "short", kind: "createDesktops", made: areatest.Noon, starts: areatest.Noon, end: areatest.Noon.Add(time.Second)})
			result = pollJobs(t, s, areatest.Noon.Add(time.Minute), result)
			if s.calls > c.calls+1 || result.Ended["createDesktops"] != 1 || len(result.Tracked) > 100 {
				t.Errorf("second poll made %d calls, counted %v, tracks %d", s.calls, result.Ended, len(result.Tracked))
			}
			if at := result.OldestRunning["createDesktops"]; !at.Equal(areatest.Noon) || result.Running["createDesktops"] != 1 || result.Listed[jobSucceeded] != 20_001 {
				t.Errorf("running %v since %v, listed %v", result.Running, at, result.Listed)
			}
			result = pollJobs(t, s, areatest.Noon.Add(21*24*time.Hour), result)
			if result.Ended["createDesktops"] != 2 || len(result.Tracked) != 1 {
				t.Errorf("counted %v, tracks %v", result.Ended, result.Tracked)
			}
		})
	}
}

// TestTooManyJobs: what is left out is told.
func TestTooManyJobs(t *testing.T) {
	t.Parallel()
	s := &jobServer{jobs: manyJobs(6_500), rows: 1000, most: 5000, order: byHash}
	result := pollJobs(t, s, areatest.Noon, nil)
	if result.Unread[jobSucceeded] != 1500 || s.calls != 4+5 {
		t.Errorf("unread %v after %d calls", result.Unread, s.calls)
	}
}

// TestJobsMadeInOneGo fill the first page: its times do not tell the order.
func TestJobsMadeInOneGo(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(a, b serverJob) int{"newest first": newestFirst, "oldest first": oldestFirst} {
		s := &jobServer{rows: 1000, order: order}
		for i := range 5000 {
			made := areatest.Noon.Add(-10 * 24 * time.Hour)
			if i >= 2500 {
				made = areatest.Noon.Add(time.Minute)
			}
			s.jobs = append(s.jobs, serverJob{id: fmt.Sprint(i), kind: "operateDesktops", made: made, starts: made, end: made})
		}
		result := pollJobs(t, s, areatest.Noon, nil)
		result = pollJobs(t, s, areatest.Noon.Add(2*time.Minute), result)
		if got := result.Ended["operateDesktops"]; got != 2500 {
			t.Errorf("%s: counted %d jobs, want 2500", name, got)
		}
	}
}

// TestLaggingJobLists: a list that still shows a job as running when it was
// counted already does not make it count twice.
func TestLaggingJobLists(t *testing.T) {
	t.Parallel()
	made := areatest.Noon.Add(-time.Hour)
	s := &jobServer{rows: 1000, order: newestFirst,
		jobs: []serverJob{{id: "j", kind: "createDesktops", made: made, starts: made, end: areatest.Noon.Add(30 * time.Second)}}}
	result := pollJobs(t, s, areatest.Noon, nil)
	result = pollJobs(t, s, areatest.Noon.Add(time.Minute), result)
	s.jobs[0].end = areatest.Noon.Add(150 * time.Second)
	result = pollJobs(t, s, areatest.Noon.Add(2*time.Minute), result)
	result = pollJobs(t, s, areatest.Noon.Add(3*time.Minute), result)
	if got := result.Ended["createDesktops"]; got != 1 {
		t.Errorf("counted %d times", got)
	}
	result = pollJobs(t, s, areatest.Noon.Add(time.Hour), result)
	if len(result.Tracked) != 0 {
		t.Errorf("still tracked: %v", result.Tracked)
	}
}

// TestJobsOfAServerThatIgnoresOffset: what is behind the first page is not read,
// so that nothing of it counts.
func TestJobsOfAServerThatIgnoresOffset(t *testing.T) {
	t.Parallel()
	c := jobsArea()
	in := areatest.Input(t, c, areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		if req.Query.Get("status") != jobSucceeded {
			return []byte(`{"total_count":0,"jobs":[]}`), nil
		}
		return []byte(`{"total_count":5,"jobs":[{"id":"a","begin_time":"2026-01-02T09:30:00Z"},{"id":"b","begin_time":"2026-01-02T09:29:00Z"}]}`), nil
	}))
	if result, err := c.Poll(t.Context(), in, nil); apiclient.KindOf(err) != apiclient.Malformed {
		t.Errorf("%v, %v", result, err)
	}
}
