package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func tasksAnswers() map[string]Answer {
	return map[string]Answer{
		"ListScripts": {Params: query.Params(query.Text("id", "name"), query.OneOf("type", "POWERSHELL", "BAT", "SHELL"), query.Paging(100, query.AnyOffset)), Reply: scriptList},
		"ListScriptTasks": {
			Params: query.Params(query.Repeated(query.Text("resource_group_id", "task_id")), query.Text("script_id", "script_name", "resource_group_type"),
				query.OneOf("status", "FINISH", "FAILED", "RUNNING", "INIT"), query.OneOf("task_type", "SCRIPT", "COMMAND"),
				query.Time(query.WholeMinuteFormat, "execute_time_start", "execute_time_end"), query.Paging(100, query.AnyOffset)),
			Reply: scriptTaskList,
		},
		"ListScriptRecords": {
			Params: query.Params(query.Repeated(query.Text("resource_id", "script_id", "script_name")), query.Text("resource_group_id", "script_task_id"),
				query.OneOf("task_type", "SCRIPT", "COMMAND"), query.Bool("is_first_order", "show_history"),
				query.Time(query.WholeMinuteFormat, "execute_time_start", "execute_time_end"), query.Paging(100, query.AnyOffset)),
			Reply: scriptRecordList,
		},
		"ShowDesktopPoolsScriptExecTasks": {
			Params: query.Params(query.Repeated(query.Text("task_id")), query.Text("desktop_pool_id", "script_id", "script_name"),
				query.OneOf("status", "SUCCESS", "FAILED", "RUNNING", "WAITING"), query.OneOf("task_type", "SCRIPT", "COMMAND"),
				query.Time(query.WholeMinuteFormat, "execute_time_start", "execute_time_end"), query.Paging(100, query.AnyOffset)),
			Reply: poolScriptTaskList,
		},
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

func scriptList(w *world.World, r query.Request) any {
	var rows []object
	for i, name := range []string{"patch", "clean-up", "inventory", "printers", "proxy", "fonts"} {
		rows = append(rows, object{"id": fmt.Sprintf("script-%d", i+1), "name": name, "description": "", "type": []string{"POWERSHELL", "BAT", "SHELL"}[i%3],
			"version": "1", "create_time": stamp(w.Started.AddDate(0, -3, i)), "update_time": stamp(w.Started.AddDate(0, -1, i))})
	}
	return list(r, "scripts", "count", rows, 10, "id", "name", "type")
}

func executionRow(e world.Execution, scripts string) object {
	return object{"id": e.ID, scripts: []object{{"id": e.Script, "name": e.Script}}, unsent + "script_id": e.Script, "start_time": stamp(e.Start), "end_time": stamp(e.End),
		"status": e.Status, "success_num": e.Success, "failed_num": e.Failed, "skip_num": e.Skipped, unsent + "task_type": "SCRIPT", unsent + "task_id": e.ID}
}

func scriptTaskList(w *world.World, r query.Request) any {
	var rows []object
	for _, e := range w.Executions("script-task") {
		one := executionRow(e, "task_scripts")
		one["resource_type"], one["resource_ids"], one["gray_resource_ids"] = "DESKTOP", []string{}, []string{}
		rows = append(rows, one)
	}
	return executionRows(r, "script_tasks", "count", rows)
}

// executionRows filters by the times of an execution and by what it was of.
func executionRows(r query.Request, items, total string, rows []object) any {
	return filteredList(r, items, total, rows, 10,
		equalMembers(within("start_time", query.WholeMinuteFormat, "execute_time_start", "execute_time_end"), "script_id", "script_task_id", "status", "task_type", "task_id", "desktop_pool_id", "resource_id"))
}

func scriptRecordList(w *world.World, r query.Request) any {
	var rows []object
	for _, e := range w.Executions("script-task") {
		for n := range e.Success + e.Failed {
			d := w.DesktopAt(w.RandomAt(e.ID, e.Start) + uint64(n))
			if d == nil {
				break
			}
			one := object{"id": fmt.Sprintf("%s-%d", e.ID, n), "script_id": e.Script, "script_name": e.Script, "script_task_id": e.ID,
				"resource_id": d.ID, "resource_name": d.Name, "resource_type": "DESKTOP", "start_time": stamp(e.Start), "end_time": stamp(e.End),
				"status": "SUCCESS", "execute_order": 0, "result_code": "", "reason": "", unsent + "task_type": "SCRIPT"}
			if n >= e.Success {
				one["status"], one["result_code"] = "FAILED", "WKS.00010032"
			}
			rows = append(rows, one)
		}
	}
	return executionRows(r, "script_records", "count", rows)
}

// poolScriptTaskList has other words for states in its filter than in its rows.
func poolScriptTaskList(w *world.World, r query.Request) any {
	var rows []object
	for i, e := range w.Executions("pool-script-task") {
		if len(w.Pools) == 0 {
			break
		}
		p := w.Pools[i%len(w.Pools)]
		one := executionRow(e, "scripts")
		one["desktop_pool_id"], one["desktop_pool_name"], one["command_content"], one["command_type"] = p.ID, p.Name, "", "POWERSHELL"
		rows = append(rows, one)
	}
	return executionRows(r, "script_execution_tasks", "total_count", rows)
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
