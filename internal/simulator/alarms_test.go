package simulator

import (
	"fmt"
	"testing"
	"time"
)

// Alarms rise, are listed in every state, and end as ok or invalid.
func TestAlarms(t *testing.T) {
	t.Parallel()
	s, clock := newOpen(Config{Desktops: 1500, MaxRecords: 100})
	states := map[string]map[string]bool{}
	levels := map[int]bool{}
	for range 8 * 20 {
		clock.advance(3 * time.Minute)
		for _, a := range s.Truth().Projects[testProject].Alarms {
			if states[a.RecordID] == nil {
				states[a.RecordID] = map[string]bool{}
			}
			if was := states[a.RecordID]; a.Status == alarmActive && (was[alarmOK] || was[alarmInvalid]) {
				t.Fatalf("record %s was over and is active again", a.RecordID)
			}
			states[a.RecordID][a.Status] = true
			levels[a.Level] = true
		}
	}
	risen, cleared, invalid := 0, 0, 0
	for _, seen := range states {
		if seen[alarmActive] {
			risen++
			if seen[alarmOK] {
				cleared++
			}
			if seen[alarmInvalid] {
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
	if active := s.Truth().Projects[testProject].ActiveAlarms(); len(active) != 0 {
		t.Errorf("an empty fleet has active alarms: %v", active)
	}
	clock.advance(10 * time.Hour)
	alarmsAgree(t, s)
}

// alarmsAgree compares list, statistics and truth.
func alarmsAgree(t *testing.T, s *Simulator) {
	t.Helper()
	truth := s.Truth().Projects[testProject]
	var all []alarmHistory
	for {
		page := get[alarmListAnswer](t, s, fmt.Sprintf("/alarms?limit=100&offset=%d", len(all)))
		all = append(all, page.Histories...)
		if len(all) >= page.Count || len(page.Histories) == 0 {
			break
		}
	}
	is(t, "records", len(all), len(truth.Alarms))
	active := map[int]int{}
	for i, a := range all {
		if i > 0 && a.Begin > all[i-1].Begin {
			t.Errorf("record %d is newer than the one before", i)
		}
		if a.Status == alarmActive {
			active[a.Level]++
		}
		if (a.Type == "EVENT.SYS") != (a.Info != nil && a.Points == nil) {
			t.Errorf("alarm %+v", a)
		}
	}
	stats := get[alarmStatisticsAnswer](t, s, "/statistics/alarms")
	records := truth.AlarmRecords()
	is(t, "statistics", stats, alarmStatisticsAnswer{records[1], records[2], records[3], records[4], len(all)})
	for level := 1; level <= 4; level++ {
		is(t, "active", active[level], truth.ActiveAlarms()[level])
		is(t, "records of a level", get[alarmListAnswer](t, s, fmt.Sprintf("/alarms?level=%d", level)).Count, records[level])
	}
}
