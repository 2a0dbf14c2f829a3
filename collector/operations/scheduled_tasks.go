package operations

import (
	"context"
	"time"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

func scheduledTasksArea() area.Collector {
	return area.Declaration[[]scheduledTask]{
		Name:     "scheduled_tasks",
		Help:     "Scheduled tasks, such as switching desktops on in the morning: whether they are enabled, how the last run ended and when the next is due.",
		Interval: 5 * time.Minute,
		Calls:    []area.Call{callTasks},
		Series:   area.Series(0, area.Per{area.ScheduledTasks: 6}),
		Fetch: func(ctx context.Context, in area.Input, _ []scheduledTask) ([]scheduledTask, error) {
			return listScheduledTasks(ctx, in)
		},
		Families: []area.Family[[]scheduledTask]{
			{
				Name: "scheduled_task_info",
				Help: "Properties of the scheduled task, always 1; join on task_id to show its name beside other metrics.",
				Type: area.Gauge, Labels: []string{"task_id", "task", "task_type", "scheduled_type", "life_cycle_type", "time_zone"},
				Map: area.Each(func(t scheduledTask, put area.Put) {
					put.Value(1, t.ID, t.Name, t.Type, t.Scheduled, t.LifeCycle, t.TimeZone)
				}),
			},
			{
				Name: "scheduled_task_enabled",
				Help: "Whether the scheduled task will run: 1 if it is enabled, 0 if not.",
				Type: area.Gauge, Labels: []string{"task_id", "task_type"},
				Map: area.Each(func(t scheduledTask, put area.Put) { put.Number(t.Enabled, t.ID, t.Type) }),
			},
			{
				Name: "scheduled_task_last_status",
				Help: "How the last run of the scheduled task ended, 1 for the status that it ended with and 0 for the others; a task that never ran has no series.",
				Type: area.Gauge, Labels: []string{"task_id", "task_type", "status"},
				Map: area.Each(func(t scheduledTask, put area.Put) {
					area.PutState(put, scheduledTaskStates, t.LastStatus, t.ID, t.Type)
				}),
			},
			{
				Name: "scheduled_task_next_execution_timestamp_seconds",
				Help: "When the scheduled task is due next, as Unix time; a time in the past means that it was missed.",
				Type: area.Gauge, Labels: []string{"task_id", "task_type"},
				Map: area.Each(func(t scheduledTask, put area.Put) {
					if !t.Next.IsZero() {
						put.Value(area.UnixSeconds(t.Next), t.ID, t.Type)
					}
				}),
			},
		},
	}
}
