package answers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// A fresh simulator has a history, and every record of it reads as documented.
func TestLoginRecords(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 1000})
	clock.Advance(time.Hour)
	now := clock.Now()
	page := simtest.Get[answers.RecordsAnswer](t, s, "/connections/desktops?limit=1000")
	if page.Total < 1000 {
		t.Fatalf("%d records after two mornings of 1000 desktops", page.Total)
	}
	kinds := map[string]int{}
	for i, r := range page.Records {
		start, err := time.Parse(query.SecondFormat, r.Start)
		if err != nil || start.After(now) {
			t.Fatalf("record %d starts at %q at %s", i, r.Start, now)
		}
		if i > 0 && r.Start > page.Records[i-1].Start {
			t.Fatalf("record %d is newer than the one before", i)
		}
		failed, isSetUp := r.Failure != "", r.Setup != nil
		ended := r.End != nil && *r.End != ""
		switch {
		case failed && (isSetUp || !ended):
			t.Errorf("failed record %+v", r)
		case isSetUp && (*r.Setup < r.Start || r.NetworkRTT == nil || *r.NetworkRTT < 1 || *r.EndToEndRTT <= *r.NetworkRTT):
			t.Errorf("record %+v", r)
		case !isSetUp && (r.NetworkRTT != nil || ended && !failed):
			t.Errorf("record without set-up %+v", r)
		case isSetUp && ended && *r.End <= *r.Setup:
			t.Errorf("record ends before its set-up %+v", r)
		}
		for kind, is := range map[string]bool{
			"failed": failed, "open": isSetUp && !ended, "ended": isSetUp && ended, "reconnect": r.Reconnect, "first": !r.Reconnect,
			"end null": r.End == nil, "end empty": r.End != nil && *r.End == "",
		} {
			if is {
				kinds[kind]++
			}
		}
	}
	for _, kind := range []string{"failed", "open", "ended", "reconnect", "first", "end null", "end empty"} {
		if kinds[kind] == 0 {
			t.Errorf("no record is %s: %v", kind, kinds)
		}
	}
}

// The list shifts while it is read: records come twice, none is lost.
func TestRecordsShiftWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 2000})
	from, to := clock.Now().Add(-time.Hour), clock.Now().Add(time.Hour)
	old := s.Truth().Projects[simtest.Project].Records
	read, seen := 0, map[string]bool{}
	for {
		page := simtest.Get[answers.RecordsAnswer](t, s, fmt.Sprintf("/connections/desktops?start_time=%s&end_time=%s&limit=50&offset=%d",
			from.Format(query.MinuteFormat), to.Format(query.MinuteFormat), read))
		for _, r := range page.Records {
			seen[r.Transaction] = true
		}
		read += len(page.Records)
		if len(page.Records) == 0 || read >= page.Total {
			break
		}
		clock.Advance(10 * time.Second)
	}
	missing := 0
	for _, r := range old {
		if !seen[r.TransactionID] && !r.Start.Before(from.Truncate(time.Minute)) {
			missing++
		}
	}
	simtest.Equal(t, "records that were there at first and were not read", missing, 0)
	if read <= len(seen) {
		t.Errorf("%d records were read, %d different ones: the list did not shift", read, len(seen))
	}
}

// Some records come late: a reader without an overlap misses them.
func TestLateRecords(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 1500, MaxRecords: 1000})
	begin := clock.Now()
	late := 0
	seen := map[string]bool{}
	for range 30 {
		clock.Advance(time.Minute)
		for _, r := range s.Truth().Projects[simtest.Project].Records {
			if r.Visible.After(clock.Now()) {
				t.Fatalf("record %s is visible before %s", r.TransactionID, r.Visible)
			}
			if !seen[r.TransactionID] && r.Start.After(begin) && r.Start.Before(clock.Now().Add(-time.Minute-time.Second)) {
				late++
			}
			seen[r.TransactionID] = true
		}
	}
	if late == 0 {
		t.Error("no record came late")
	}
}

// The cumulative counts are those of what has become visible.
func TestLogonCounts(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{Desktops: 500, MaxRecords: 1000, Speed: 30})
	count := func(truth simulator.ProjectTruth) (logons, failures int) {
		for logon, n := range truth.Logons {
			logons += n
			if logon.Failed {
				failures += n
			}
		}
		reasons := 0
		for _, n := range truth.FailureReasons {
			reasons += n
		}
		simtest.Equal(t, "failures by reason", reasons, failures)
		return logons, failures
	}
	truth := s.Truth().Projects[simtest.Project]
	logons, failures := count(truth)
	kept := len(truth.Records)
	// An hour at speed 30 is more than MaxRecords can hold.
	seen := map[string]bool{}
	for range 120 {
		for _, r := range s.Truth().Projects[simtest.Project].Records {
			seen[r.TransactionID] = true
		}
		clock.Advance(30 * time.Second)
	}
	truth = s.Truth().Projects[simtest.Project]
	for _, r := range truth.Records {
		seen[r.TransactionID] = true
	}
	more, moreFailures := count(truth)
	simtest.Equal(t, "new logons", more-logons, len(seen)-kept)
	if more <= logons || moreFailures <= failures || len(truth.Records) >= more || len(truth.Records) > 1250 {
		t.Errorf("%d logons, then %d; %d failures, then %d; %d records kept", logons, more, failures, moreFailures, len(truth.Records))
	}
}

func TestAddLoginRecord(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{})
	now := clock.Now()
	add := func(id string, start, visible time.Time) {
		s.AddLoginRecord(simtest.Project, world.LoginRecord{TransactionID: id, UserName: "zoe", TerminalType: "Toaster", Start: start, Visible: visible,
			Setup: start.Add(3 * time.Second), NetworkRTT: 5, EndToEndRTT: 9})
	}
	add("first", now.Add(-10*time.Minute), time.Time{})
	add("late", now.Add(-20*time.Minute), now.Add(time.Minute))
	add("edge", now.Truncate(time.Minute), time.Time{})
	add("", now.Add(-2*time.Second), time.Time{})
	ids := func(query string) string {
		var ids []string
		for _, r := range simtest.Get[answers.RecordsAnswer](t, s, "/connections/desktops?limit=10"+query).Records {
			ids = append(ids, r.Transaction)
		}
		return strings.Join(ids, " ")
	}
	generated := s.Truth().Projects[simtest.Project].Records[2].TransactionID
	simtest.Equal(t, "records", ids(""), generated+" edge first")
	simtest.Equal(t, "records up to a minute", ids("&start_time=2026-03-04T08:00Z&end_time=2026-03-04T09:00Z"), "edge first")
	simtest.Equal(t, "records from a minute", ids("&start_time=2026-03-04T09:00Z&end_time=2026-03-04T09:01Z"), generated+" edge")
	simtest.Equal(t, "records of a terminal", ids("&terminal_type=Toaster&min_network_rtt=9&max_network_rtt=9"), generated+" edge first")
	simtest.Equal(t, "records of another terminal", ids("&terminal_type=Fridge"), "")
	simtest.Equal(t, "logons", s.Truth().Projects[simtest.Project].Logons[world.Logon{TerminalType: "Toaster"}], 3)
	clock.Advance(time.Minute)
	simtest.Equal(t, "records with the late one", ids(""), generated+" edge first late")
	simtest.Equal(t, "logons with the late one", s.Truth().Projects[simtest.Project].Logons[world.Logon{TerminalType: "Toaster"}], 4)
	clock.Advance(30 * 24 * time.Hour)
	simtest.Equal(t, "records after 30 days", ids(""), "")
}

func TestOnlineUsers(t *testing.T) {
	t.Parallel()
	s, clock := simtest.New(simulator.Config{})
	for user, session := range map[string][2]string{
		"early": {"06:10:00", "07:59:59"},
		"long":  {"06:30:00", ""},
		"late":  {"08:59:00", ""},
	} {
		at := func(text string) time.Time {
			if text == "" {
				return time.Time{}
			}
			t, _ := time.Parse(time.DateTime, "2026-03-04 "+text)
			return t
		}
		s.AddLoginRecord(simtest.Project, world.LoginRecord{UserName: user, Start: at(session[0]), Setup: at(session[0]), End: at(session[1])})
	}
	// The same user's second session adds nobody.
	s.AddLoginRecord(simtest.Project, world.LoginRecord{UserName: "long", Start: clock.Now(), Setup: clock.Now()})
	counts := func(query string) string {
		return strings.Join(simtest.Get[answers.OnlineAnswer](t, s, "/connections/online-users?"+query).Counts, " ")
	}
	simtest.Equal(t, "today", counts("query_type=DAY"), "00:0 01:0 02:0 03:0 04:0 05:0 06:2 07:2 08:2 09:2")
	simtest.Equal(t, "some hours", counts("start_time=2026-03-04T05:30Z&end_time=2026-03-04T07:00Z"), "05:0 06:2 07:2")
	simtest.Equal(t, "some days", counts("start_time=2026-03-03T05:30Z&end_time=2026-03-04T07:00Z"), "2026-03-03:0 2026-03-04:2")
	simtest.Equal(t, "query_type goes first", counts("query_type=DAY&start_time=2026-03-03T05:30Z&end_time=2026-03-04T07:00Z"), counts("query_type=DAY"))
	simtest.Equal(t, "a week", counts("query_type=WEEK"), "2026-02-26:0 2026-02-27:0 2026-02-28:0 2026-03-01:0 2026-03-02:0 2026-03-03:0 2026-03-04:3")
	simtest.Equal(t, "days of a month", len(strings.Fields(counts("query_type=MONTH"))), 30)
	simtest.Equal(t, "truth", s.Truth().Projects[simtest.Project].OnlineUsers, 2)
}
