package operations

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// job is an entry of ListItaSubJobs.
type job struct {
	ID        apiclient.Text `json:"id"`
	Type      apiclient.Text `json:"job_type"`
	Begin     apiclient.Time `json:"begin_time"` // when it was made, not when it ran
	End       apiclient.Time `json:"end_time"`
	ErrorCode apiclient.Text `json:"error_code"`
}

// began is when the job was made; zero if unknown, as is a time in the future.
func (j job) began(now time.Time) time.Time {
	if at := j.Begin.Time(); at.Before(now.Add(time.Hour)) {
		return at
	}
	return time.Time{}
}

func listOpenJobs(ctx context.Context, in area.Input, status string) ([]job, error) {
	return decode.ListOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListItaSubJobs, Query: url.Values{"status": {status}}}, "id",
		func(j job) string { return string(j.ID) })
}

// jobList reads the newest part of the list of jobs that ended in a state.
// Nobody knows how long the service keeps them, it has no filter of time and
// promises no order: of a long list, the first page tells whether the newest
// or the oldest come first, and reading goes on from the newer end until
// since is reached. Without an order by time it reads up to most jobs.
type jobList struct {
	in     area.Input
	status string
	since  time.Time
	most   int
	visit  func(job)

	total int // as the last answer said
}

// read visits jobs, some more than once. It returns the number of jobs in the
// list and how many of them were left out without knowing how old they are.
func (l *jobList) read(ctx context.Context) (total, unread int, err error) {
	first, err := l.page(ctx, 0, apiclient.ListItaSubJobs.Page.Size)
	step := first.rows
	if err != nil || step == 0 || step >= l.total {
		return l.total, 0, err
	}
	order := first.first().Compare(first.last())
	if order == 0 {
		// Jobs made in one go fill the page: the far end must tell.
		last, err := l.page(ctx, l.total-step, step)
		if err != nil {
			return 0, 0, err
		}
		order = first.first().Compare(last.last())
	}
	newestFirst := order > 0
	ordered := order != 0 && first.ordered(newestFirst)
	reached := newestFirst && first.reaches(l.since)
	for read := step; read < l.total && (!ordered || !reached); {
		offset, rows := read, step
		if order < 0 {
			// Backwards: the last page, then those before it.
			offset = max(l.total-read, step)
			rows = min(step, l.total-offset)
		}
		page, err := l.page(ctx, offset, rows)
		if err != nil {
			return 0, 0, err
		}
		if page.rows == 0 && read < l.total {
			return 0, 0, decode.Malformed(apiclient.ListItaSubJobs, "the page at offset %d is empty, yet the total is %d", offset, l.total)
		}
		if offset != 0 && page.id() != "" && page.id() == first.id() {
			return 0, 0, decode.Malformed(apiclient.ListItaSubJobs, "the page at offset %d is the first one again: the server does not heed offset", offset)
		}
		ordered = ordered && page.ordered(newestFirst)
		reached = page.reaches(l.since)
		read += page.rows
		if !ordered && read >= l.most {
			return l.total, max(l.total-read, 0), nil
		}
	}
	return l.total, 0, nil
}

// jobPage is one page of the list.
type jobPage struct {
	rows int // with those that are null
	jobs []job
}

// page reads and visits one page.
func (l *jobList) page(ctx context.Context, offset, limit int) (jobPage, error) {
	e := apiclient.ListItaSubJobs
	answer, err := decode.Get[struct {
		Total apiclient.Number `json:"total_count"`
		Jobs  *[]*job          `json:"jobs"`
	}](ctx, l.in, apiclient.Request{Endpoint: e, Query: url.Values{
		"status": {l.status}, "limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)},
	}})
	if err != nil {
		return jobPage{}, err
	}
	total, sent := answer.Total.Value()
	if !sent || total < 0 {
		return jobPage{}, decode.Malformed(e, "answer has no number `total_count`")
	}
	l.total = int(min(total, 1<<30))
	if answer.Jobs == nil {
		if l.total > offset {
			return jobPage{}, decode.Malformed(e, "answer has no member `jobs`")
		}
		return jobPage{}, nil
	}
	page, nameless := jobPage{rows: len(*answer.Jobs)}, 0
	for _, j := range *answer.Jobs {
		if j == nil || j.ID == "" {
			nameless++
			continue
		}
		page.jobs = append(page.jobs, *j)
		l.visit(*j)
	}
	return page, decode.Nameless(l.in, e, "id", nameless, page.rows)
}

// id is that of the first job.
func (p jobPage) id() apiclient.Text {
	if len(p.jobs) == 0 {
		return ""
	}
	return p.jobs[0].ID
}

// first and last are when the jobs at the ends of the page were made.
func (p jobPage) first() time.Time {
	if len(p.jobs) == 0 {
		return time.Time{}
	}
	return p.jobs[0].Begin.Time()
}

func (p jobPage) last() time.Time {
	if len(p.jobs) == 0 {
		return time.Time{}
	}
	return p.jobs[len(p.jobs)-1].Begin.Time()
}

// reaches tells whether the page has a job from before since.
func (p jobPage) reaches(since time.Time) bool {
	return slices.ContainsFunc(p.jobs, func(j job) bool {
		at := j.Begin.Time()
		return !at.IsZero() && at.Before(since)
	})
}

// ordered tells whether the page is in order of time.
func (p jobPage) ordered(newestFirst bool) bool {
	return slices.IsSortedFunc(p.jobs, func(a, b job) int {
		if newestFirst {
			a, b = b, a
		}
		return a.Begin.Time().Compare(b.Begin.Time())
	})
}
