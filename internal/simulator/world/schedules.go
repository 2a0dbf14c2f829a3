package world

import (
	"fmt"
	"time"
)

// LifeCycle is the kind of task that an event starts.
const LifeCycle = "LIFE_CYCLE"

// shanghai is fixed: the simulator needs no zone database.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// Schedule is a scheduled task; hour is that of its zone.
type Schedule struct {
	Name, Kind, Scheduled, Event, Zone string
	hour                               int
	Off                                bool
}

// Schedules are all scheduled tasks.
func Schedules() []Schedule {
	return []Schedule{
		{Name: "morning start", Kind: "START", Scheduled: "DAY", Zone: "Asia/Shanghai", hour: 7},
		{Name: "night stop", Kind: "STOP", Scheduled: "DAY", Zone: "Asia/Shanghai", hour: 20},
		{Name: "nightly snapshot", Kind: "CREATE_SNAPSHOT", Scheduled: "DAY", Zone: "UTC", hour: 1},
		{Name: "weekly reboot", Kind: "REBOOT", Scheduled: "WEEK", Zone: "Asia/Shanghai", hour: 3},
		{Name: "patches", Kind: "EXECUTE_SCRIPT", Scheduled: "DAY", Zone: "UTC", hour: 2},
		{Name: "old rebuild", Kind: "REBUILD", Scheduled: "MONTH", Zone: "UTC", hour: 5, Off: true},
		{Name: "idle hibernation", Kind: "HIBERNATE", Scheduled: LifeCycle, Event: "POST_DESKTOP_DISCONNECTED", Zone: "Asia/Shanghai"},
	}
}

func (s Schedule) location() *time.Location {
	if s.Zone == "UTC" {
		return time.UTC
	}
	return shanghai
}

// Runs are the starts of the last runs, the newest first.
func (s Schedule) Runs(now time.Time) []time.Time {
	if s.Off {
		return nil
	}
	period, n := Day, 130
	if s.Scheduled == "WEEK" {
		period, n = 7*Day, 20
	}
	local := now.In(s.location())
	at := time.Date(local.Year(), local.Month(), local.Day(), s.hour, 0, 0, 0, s.location())
	if at.After(now) {
		at = at.Add(-Day)
	}
	var all []time.Time
	for ; len(all) < n; at = at.Add(-period) {
		all = append(all, at)
	}
	return all
}

// RunOutcome of a run: every third loses a desktop, and one in ten fails. Where
// there is nothing to do, nothing can.
func (w *World) RunOutcome(s Schedule, at time.Time) (status string, success, failed, skipped int) {
	n := w.RandomAt(s.Name, at)
	success = len(w.Desktops) / 2
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

// Execution of a script on some desktops.
type Execution struct {
	ID, Script               string
	Start, End               time.Time
	Status                   string
	Success, Failed, Skipped int
}

// Executions of the last week, the newest first; none where there is nothing
// to run a script on.
func (w *World) Executions(kind string) []Execution {
	if len(w.Desktops) == 0 {
		return nil
	}
	var all []Execution
	for _, at := range Periods(w.Now, 2*time.Hour, 7*Day) {
		n := w.RandomAt(kind, at)
		e := Execution{ID: fmt.Sprintf("%s-%x", kind, at.Unix()), Script: fmt.Sprintf("script-%d", 1+n%6), Start: at,
			End: at.Add(time.Duration(1+n>>8%15) * time.Minute), Status: "FINISH", Success: int(n >> 16 % 40), Skipped: int(n >> 24 % 3)}
		switch {
		case e.End.After(w.Now):
			e.Status, e.End = "RUNNING", time.Time{}
		case n>>32%12 == 0:
			e.Status, e.Failed, e.Success = "FAILED", e.Success+1, 0
		case n>>40%5 == 0:
			e.Failed = 1
		}
		all = append(all, e)
	}
	return all
}
