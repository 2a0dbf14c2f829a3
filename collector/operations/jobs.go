package operations

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// States of a job as the API spells them.
const (
	jobWaiting   = "WAITING"
	jobRunning   = "RUNNING"
	jobFailed    = "FAILED"
	jobSucceeded = "SUCCESS"
)

// jobTypes are the documented types of jobs. Each has its series from the
// start, so that the first failure of a type shows as an increase.
var jobTypes = []string{
	"createDesktops", "applyWorkspace", "cancelWorkspace", "expandVolumes", "addVolumes", "rebuildDesktops",
	"createSnapshot", "deleteSnapshot", "deleteDesktops", "desktopRejoinDomain", "operateDesktops",
	"restoreDesktopBySnapshot", "desktopToImage", "attachDesktops", "deleteVolumes", "createWksSnapshot",
	"deleteWksSnapshot", "createDesktopPool", "expandDesktopPool", "deleteDesktopPoolVolumes", "rebuildDesktopPool",
	"addDesktopPoolVolumes", "detachDesktops", "attachDesktopPool", "batchDetachDesktops", "executeDesktopsAction",
	"changeDesktopNetwork", "batchChangeDesktopNetwork",
}

const (
	// maxJobTypes leaves room for types that are not documented.
	maxJobTypes = 50
	// maxJobErrors bounds the error codes of all types together.
	maxJobErrors = 40
)

var jobBuckets = []float64{1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400}

// jobs are the jobs of now, the counters made from those that ended, and what
// is needed to go on counting: every job is counted once.
type jobs struct {
	// Watermark is where a job counts as old: an unknown one from before it
	// was counted already, or ended before counting began. Zero before the
	// first good poll.
	Watermark time.Time `json:"watermark"`
	// Tracked are the jobs that have not ended, and those that were made or
	// counted after the watermark, by id.
	Tracked map[string]trackedJob `json:"tracked"`

	Listed        decode.States        `json:"listed"`
	Unread        decode.States        `json:"unread"`
	Waiting       decode.States        `json:"waiting"`
	Running       decode.States        `json:"running"`
	OldestRunning map[string]time.Time `json:"oldest_running"`

	Ended     map[string]uint64         `json:"ended"`
	Failures  []jobFailures             `json:"failures"`
	Durations map[string]area.Histogram `json:"durations"`
}

type trackedJob struct {
	Began time.Time `json:"began"`
	// Counted is when the job was counted, zero if it has not ended. A job
	// that runs again within the overlap is not counted again: that may be a
	// list that lags behind.
	Counted time.Time `json:"counted,omitzero"`
}

func (t trackedJob) counted() bool { return !t.Counted.IsZero() }

// jobFailure is what failed jobs are counted by.
type jobFailure struct {
	Type  string `json:"type"`
	Error string `json:"error"`
}

type jobFailures struct {
	jobFailure
	Count uint64 `json:"count"`
}

func jobsArea() area.Collector {
	return area.Declaration[jobs]{
		Name:     "jobs",
		Help:     "What the service is doing to desktops: jobs that wait and run, and those that ended, each counted once.",
		Interval: time.Minute,
		Calls: []area.Call{area.Calls(4, apiclient.ListItaSubJobs), {
			Endpoint: apiclient.ListItaSubJobs, Says: "1 for each 1,000 jobs of the overlap while the list is in order of time",
			Of: func(l area.Load) float64 {
				return area.PlainPages(l.Within(area.JobsPerHour, l.Options.Duration("overlap")+l.Interval), apiclient.ListItaSubJobs.Page.Size)
			},
		}},
		Series: area.Series(240, nil),
		Options: []area.Option{
			{Name: "overlap", Default: 15 * time.Minute, Help: "How late a job may appear in the API and still be counted."},
			{Name: "max_unordered", Default: 100_000, Help: "How many ended jobs of a state are read in a poll at most if the API lists them in no order of time."},
		},
		Fetch: fetchJobs,
		Families: []area.Family[jobs]{
			{
				Name: "jobs_listed",
				Help: "Number of jobs that the API lists now, by state; those that ended stay listed for a time of the service's choice; other is those of a state that is not known here, and may be off by those that changed meanwhile.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(j jobs, put area.Put) { j.Listed.Put(put) },
			},
			{
				Name: "jobs_unread",
				Help: "Number of ended jobs that were too many to read; while it is not 0, the counters of jobs miss some.",
				Type: area.Gauge, Labels: []string{"status"},
				Map: func(j jobs, put area.Put) { j.Unread.Put(put) },
			},
			{
				Name: "jobs_waiting",
				Help: "Number of jobs that wait to be run, by type of job.",
				Type: area.Gauge, Labels: []string{"job_type"},
				Map: func(j jobs, put area.Put) { j.Waiting.Put(put) },
			},
			{
				Name: "jobs_running",
				Help: "Number of jobs that run now, by type of job.",
				Type: area.Gauge, Labels: []string{"job_type"},
				Map: func(j jobs, put area.Put) { j.Running.Put(put) },
			},
			{
				Name: "job_oldest_running_start_timestamp_seconds",
				Help: "When the oldest job that still runs was started, by type of job; no series if none runs.",
				Type: area.Gauge, Labels: []string{"job_type"},
				Map: func(j jobs, put area.Put) {
					for _, name := range slices.Sorted(maps.Keys(j.OldestRunning)) {
						put.Value(area.UnixSeconds(j.OldestRunning[name]), name)
					}
				},
			},
			{
				Name: "jobs_total",
				Help: "Jobs that ended since counting began, well or not, by type of job.",
				Type: area.Counter, Labels: []string{"job_type"},
				Map: func(j jobs, put area.Put) {
					for _, name := range slices.Sorted(maps.Keys(j.Ended)) {
						put.Value(float64(j.Ended[name]), name)
					}
				},
			},
			{
				Name: "job_failures_total",
				Help: "Jobs that failed since counting began, by type of job and the service's code for the error; other stands for every error without one.",
				Type: area.Counter, Labels: []string{"job_type", "error_code"},
				Map: func(j jobs, put area.Put) {
					for _, f := range j.Failures {
						put.Value(float64(f.Count), f.Type, f.Error)
					}
				},
			},
			{
				Name: "job_duration_seconds",
				Help: "Time from the making of a job until its end, waiting included, of jobs that ended well or not.",
				Type: area.HistogramType, Labels: []string{"job_type"},
				Map: func(j jobs, put area.Put) {
					for _, name := range slices.Sorted(maps.Keys(j.Durations)) {
						put.Histogram(j.Durations[name], name)
					}
				},
			},
		},
	}
}

// endedJob is a job that is to be counted.
type endedJob struct {
	job
	failed bool
}

// fetchJobs reads the lists in the order of a job's life: a job that moves on
// meanwhile is seen twice, but never missed. Jobs that wait or run are read
// completely. Of those that ended, of which there may be hundreds of
// thousands, only the part that can hold something new is read: back to the
// watermark, or to the oldest job that was open at the last poll and no
// longer is.
func fetchJobs(ctx context.Context, in area.Input, prev jobs) (jobs, error) {
	waiting, err := listOpenJobs(ctx, in, jobWaiting)
	if err != nil {
		return jobs{}, err
	}
	running, err := listOpenJobs(ctx, in, jobRunning)
	if err != nil {
		return jobs{}, err
	}
	// A job that began to run meanwhile is in both lists.
	runs := map[string]bool{}
	for _, j := range running {
		runs[string(j.ID)] = true
	}
	waiting = slices.DeleteFunc(waiting, func(j job) bool { return runs[string(j.ID)] })
	open := slices.Concat(waiting, running)

	next := prev
	first := prev.Watermark.IsZero()
	next.Watermark = decode.Later(prev.Watermark, in.Now.UTC().Add(-in.Options.Duration("overlap")).Truncate(time.Second))
	fresh := prev.Watermark
	if first {
		fresh = next.Watermark
	}
	round := jobRound{now: in.Now, prev: prev.Tracked, fresh: fresh, isOpen: map[string]bool{}, tracked: map[string]trackedJob{}}
	round.open(open)

	next.Listed = decode.States{jobWaiting: float64(len(waiting)), jobRunning: float64(len(running))}
	next.Unread = decode.States{}
	for _, status := range []string{jobFailed, jobSucceeded} {
		list := jobList{in: in, status: status, since: round.horizon(), most: in.Options.Int("max_unordered"),
			visit: func(j job) { round.ended(j, status == jobFailed) }}
		total, unread, err := list.read(ctx)
		if err != nil {
			return jobs{}, err
		}
		next.Listed[status], next.Unread[status] = float64(total), float64(unread)
		if unread > 0 && prev.Unread[status] == 0 {
			in.Log.Warn("too many ended jobs in no order of time: some are not counted", "status", status, "unread", unread,
				"advice", "raise max_unordered of this collector")
		}
	}
	all, err := decode.Total(ctx, in, apiclient.Request{Endpoint: apiclient.ListItaSubJobs})
	if err != nil {
		return jobs{}, err
	}
	if rest, sent := all.Value(); sent {
		for _, n := range next.Listed {
			rest -= n
		}
		next.Listed[decode.Other] = max(rest, 0)
	}
	next.Tracked = round.remember(next.Watermark)
	return next.count(waiting, running, round.found, first), nil
}

// jobRound is what one poll learns of the single jobs.
type jobRound struct {
	now   time.Time
	prev  map[string]trackedJob
	fresh time.Time // jobs made from then on are counted even if unknown
	// isOpen are the jobs that wait or run, tracked all that were seen.
	isOpen  map[string]bool
	tracked map[string]trackedJob
	found   []endedJob
}

// open notes jobs that have not ended.
func (r *jobRound) open(list []job) {
	for _, j := range list {
		known := r.prev[string(j.ID)]
		if known.Began.IsZero() {
			if known.Began = j.began(r.now); known.Began.IsZero() {
				known.Began = r.now
			}
		}
		r.tracked[string(j.ID)], r.isOpen[string(j.ID)] = known, true
	}
}

// horizon is how far back ended jobs have to be read.
func (r *jobRound) horizon() time.Time {
	oldest := r.fresh
	for id, known := range r.prev {
		if !r.isOpen[id] && !known.counted() && known.Began.Before(oldest) {
			oldest = known.Began
		}
	}
	return oldest
}

// ended notes a job that ended, and that it is to be counted if it was not.
func (r *jobRound) ended(j job, failed bool) {
	id, began := string(j.ID), j.began(r.now)
	known, isKnown := r.tracked[id]
	if !isKnown {
		known, isKnown = r.prev[id]
	}
	if !isKnown {
		if began.IsZero() || began.Before(r.fresh) {
			return
		}
		known.Began = began
	}
	if !known.counted() {
		known.Counted = r.now
		r.found = append(r.found, endedJob{j, failed})
	}
	r.tracked[id] = known
}

// remember is what the next poll has to know: jobs that are open, and others
// as long as they are newer than the watermark.
func (r *jobRound) remember(watermark time.Time) map[string]trackedJob {
	tracked := maps.Clone(r.prev)
	if tracked == nil {
		tracked = map[string]trackedJob{}
	}
	maps.Copy(tracked, r.tracked)
	maps.DeleteFunc(tracked, func(id string, known trackedJob) bool {
		return !r.isOpen[id] && known.Began.Before(watermark) && known.Counted.Before(watermark)
	})
	return tracked
}

// count returns j with the jobs of a poll. The first poll counts nothing: the
// series it saw start at 0, as history is not news.
func (j jobs) count(waiting, running []job, ended []endedJob, first bool) jobs {
	typeOf := func(one job) string { return cmp.Or(decode.State(one.Type, jobTypes), decode.Unknown) }
	candidates, codes := []string{}, []string{}
	for _, one := range slices.Concat(waiting, running) {
		candidates = append(candidates, typeOf(one))
	}
	for _, one := range ended {
		candidates = append(candidates, typeOf(one.job))
		if one.failed {
			codes = append(codes, decode.ErrorLabel(string(one.ErrorCode)))
		}
	}
	// The failures of each documented type begin at 0, so that their sum shows
	// the first one, whatever its code.
	failures := map[jobFailure]uint64{}
	for _, name := range jobTypes {
		failures[jobFailure{name, decode.Other}] = 0
	}
	admittedCodes := []string{}
	for _, f := range j.Failures {
		failures[f.jobFailure] = f.Count
		admittedCodes = append(admittedCodes, f.Error)
	}
	typeLabel := decode.Bounded(slices.AppendSeq(slices.Clone(jobTypes), maps.Keys(j.Ended)), candidates, maxJobTypes)
	codeLabel := decode.Bounded(admittedCodes, codes, maxJobErrors)

	label := func(one job) string { return typeLabel(typeOf(one)) }
	j.Waiting, j.Running = decode.Zeros(jobTypes), decode.Zeros(jobTypes)
	for _, one := range waiting {
		j.Waiting[label(one)]++
	}
	for _, one := range running {
		j.Running[label(one)]++
	}
	j.OldestRunning = map[string]time.Time{}
	for _, one := range running {
		began, name := one.Begin.Time(), label(one)
		if oldest, known := j.OldestRunning[name]; !began.IsZero() && (!known || began.Before(oldest)) {
			j.OldestRunning[name] = began
		}
	}

	counts := maps.Clone(j.Ended)
	if counts == nil {
		counts = map[string]uint64{}
		for _, name := range jobTypes {
			counts[name] = 0
		}
	}
	// Types that are at work get their series before the first of them ends.
	durations := map[string][]float64{}
	for _, one := range slices.Concat(waiting, running) {
		durations[label(one)] = nil
	}
	n := uint64(1)
	if first {
		n = 0
	}
	for _, one := range ended {
		name := label(one.job)
		counts[name] += n
		if one.failed {
			failures[jobFailure{name, codeLabel(decode.ErrorLabel(string(one.ErrorCode)))}] += n
		}
		if !first {
			durations[name] = decode.AppendDuration(durations[name], one.Begin, one.End)
		}
	}
	j.Ended = counts
	j.Failures = sortedFailures(failures)
	j.Durations = maps.Clone(j.Durations)
	if j.Durations == nil {
		j.Durations = map[string]area.Histogram{}
	}
	for name, values := range durations {
		h, known := j.Durations[name]
		if !known {
			h = area.NewHistogram(jobBuckets)
		}
		j.Durations[name] = h.With(values...)
	}
	return j
}

func sortedFailures(counts map[jobFailure]uint64) []jobFailures {
	return decode.Rows(counts, func(f jobFailure, n uint64) jobFailures { return jobFailures{f, n} },
		func(f jobFailures) []string { return []string{f.Type, f.Error} })
}
