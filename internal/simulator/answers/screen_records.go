package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func screenRecordsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListScreenRecords": {
			Params: query.Params(query.Text("desktop_id", "username"), query.OneOf("status", "RECORDING", "REC_COMPLETED", "UPLOADING", "UPLOAD_COMPLETED"),
				query.OneOf("type", "FULL", "INTERVAL", "OPERATION", "SESSION"), query.Time(time.DateTime, "start_time", "end_time"),
				query.OneOf("sort_field", "start_time"), query.OneOf("sort_type", "asc", "desc"), query.Paging(100, query.AnyOffset)),
			Reply: screenRecordList,
		},
		"ListExportTasks": {
			Params: query.Params(query.Text("file_name", "task_id"), query.OneOf("status", "CREATING", "SUCCESS", "FAIL", "EXPIRED"), query.Bool("is_download"),
				query.OneOf("sort_field", "create_time"), query.OneOf("sort_type", "ASC", "DESC"), query.Paging(100, query.AnyOffset)),
			Reply: exportTaskList,
		},
	}
}

// screenRecordList has states that its filter does not know.
func screenRecordList(w *world.World, r query.Request) any {
	var rows []object
	for _, at := range world.Periods(w.Now, 10*time.Minute, 15*world.Day) {
		n := w.RandomAt("screen", at)
		d := w.DesktopAt(n)
		if d == nil {
			break
		}
		length := time.Duration(10+n>>8%50) * time.Minute
		end, status := at.Add(length), "UPLOAD_COMPLETED"
		switch over := w.Now.Sub(end); {
		case over < 0:
			status, end = "RECORDING", time.Time{}
		case over < 2*time.Minute:
			status = "REC_COMPLETED"
		case over < 10*time.Minute:
			status = "UPLOADING"
		case n>>32%30 == 0:
			status = "REC_FAILED"
		case n>>40%30 == 0:
			status = "UPLOAD_FAILED"
		}
		rows = append(rows, object{"id": fmt.Sprintf("screen-%x", at.Unix()), "desktop_id": d.ID, "desktop_name": d.Name, "desktop_pool_id": d.PoolID(), "username": d.UserName(),
			"size": 100 << 20, "type": "FULL", "status": status, "start_time": stamp(at), "end_time": stamp(end), "duration": int(length.Seconds())})
	}
	return filteredList(r, "screen_records", "total_count", rows, 100,
		equalMembers(within("start_time", time.DateTime, "start_time", "end_time"), "desktop_id", "username", "status", "type"))
}

// exportTaskList leaves out what was downloaded unless it is asked for.
func exportTaskList(w *world.World, r query.Request) any {
	var rows []object
	for i, status := range []string{"SUCCESS", "SUCCESS", "SUCCESS", "FAIL", "EXPIRED", "EXPIRED"} {
		downloaded := i == 0
		if downloaded != (r.Text("is_download") == "true") {
			continue
		}
		at := w.Started.Add(-time.Duration(i) * world.Day)
		rows = append(rows, object{"task_id": fmt.Sprintf("export-%d", i), "file_name": "desktops.csv", "status": status, "fail_reason": "", "error_code": "",
			"create_time": at.Format(query.MilliFormat), "end_time": at.Add(time.Minute).Format(query.MilliFormat), "is_download": downloaded})
	}
	return list(r, "export_tasks", "count", rows, 20, "file_name", "task_id", "status", "is_download")
}
