package world

import (
	"fmt"
	"time"
)

const (
	// jobPeriod is the time between two jobs, jobMemory how long they are kept.
	jobPeriod = 90 * time.Second
	jobMemory = 2 * Day
)

// Job is a job that is listed now.
type Job struct {
	ID, Type, Status, ErrorCode string
	Begin, Start, End           time.Time
}

// Jobs are those that are kept, the newest first. Each is made of its time
// alone, so that its state depends on nothing but the present.
func (w *World) Jobs() []Job {
	kinds := []string{"operateDesktops", "operateDesktops", "executeDesktopsAction", "createDesktops", "rebuildDesktops", "attachDesktopPool",
		"createWksSnapshot", "expandDesktopPool", "deleteDesktops", "changeDesktopNetwork"}
	codes := []string{"WKS.00010110", "WKS.00010032", ""}
	var all []Job
	if len(w.Desktops) == 0 {
		return nil
	}
	for _, at := range Periods(w.Now, jobPeriod, jobMemory) {
		n := w.RandomAt("job", at)
		j := Job{ID: fmt.Sprintf("sj-%08x-%x", uint32(w.seed), at.Unix()), Type: kinds[n%uint64(len(kinds))]}
		j.Begin = at.Add(time.Duration(n>>8%60) * time.Second)
		j.Start = j.Begin.Add(time.Duration(n>>16%25) * time.Second)
		j.End = j.Start.Add(time.Duration(4+n>>24%400) * time.Second)
		if n>>32%250 == 0 { // some take hours
			j.End = j.Start.Add(time.Duration(2+n>>40%5) * time.Hour)
		}
		switch {
		case j.Begin.After(w.Now):
			continue
		case j.Start.After(w.Now):
			j.Status = "WAITING"
		case j.End.After(w.Now):
			j.Status = "RUNNING"
		case n>>48%20 == 0:
			j.Status, j.ErrorCode = "FAILED", codes[n>>56%uint64(len(codes))]
		default:
			j.Status = "SUCCESS"
		}
		all = append(all, j)
	}
	return all
}
