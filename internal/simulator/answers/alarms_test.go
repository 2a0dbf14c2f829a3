package answers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Alarms rise, are listed in every state, and end as ok or invalid.
func TestAlarms(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 1500, MaxRecords: 100})
	states := map[string]map[string]bool{}
	levels := map[int]bool{}
	for range 8 * 20 {
		clock.Advance(3 * time.Minute)
		for _, a := range s.Truth().Projects[simtest.Project].Alarms {
			if states[a.RecordID] == nil {
				states[a.RecordID] = map[string]bool{}
			}
			if was := states[a.RecordID]; a.Status == world.AlarmActive && (was[world.AlarmOK] || was[world.AlarmInvalid]) {
				t.Fatalf("record %s was over and is active again", a.RecordID)
			}
			states[a.RecordID][a.Status] = true
			levels[a.Level] = true
		}
	}
	risen, cleared, invalid := 0, 0, 0
	for _, seen := range states {
		if seen[world.AlarmActive] {
			risen++
			if seen[world.AlarmOK] {
				cleared++
			}
			if seen[world.AlarmInvalid] {
				invalid++
			}
		}
	}
	if risen < 50 || cleared < 30 || invalid == 0 || len(levels) != 4 {
		t.Errorf("%d risen, %d cleared, %d invalid, levels %v", risen, cleared, invalid, levels)
	}
	alarmsAgree(t, s)
	s.SetDesktops(0)
	alarmsAgree(t, s)
	if active := s.Truth().Projects[simtest.Project].ActiveAlarms(); len(active) != 0 {
		t.Errorf("an empty fleet has active alarms: %v", active)
	}
	clock.Advance(10 * time.Hour)
	alarmsAgree(t, s)
}

// alarmsAgree compares list, statistics and truth.
func alarmsAgree(t *testing.T, s *simulator.Simulator) {
	t.Helper()
	truth := s.Truth().Projects[simtest.Project]
	var all []answers.AlarmHistory
	for {
		page := simtest.Get[answers.AlarmListAnswer](t, s, fmt.Sprintf("/alarms?limit=100&offset=%d", len(all)))
		all = append(all, page.Histories...)
		if len(all) >= page.Count || len(page.Histories) == 0 {
			break
		}
	}
	simtest.Equal(t, "records", len(all), len(truth.Alarms))
	active := map[int]int{}
	for i, a := range all {
		if i > 0 && a.Begin > all[i-1].Begin {
			t.Errorf("record %d is newer than the one before", i)
		}
		if a.Status == world.AlarmActive {
			active[a.Level]++
		}
		if (a.Type == "EVENT.SYS") != (a.Info != nil && a.Points == nil) {
			t.Errorf("alarm %+v", a)
		}
	}
	stats := simtest.Get[answers.AlarmStatisticsAnswer](t, s, "/statistics/alarms")
	records := truth.AlarmRecords()
	simtest.Equal(t, "statistics", stats, answers.AlarmStatisticsAnswer{records[1], records[2], records[3], records[4], len(all)})
	for level := 1; level <= 4; level++ {
		simtest.Equal(t, "active", active[level], truth.ActiveAlarms()[level])
		simtest.Equal(t, "records of a level", simtest.Get[answers.AlarmListAnswer](t, s, fmt.Sprintf("/alarms?level=%d", level)).Count, records[level])
	}
}
