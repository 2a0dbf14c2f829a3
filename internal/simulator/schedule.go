package simulator

import (
	"fmt"
	"time"
)

// lifeCycle is the kind of task that an event starts.
const lifeCycle = "LIFE_CYCLE"

// shanghai is fixed: the simulator needs no zone database.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// schedule is a scheduled task; hour is that of its zone.
type schedule struct {
	name, kind, scheduled, event, zone string
	hour                               int
	off                                bool
}

func schedules() []schedule {
	return []schedule{
		{name: "morning start", kind: "START", scheduled: "DAY", zone: "Asia/Shanghai", hour: 7},
		{name: "night stop", kind: "STOP", scheduled: "DAY", zone: "Asia/Shanghai", hour: 20},
		{name: "nightly snapshot", kind: "CREATE_SNAPSHOT", scheduled: "DAY", zone: "UTC", hour: 1},
		{name: "weekly reboot", kind: "REBOOT", scheduled: "WEEK", zone: "Asia/Shanghai", hour: 3},
		{name: "patches", kind: "EXECUTE_SCRIPT", scheduled: "DAY", zone: "UTC", hour: 2},
		{name: "old rebuild", kind: "REBUILD", scheduled: "MONTH", zone: "UTC", hour: 5, off: true},
		{name: "idle hibernation", kind: "HIBERNATE", scheduled: lifeCycle, event: "POST_DESKTOP_DISCONNECTED", zone: "Asia/Shanghai"},
	}
}

func (s schedule) location() *time.Location {
	if s.zone == "UTC" {
		return time.UTC
	}
	return shanghai
}

// runs are the starts of the last runs, the newest first.
func (s schedule) runs(now time.Time) []time.Time {
	if s.off {
		return nil
	}
	period, n := day, 130
	if s.scheduled == "WEEK" {
		period, n = 7*day, 20
	}
	local := now.In(s.location())
	at := time.Date(local.Year(), local.Month(), local.Day(), s.hour, 0, 0, 0, s.location())
	if at.After(now) {
		at = at.Add(-day)
	}
	var all []time.Time
	for ; len(all) < n; at = at.Add(-period) {
		all = append(all, at)
	}
	return all
}

// outcome of a run: every third loses a desktop, and one in ten fails. Where
// there is nothing to do, nothing can.
func (w *world) outcome(s schedule, at time.Time) (status string, success, failed, skipped int) {
	n := w.dice(s.name, at)
	success = len(w.desktops) / 2
	if n%3 == 0 && success > 0 {
		success, failed = success-1, 1
	}
	skipped = int(n >> 8 % 4)
	switch {
	case success+failed == 0:
		return "SKIP", 0, 0, skipped
	case n>>16%10 == 0:
		return "FAIL", 0, success + failed, skipped
	}
	return "SUCCESS", success, failed, skipped
}

func scheduleID(i int) string { return fmt.Sprintf("task-%d", i+1) }

// scheduledTaskList leaves out the tasks of events unless they are asked for.
func scheduledTaskList(w *world, r request) any {
	var rows []row
	for i, s := range schedules() {
		if (s.scheduled == lifeCycle) != (r.text("scheduled_type") == lifeCycle) {
			continue
		}
		next, last := "", ""
		if runs := s.runs(w.now); len(runs) > 0 {
			last, _, _, _ = w.outcome(s, runs[0])
			period := day
			if s.scheduled == "WEEK" {
				period = 7 * day
			}
			next = runs[0].Add(period).Format(time.DateTime)
			if i%2 == 1 { // both forms occur
				next += " GMT+08:00"
			}
		}
		if s.scheduled == lifeCycle {
			next = ""
		}
		rows = append(rows, row{
			"id": scheduleID(i), "task_name": s.name, "task_type": s.kind, "scheduled_type": s.scheduled, "life_cycle_type": s.event,
			"last_status": last, "next_execution_time": next, "expire_time": "", "enable": !s.off, "description": "", "priority": 0,
			"time_zone": s.zone, "wait_time": 0, "extra_params": "",
		})
	}
	return rowsAnswer(r, "scheduled_tasks", "total_count", rows, 50, "task_name", "task_type", "scheduled_type", "life_cycle_type", "last_status")
}

func scheduledTaskRecords(w *world, r request) any {
	for i, s := range schedules() {
		if scheduleID(i) != r.path["task_id"] {
			continue
		}
		var rows []row
		for n, at := range s.runs(w.now) {
			status, success, failed, skipped := w.outcome(s, at)
			rows = append(rows, row{
				"id": fmt.Sprintf("%s-run-%d", scheduleID(i), n), "start_time": at.Format(time.DateTime), "task_type": s.kind, "scheduled_type": s.scheduled,
				"life_cycle_type": s.event, "status": status, "success_num": success, "failed_num": failed, "skip_num": skipped, "time_zone": s.zone,
				"expire_time": "", "extra_params": "",
			})
		}
		return rowsAnswer(r, "tasks_records", "total_count", rows, 10)
	}
	return refusal("the task does not exist")
}

func scriptList(w *world, r request) any {
	var rows []row
	for i, name := range []string{"patch", "clean-up", "inventory", "printers", "proxy", "fonts"} {
		rows = append(rows, row{"id": fmt.Sprintf("script-%d", i+1), "name": name, "description": "", "type": []string{"POWERSHELL", "BAT", "SHELL"}[i%3],
			"version": "1", "create_time": stamp(w.born.AddDate(0, -3, i)), "update_time": stamp(w.born.AddDate(0, -1, i))})
	}
	return rowsAnswer(r, "scripts", "count", rows, 10, "id", "name", "type")
}

// execution of a script on some desktops.
type execution struct {
	id, script               string
	start, end               time.Time
	status                   string
	success, failed, skipped int
}

// executions of the last week, the newest first; none where there is nothing
// to run a script on.
func (w *world) executions(kind string) []execution {
	if len(w.desktops) == 0 {
		return nil
	}
	var all []execution
	for _, at := range slots(w.now, 2*time.Hour, 7*day) {
		n := w.dice(kind, at)
		e := execution{id: fmt.Sprintf("%s-%x", kind, at.Unix()), script: fmt.Sprintf("script-%d", 1+n%6), start: at,
			end: at.Add(time.Duration(1+n>>8%15) * time.Minute), status: "FINISH", success: int(n >> 16 % 40), skipped: int(n >> 24 % 3)}
		switch {
		case e.end.After(w.now):
			e.status, e.end = "RUNNING", time.Time{}
		case n>>32%12 == 0:
			e.status, e.failed, e.success = "FAILED", e.success+1, 0
		case n>>40%5 == 0:
			e.failed = 1
		}
		all = append(all, e)
	}
	return all
}

func (e execution) row(scripts string) row {
	return row{"id": e.id, scripts: []row{{"id": e.script, "name": e.script}}, "script_id": e.script, "start_time": stamp(e.start), "end_time": stamp(e.end),
		"status": e.status, "success_num": e.success, "failed_num": e.failed, "skip_num": e.skipped, "task_type": "SCRIPT", "task_id": e.id}
}

func scriptTaskList(w *world, r request) any {
	var rows []row
	for _, e := range w.executions("script-task") {
		one := e.row("task_scripts")
		one["resource_type"], one["resource_ids"], one["gray_resource_ids"] = "DESKTOP", []string{}, []string{}
		rows = append(rows, one)
	}
	return executionRows(r, "script_tasks", "count", rows)
}

// executionRows filters by the times of an execution and by what it was of.
func executionRows(r request, items, total string, rows []row) any {
	by := within("start_time", wholeMinute, "execute_time_start", "execute_time_end")
	for _, member := range []string{"script_id", "script_task_id", "status", "task_type", "task_id", "desktop_pool_id", "resource_id"} {
		by[member] = exactly(func(one row) string { return one.text(member) })
	}
	return filteredRows(r, items, total, rows, 10, by)
}

func scriptRecordList(w *world, r request) any {
	var rows []row
	for _, e := range w.executions("script-task") {
		for n := range e.success + e.failed {
			d := w.someDesktop(w.dice(e.id, e.start) + uint64(n))
			if d == nil {
				break
			}
			one := row{"id": fmt.Sprintf("%s-%d", e.id, n), "script_id": e.script, "script_name": e.script, "script_task_id": e.id,
				"resource_id": d.id, "resource_name": d.name, "resource_type": "DESKTOP", "start_time": stamp(e.start), "end_time": stamp(e.end),
				"status": "SUCCESS", "execute_order": 0, "result_code": "", "reason": "", "task_type": "SCRIPT"}
			if n >= e.success {
				one["status"], one["result_code"] = "FAILED", "WKS.00010032"
			}
			rows = append(rows, one)
		}
	}
	return executionRows(r, "script_records", "count", rows)
}

// poolScriptTaskList has other words for states in its filter than in its rows.
func poolScriptTaskList(w *world, r request) any {
	var rows []row
	for i, e := range w.executions("pool-script-task") {
		if len(w.pools) == 0 {
			break
		}
		p := w.pools[i%len(w.pools)]
		one := e.row("scripts")
		one["desktop_pool_id"], one["desktop_pool_name"], one["command_content"], one["command_type"] = p.id, p.name, "", "POWERSHELL"
		rows = append(rows, one)
	}
	return executionRows(r, "script_execution_tasks", "total_count", rows)
}
