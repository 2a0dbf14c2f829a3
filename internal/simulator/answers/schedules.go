package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func schedulesAnswers() map[string]Answer {
	return map[string]Answer{
		"ListScheduledTasks": {
			Params: query.Params(query.Text("task_name"), query.Required(query.Paging(50, query.AnyOffset)),
				query.OneOf("task_type", "START", "STOP", "REBOOT", "HIBERNATE", "REBUILD", "EXECUTE_SCRIPT", "CREATE_SNAPSHOT"),
				query.OneOf("scheduled_type", "FIXED_TIME", "DAY", "WEEK", "MONTH", world.LifeCycle),
				query.OneOf("life_cycle_type", "POST_CREATE_DESKTOP_SUCCESS", "POST_REBUILD_DESKTOP_SUCCESS", "POST_REATTACH_DESKTOP_SUCCESS", "POST_DESKTOP_DISCONNECTED"),
				query.OneOf("last_status", "SUCCESS", "SKIP", "FAIL")),
			Reply: scheduledTaskList,
		},
		"ListScheduledTasksRecords": {Params: query.Paging(100, query.AnyOffset), Reply: scheduledTaskRecords},
	}
}

func scheduleID(i int) string { return fmt.Sprintf("task-%d", i+1) }

// scheduledTaskList leaves out the tasks of events unless they are asked for.
func scheduledTaskList(w *world.World, r query.Request) any {
	var rows []object
	for i, s := range world.Schedules() {
		if (s.Scheduled == world.LifeCycle) != (r.Text("scheduled_type") == world.LifeCycle) {
			continue
		}
		next, last := "", ""
		if runs := s.Runs(w.Now); len(runs) > 0 {
			last, _, _, _ = w.RunOutcome(s, runs[0])
			period := world.Day
			if s.Scheduled == "WEEK" {
				period = 7 * world.Day
			}
			next = runs[0].Add(period).Format(time.DateTime)
			if i%2 == 1 { // both forms occur
				next += " GMT+08:00"
			}
		}
		if s.Scheduled == world.LifeCycle {
			next = ""
		}
		rows = append(rows, object{
			"id": scheduleID(i), "task_name": s.Name, "task_type": s.Kind, "scheduled_type": s.Scheduled, "life_cycle_type": s.Event,
			"last_status": last, "next_execution_time": next, "expire_time": "", "enable": !s.Off, "description": "", "priority": 0,
			"time_zone": s.Zone, "wait_time": 0, "extra_params": "",
		})
	}
	return list(r, "scheduled_tasks", "total_count", rows, 50, "task_name", "task_type", "scheduled_type", "life_cycle_type", "last_status")
}

func scheduledTaskRecords(w *world.World, r query.Request) any {
	for i, s := range world.Schedules() {
		if scheduleID(i) != r.Path["task_id"] {
			continue
		}
		var rows []object
		for n, at := range s.Runs(w.Now) {
			status, success, failed, skipped := w.RunOutcome(s, at)
			rows = append(rows, object{
				"id": fmt.Sprintf("%s-run-%d", scheduleID(i), n), "start_time": at.Format(time.DateTime), "task_type": s.Kind, "scheduled_type": s.Scheduled,
				"life_cycle_type": s.Event, "status": status, "success_num": success, "failed_num": failed, "skip_num": skipped, "time_zone": s.Zone,
				"expire_time": "", "extra_params": "",
			})
		}
		return list(r, "tasks_records", "total_count", rows, 10)
	}
	return response.Refusal("the task does not exist")
}
