package collector

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// scheduledTask is a task that the service runs by itself.
type scheduledTask struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Type       string           `json:"type"`
	Scheduled  string           `json:"scheduled"`
	LifeCycle  string           `json:"life_cycle"`
	TimeZone   string           `json:"time_zone"`
	Enabled    apiclient.Number `json:"enabled"`
	LastStatus string           `json:"last_status"`
	Next       time.Time        `json:"next"`
}

func scheduledTasksArea() Collector {
	return Area[[]scheduledTask]{
		Name:     "scheduled_tasks",
		Help:     "Scheduled tasks, such as switching desktops on in the morning: whether they are enabled, how the last run ended and when the next is due.",
		Interval: 5 * time.Minute,
		Calls:    []Call{callTasks},
		Series:   series(0, per{ScheduledTasks: 6}),
		Fetch: func(ctx context.Context, in Input, _ []scheduledTask) ([]scheduledTask, error) {
			return listScheduledTasks(ctx, in)
		},
		Families: []Family[[]scheduledTask]{
			{
				Name: "scheduled_task_info",
				Help: "Properties of the scheduled task, always 1; join on task_id to show its name beside other metrics.",
				Type: Gauge, Labels: []string{"task_id", "task", "task_type", "scheduled_type", "life_cycle_type", "time_zone"},
				Map: each(func(t scheduledTask, put Put) {
					put.Value(1, t.ID, t.Name, t.Type, t.Scheduled, t.LifeCycle, t.TimeZone)
				}),
			},
			{
				Name: "scheduled_task_enabled",
				Help: "Whether the scheduled task will run: 1 if it is enabled, 0 if not.",
				Type: Gauge, Labels: []string{"task_id", "task_type"},
				Map: each(func(t scheduledTask, put Put) { put.Number(t.Enabled, t.ID, t.Type) }),
			},
			{
				Name: "scheduled_task_last_status",
				Help: "How the last run of the scheduled task ended, 1 for the status that it ended with and 0 for the others; a task that never ran has no series.",
				Type: Gauge, Labels: []string{"task_id", "task_type", "status"},
				Map: each(func(t scheduledTask, put Put) { putState(put, scheduledTaskStates, t.LastStatus, t.ID, t.Type) }),
			},
			{
				Name: "scheduled_task_next_execution_timestamp_seconds",
				Help: "When the scheduled task is due next, as Unix time; a time in the past means that it was missed.",
				Type: Gauge, Labels: []string{"task_id", "task_type"},
				Map: each(func(t scheduledTask, put Put) {
					if !t.Next.IsZero() {
						put.Value(unixSeconds(t.Next), t.ID, t.Type)
					}
				}),
			},
		},
	}
}

// scheduledTaskAnswer is an entry of ListScheduledTasks.
type scheduledTaskAnswer struct {
	ID         apiclient.Text `json:"id"`
	Name       apiclient.Text `json:"task_name"`
	Type       apiclient.Text `json:"task_type"`
	Scheduled  apiclient.Text `json:"scheduled_type"`
	LifeCycle  apiclient.Text `json:"life_cycle_type"`
	LastStatus apiclient.Text `json:"last_status"`
	Next       apiclient.Text `json:"next_execution_time"`
	Enabled    apiclient.Text `json:"enable"`
	TimeZone   apiclient.Text `json:"time_zone"`
}

// callTasks are the calls of listScheduledTasks.
var callTasks = Call{
	Endpoint: apiclient.ListScheduledTasks, Says: fmt.Sprintf("2, and 1 for each further %d tasks", apiclient.ListScheduledTasks.Page.Size),
	Of: func(l Load) float64 {
		return 1 + pages(l.Fleet[ScheduledTasks], apiclient.ListScheduledTasks.Page.Size)
	},
}

// listScheduledTasks reads the list twice: tasks that an event starts are
// listed only for whoever asks for them (page of ListScheduledTasks).
func listScheduledTasks(ctx context.Context, in Input) ([]scheduledTask, error) {
	e := apiclient.ListScheduledTasks
	tasks, seen := []scheduledTask{}, map[string]bool{}
	for _, query := range []url.Values{{}, {"scheduled_type": {"LIFE_CYCLE"}}} {
		answers, err := apiclient.List(ctx, in.API, apiclient.Request{Endpoint: e, Query: query},
			func(a scheduledTaskAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, err
		}
		for _, a := range answers {
			if a.ID == "" {
				return nil, malformed(e, "an entry of `scheduled_tasks` has no `id`")
			}
			if seen[string(a.ID)] {
				continue
			}
			seen[string(a.ID)] = true
			tasks = append(tasks, scheduledTask{
				ID: string(a.ID), Name: string(a.Name), Type: string(a.Type), Scheduled: string(a.Scheduled),
				LifeCycle: string(a.LifeCycle), TimeZone: string(a.TimeZone), Enabled: switched(a.Enabled),
				LastStatus: string(a.LastStatus), Next: zonedTime(a.Next, a.TimeZone),
			})
		}
	}
	return tasks, nil
}
