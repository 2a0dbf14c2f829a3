package world

import (
	"fmt"
	"time"
)

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
