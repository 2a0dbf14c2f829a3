package answers

import (
	"fmt"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func scriptsAnswers() map[string]Answer {
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
	return object{"id": e.ID, scripts: []object{{"id": e.Script, "name": e.Script}}, "script_id": e.Script, "start_time": stamp(e.Start), "end_time": stamp(e.End),
		"status": e.Status, "success_num": e.Success, "failed_num": e.Failed, "skip_num": e.Skipped, "task_type": "SCRIPT", "task_id": e.ID}
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
				"status": "SUCCESS", "execute_order": 0, "result_code": "", "reason": "", "task_type": "SCRIPT"}
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
