package operations

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
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

// scheduledTaskAnswer is an entry of ListScheduledTasks.
type scheduledTaskAnswer struct {
	ID         apiclient.Text `json:"id"`
	Name       apiclient.Text `json:"task_name"`
	Type       apiclient.Text `json:"task_type"`
	Scheduled  apiclient.Text `json:"scheduled_type"`
	LifeCycle  apiclient.Text `json:"life_cycle_type"`
	LastStatus apiclient.Text `json:"last_status"`
	Next       apiclient.Text `json:"next_execution_time"`
	Enabled    apiclient.Text `json:"enable" sent:"always"`
	TimeZone   apiclient.Text `json:"time_zone"`
}

// callTasks are the calls of listScheduledTasks.
var callTasks = area.Call{
	Endpoint: apiclient.ListScheduledTasks, Says: fmt.Sprintf("2, and 1 for each further %d tasks", apiclient.ListScheduledTasks.Page.Size),
	Of: func(l area.Load) float64 {
		return 1 + area.Pages(l.Fleet[area.ScheduledTasks], apiclient.ListScheduledTasks.Page.Size)
	},
}

// listScheduledTasks reads the list twice: tasks that an event starts are
// listed only for whoever asks for them (page of ListScheduledTasks).
func listScheduledTasks(ctx context.Context, in area.Input) ([]scheduledTask, error) {
	tasks, seen := []scheduledTask{}, map[string]bool{}
	for _, query := range []url.Values{{}, {"scheduled_type": {"LIFE_CYCLE"}}} {
		answers, err := decode.ListOf(ctx, in, apiclient.Request{Endpoint: apiclient.ListScheduledTasks, Query: query}, "id",
			func(a scheduledTaskAnswer) string { return string(a.ID) })
		if err != nil {
			return nil, err
		}
		for _, a := range answers {
			if seen[string(a.ID)] {
				continue
			}
			seen[string(a.ID)] = true
			next := decode.ZonedTime(a.Next, a.TimeZone)
			if a.Next != "" && next.IsZero() {
				in.Skip(1, "scheduled_tasks[].next_execution_time", "of a zone that is not known")
			}
			tasks = append(tasks, scheduledTask{
				ID: string(a.ID), Name: string(a.Name), Type: string(a.Type), Scheduled: string(a.Scheduled),
				LifeCycle: string(a.LifeCycle), TimeZone: string(a.TimeZone), Enabled: decode.Switch(a.Enabled),
				LastStatus: decode.State(a.LastStatus, scheduledTaskStates), Next: next,
			})
		}
	}
	return tasks, nil
}

// scheduledTaskStates are those of the SDK.
var scheduledTaskStates = []string{"SUCCESS", "SKIP", "FAIL"}
