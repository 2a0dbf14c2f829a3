package answers

import (
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func jobsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListItaSubJobs": {
			Params: query.Params(query.OneOf("status", "SUCCESS", "RUNNING", "FAILED", "WAITING"), query.OneOf("job_type", jobTypes...),
				query.Text("job_id", "desktop_pool_id"), query.Paging(1000, query.AnyOffset)),
			Reply: jobList,
		},
	}
}

// jobTypes are the documented types of jobs.
var jobTypes = []string{
	"createDesktops", "applyWorkspace", "cancelWorkspace", "expandVolumes", "addVolumes", "rebuildDesktops", "createSnapshot",
	"deleteSnapshot", "deleteDesktops", "desktopRejoinDomain", "operateDesktops", "restoreDesktopBySnapshot", "desktopToImage",
	"attachDesktops", "deleteVolumes", "createWksSnapshot", "deleteWksSnapshot", "createDesktopPool", "expandDesktopPool",
	"deleteDesktopPoolVolumes", "rebuildDesktopPool", "addDesktopPoolVolumes", "detachDesktops", "attachDesktopPool",
	"batchDetachDesktops", "executeDesktopsAction", "changeDesktopNetwork", "batchChangeDesktopNetwork",
}

// parentID is the id of the task that the job is of.
func parentID(j world.Job) string { return "j-" + j.ID[3:] }

func jobList(w *world.World, r query.Request) any {
	of := func(j world.Job) *world.Desktop { return w.DesktopAt(w.RandomAt("job", j.Begin)) }
	found := filter.Set[world.Job]{
		"status":          filter.Equal(func(j world.Job) string { return j.Status }),
		"job_type":        filter.Equal(func(j world.Job) string { return j.Type }),
		"job_id":          filter.Equal(parentID),
		"desktop_pool_id": filter.Equal(func(j world.Job) string { return of(j).PoolID() }),
	}.Apply(r, w.Jobs())
	return object{"total_count": len(found), "jobs": page(r, found, 1000, func(j world.Job) object {
		d, end, reason, progress := of(j), "", "", 0
		switch j.Status {
		case "RUNNING":
			progress = 40
		case "FAILED":
			end, reason = stamp(j.End), "the desktop "+d.Name+" is busy"
		case "SUCCESS":
			end, progress = stamp(j.End), 100
		}
		return object{
			"id": j.ID, "job_type": j.Type, "begin_time": stamp(j.Begin), "end_time": end, "status": j.Status,
			"error_code": j.ErrorCode, "fail_reason": reason, "job_id": parentID(j), "process": progress, "host": "", "project_id": w.Project.ID,
			"entity": d.Name, "attach_user": d.UserName(), "ip_address": d.IP,
			"entities": object{"desktop_id": d.ID, "product_id": d.Product.ID, "user_name": d.UserName(), "desktop_name": d.Name, "ip_address": d.IP},
		}
	})}
}
