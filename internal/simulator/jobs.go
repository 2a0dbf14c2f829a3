package simulator

import (
	"fmt"
	"time"
)

const (
	// jobPeriod is the time between two jobs, jobMemory how long they are kept.
	jobPeriod = 90 * time.Second
	jobMemory = 2 * day
)

// JobTruth is a job that is listed now.
type JobTruth struct {
	ID, Type, Status, ErrorCode string
	Begin, Start, End           time.Time
}

// parent is the id of the task that the job is of.
func (j JobTruth) parent() string { return "j-" + j.ID[3:] }

// jobs are those that are kept, the newest first. Each is made of its time
// alone, so that its state depends on nothing but the present.
func (w *world) jobs() []JobTruth {
	kinds := []string{"operateDesktops", "operateDesktops", "executeDesktopsAction", "createDesktops", "rebuildDesktops", "attachDesktopPool",
		"createWksSnapshot", "expandDesktopPool", "deleteDesktops", "changeDesktopNetwork"}
	codes := []string{"WKS.00010110", "WKS.00010032", ""}
	var all []JobTruth
	if len(w.desktops) == 0 {
		return nil
	}
	for _, at := range slots(w.now, jobPeriod, jobMemory) {
		n := w.dice("job", at)
		j := JobTruth{ID: fmt.Sprintf("sj-%08x-%x", uint32(w.seed), at.Unix()), Type: kinds[n%uint64(len(kinds))]}
		j.Begin = at.Add(time.Duration(n>>8%60) * time.Second)
		j.Start = j.Begin.Add(time.Duration(n>>16%25) * time.Second)
		j.End = j.Start.Add(time.Duration(4+n>>24%400) * time.Second)
		if n>>32%250 == 0 { // some take hours
			j.End = j.Start.Add(time.Duration(2+n>>40%5) * time.Hour)
		}
		switch {
		case j.Begin.After(w.now):
			continue
		case j.Start.After(w.now):
			j.Status = "WAITING"
		case j.End.After(w.now):
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

func jobList(w *world, r request) any {
	of := func(j JobTruth) *desktop { return w.someDesktop(w.dice("job", j.Begin)) }
	wanted := filters[JobTruth]{
		"status":          exactly(func(j JobTruth) string { return j.Status }),
		"job_type":        exactly(func(j JobTruth) string { return j.Type }),
		"job_id":          exactly(JobTruth.parent),
		"desktop_pool_id": exactly(func(j JobTruth) string { return of(j).poolID() }),
	}.of(r)
	var found []JobTruth
	for _, j := range w.jobs() {
		if wanted(j) {
			found = append(found, j)
		}
	}
	rows := []row{}
	for _, j := range page(r, found, 1000) {
		d, end, reason, progress := of(j), "", "", 0
		switch j.Status {
		case "RUNNING":
			progress = 40
		case "FAILED":
			end, reason = stamp(j.End), "the desktop "+d.name+" is busy"
		case "SUCCESS":
			end, progress = stamp(j.End), 100
		}
		rows = append(rows, row{
			"id": j.ID, "job_type": j.Type, "begin_time": stamp(j.Begin), "end_time": end, "status": j.Status,
			"error_code": j.ErrorCode, "fail_reason": reason, "job_id": j.parent(), "process": progress, "host": "", "project_id": w.project.ID,
			"entity": d.name, "attach_user": d.userName(), "ip_address": d.ip,
			"entities": row{"desktop_id": d.id, "product_id": d.product.id, "user_name": d.userName(), "desktop_name": d.name, "ip_address": d.ip},
		})
	}
	return row{"jobs": rows, "total_count": len(found)}
}
