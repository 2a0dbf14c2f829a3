package operations

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// scheduledRun is the newest run of a scheduled task.
type scheduledRun struct {
	TaskID   string           `json:"task_id"`
	TaskType string           `json:"task_type"`
	Start    time.Time        `json:"start"`
	Success  apiclient.Number `json:"success"`
	Failed   apiclient.Number `json:"failed"`
	Skipped  apiclient.Number `json:"skipped"`
}

func scheduledTaskRecordsArea() area.Collector {
	return area.Declaration[[]scheduledRun]{
		Name:     "scheduled_task_records",
		Help:     "The newest run of every enabled scheduled task: when it was and for how many desktops it worked. One call for each task.",
		Interval: 10 * time.Minute,
		Calls:    []area.Call{callTasks, area.CallEach(apiclient.ListScheduledTasksRecords, area.ScheduledTasks)},
		Series:   area.Series(0, area.Per{area.ScheduledTasks: 4}),
		Fetch:    fetchScheduledTaskRecords,
		Sample:   sampleScheduledTaskRecords,
		Families: []area.Family[[]scheduledRun]{
			{
				Name: "scheduled_task_last_run_timestamp_seconds",
				Help: "When the newest run of the enabled scheduled task began, as Unix time.",
				Type: area.Gauge, Labels: []string{"task_id", "task_type"},
				Map: area.Each(func(r scheduledRun, put area.Put) { put.Value(area.UnixSeconds(r.Start), r.TaskID, r.TaskType) }),
			},
			{
				Name: "scheduled_task_last_run_desktops",
				Help: "Number of desktops of the newest run of the enabled scheduled task by result; a run can be a success and still have failed for some desktops.",
				Type: area.Gauge, Labels: []string{"task_id", "task_type", "result"},
				Map: area.Each(func(r scheduledRun, put area.Put) {
					put.Number(r.Success, r.TaskID, r.TaskType, "success")
					put.Number(r.Failed, r.TaskID, r.TaskType, "failed")
					put.Number(r.Skipped, r.TaskID, r.TaskType, "skipped")
				}),
			},
		},
	}
}

func fetchScheduledTaskRecords(ctx context.Context, in area.Input, _ []scheduledRun) ([]scheduledRun, error) {
	tasks, err := listScheduledTasks(ctx, in)
	if err != nil {
		return nil, err
	}
	enabled := slices.DeleteFunc(tasks, func(t scheduledTask) bool { on, told := t.Enabled.Value(); return told && on == 0 })
	runs, err := decode.Each(in, apiclient.ListScheduledTasksRecords, enabled, decode.ObjectMissing,
		func(t scheduledTask) (scheduledRun, error) { return newestRun(ctx, in, t) })
	if err != nil {
		return nil, err
	}
	known, odd := make([]scheduledRun, 0, len(runs)), 0
	for _, r := range runs {
		switch {
		case !r.Start.IsZero():
			known = append(known, r)
		case r.TaskID != "":
			odd++
		}
	}
	in.Skip(odd, "tasks_records[].start_time", "absent, or of a zone that is not known")
	return known, nil
}

// sampleScheduledTaskRecords asks for the runs of a task, enabled or not.
func sampleScheduledTaskRecords(ctx context.Context, in area.Input) error {
	tasks, err := listScheduledTasks(ctx, in)
	if err != nil || len(tasks) == 0 {
		return err
	}
	_, _, err = taskRecords(ctx, in, tasks[0], 0)
	return err
}

// newestRun returns the run that began last. The order of the records is
// undocumented: the first page has it if the newest come first or all fit,
// else it is on the last one.
func newestRun(ctx context.Context, in area.Input, task scheduledTask) (scheduledRun, error) {
	size := apiclient.ListScheduledTasksRecords.Page.Size
	records, total, err := taskRecords(ctx, in, task, 0)
	if err != nil {
		return scheduledRun{}, err
	}
	if n := len(records); n > 0 && n < total && records[0].Start.Before(records[n-1].Start) {
		last, _, err := taskRecords(ctx, in, task, max(total-size, n))
		if err != nil {
			return scheduledRun{}, err
		}
		records = append(records, last...)
	}
	if len(records) == 0 {
		return scheduledRun{}, nil
	}
	return slices.MaxFunc(records, func(a, b scheduledRun) int { return a.Start.Compare(b.Start) }), nil
}

// taskRecords reads one page of the runs of a task, and how many there are.
func taskRecords(ctx context.Context, in area.Input, task scheduledTask, offset int) ([]scheduledRun, int, error) {
	e := apiclient.ListScheduledTasksRecords
	answer, err := decode.Get[struct {
		Records *[]struct {
			Start    apiclient.Text   `json:"start_time"`
			Success  apiclient.Number `json:"success_num"`
			Failed   apiclient.Number `json:"failed_num"`
			Skipped  apiclient.Number `json:"skip_num"`
			TimeZone apiclient.Text   `json:"time_zone"`
		} `json:"tasks_records"`
		Total apiclient.Number `json:"total_count"`
	}](ctx, in, apiclient.Request{
		Endpoint: e, Path: map[string]string{"task_id": task.ID},
		Query: url.Values{"limit": {strconv.Itoa(e.Page.Size)}, "offset": {strconv.Itoa(offset)}},
	})
	if err != nil {
		return nil, 0, err
	}
	total, _ := answer.Total.Value()
	if answer.Records == nil {
		if _, sent := answer.Total.Value(); sent && int(total) <= offset {
			return nil, 0, nil
		}
		return nil, 0, decode.Malformed(e, "answer has no member `tasks_records`")
	}
	runs := make([]scheduledRun, 0, len(*answer.Records))
	for _, r := range *answer.Records {
		runs = append(runs, scheduledRun{
			TaskID: task.ID, TaskType: task.Type, Success: r.Success, Failed: r.Failed, Skipped: r.Skipped,
			Start: decode.ZonedTime(r.Start, cmp.Or(r.TimeZone, apiclient.Text(task.TimeZone))),
		})
	}
	return runs, int(min(total, 1<<30)), nil
}
