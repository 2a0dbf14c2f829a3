package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// ago and in are times around noon.
func ago(d time.Duration) time.Time { return areatest.Noon.Add(-d) }

func in(d time.Duration) time.Time { return areatest.Noon.Add(d) }

func TestFirstPollCountsNothing(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon,
		accessRecord{id: "open", terminal: "Windows", start: ago(3 * time.Hour), setup: ago(3*time.Hour - 4*time.Second), end: in(time.Hour), rtt: 12, e2e: 30},
		accessRecord{id: "over", terminal: "Linux", start: ago(5 * time.Minute), setup: ago(5*time.Minute - time.Second), end: ago(time.Minute), rtt: 12},
		accessRecord{id: "failed", terminal: "Linux", start: ago(5 * time.Minute), reason: "WKS.1"},
		accessRecord{id: "pending", terminal: "Mac", start: ago(time.Minute), setup: in(10 * time.Second), end: in(2 * time.Hour), rtt: 12, rttAt: in(time.Minute)},
		accessRecord{id: "pending-fails", terminal: "Mac", start: ago(time.Minute), reason: "WKS.2", reasonAt: in(10 * time.Second)},
	))
	f.at(areatest.Noon)
	// A client system that was seen has all its series.
	zero := map[string]string{}
	for _, terminal := range []string{"Windows", "Linux"} {
		for _, reconnect := range []string{"false", "true"} {
			for _, result := range []string{"success", "failure"} {
				zero[fmt.Sprintf("connections_total{reconnect=%q,result=%q,terminal_type=%q}", reconnect, result, terminal)] = "0"
			}
		}
	}
	f.want("connections_total", zero)
	f.want("connection_failures_total", map[string]string{
		`connection_failures_total{reason="WKS.1"}`: "0", `connection_failures_total{reason="other"}`: "0",
	})
	f.want("connection_setup_duration_seconds", map[string]string{"connection_setup_duration_seconds_count": "0", "connection_setup_duration_seconds_sum": "0"})

	for d := time.Minute; d < 3*time.Hour; d += time.Minute {
		f.at(in(d))
	}
	f.want("connections_total", zero)
	// The sessions that were open at the first poll have ended since.
	want := map[string]int{"sessions": 2}
	if got := f.counts(); !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestPiecesAreCountedOnce(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.server.records = []accessRecord{{
		id: "tx", terminal: "Windows", start: in(30 * time.Second), setup: in(90 * time.Second), end: in(40 * time.Minute),
		rtt: 250, e2e: 0, rttAt: in(3 * time.Minute),
	}}
	for _, step := range []struct {
		after time.Duration
		want  map[string]int
	}{
		{time.Minute, map[string]int{}},
		{2 * time.Minute, map[string]int{"success": 1, "setup": 1}},
		{3 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1}},
		{4 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1}},
		{20 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1}},
		{41 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1, "sessions": 1}},
		{42 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1, "sessions": 1}},
		{90 * time.Minute, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1, "sessions": 1}},
	} {
		f.at(in(step.after))
		if got := f.counts(); !maps.Equal(got, step.want) {
			t.Errorf("after %s counted %v, want %v", step.after, got, step.want)
		}
	}
	f.want("session_duration", map[string]string{"session_duration_seconds_count": "1", "session_duration_seconds_sum": "2310"})
	f.want("connection_rtt", map[string]string{"connection_rtt_seconds_count": "1", "connection_rtt_seconds_sum": "0.25"})
	f.want("connection_setup", map[string]string{"connection_setup_duration_seconds_count": "1", "connection_setup_duration_seconds_sum": "60"})
}

// TestResults reads one record of the first minutes and expects a result.
func TestResults(t *testing.T) {
	t.Parallel()
	start := in(time.Minute)
	at := start.Add
	for name, c := range map[string]struct {
		record accessRecord
		// first and last are counted after a minute and after 5.
		first, last map[string]int
	}{
		"set up": {
			accessRecord{setup: at(4 * time.Second), rtt: 5, e2e: 6},
			map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1}, map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1},
		},
		"failed": {
			accessRecord{reason: "WKS.1", rtt: 5, e2e: 6},
			map[string]int{"failure": 1, "reasons": 1}, map[string]int{"failure": 1, "reasons": 1},
		},
		"failed after a set-up": {
			accessRecord{reason: "WKS.1", setup: at(4 * time.Second)},
			map[string]int{"failure": 1, "reasons": 1}, map[string]int{"failure": 1, "reasons": 1},
		},
		"reason comes late": {
			accessRecord{reason: "WKS.1", reasonAt: at(90 * time.Second)},
			map[string]int{}, map[string]int{"failure": 1, "reasons": 1},
		},
		"reason comes too late": {
			accessRecord{reason: "WKS.1", reasonAt: at(150 * time.Second)},
			map[string]int{}, map[string]int{"success": 1},
		},
		"neither set-up nor reason": {
			accessRecord{}, map[string]int{}, map[string]int{"success": 1},
		},
		"ended without a set-up time": {
			accessRecord{end: at(30 * time.Second)}, map[string]int{"success": 1}, map[string]int{"success": 1},
		},
		"blank reason": {
			accessRecord{reason: "  ", setup: at(time.Second)}, map[string]int{"success": 1, "setup": 1}, map[string]int{"success": 1, "setup": 1},
		},
		"round-trip time 0, none of the other": {
			accessRecord{setup: at(time.Second), rtt: 0, e2e: -1},
			map[string]int{"success": 1, "setup": 1, "rtt": 1}, map[string]int{"success": 1, "setup": 1, "rtt": 1},
		},
		"absurd times": {
			accessRecord{setup: at(-time.Second), end: at(-time.Minute), rtt: 1e12},
			map[string]int{"success": 1}, map[string]int{"success": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := follow(t, newRecordServer(t, areatest.Noon))
			f.at(areatest.Noon)
			c.record.id, c.record.start = "tx", start
			f.server.records = []accessRecord{c.record}
			for after, want := range map[time.Duration]map[string]int{time.Minute: c.first, 5 * time.Minute: c.last} {
				f := *f
				for d := time.Minute; d <= after; d += time.Minute {
					f.at(at(d))
				}
				if got := f.counts(); !maps.Equal(got, want) {
					t.Errorf("after %s counted %v, want %v", after, got, want)
				}
			}
		})
	}
}

func TestLateRecords(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.server.records = []accessRecord{
		{id: "late", start: in(time.Minute), appears: in(15 * time.Minute), setup: in(time.Minute)},
		{id: "from before the first poll", start: ago(time.Minute), appears: in(time.Minute), setup: ago(time.Minute)},
		{id: "too late", start: in(time.Minute), appears: in(20 * time.Minute), setup: in(time.Minute)},
	}
	for d := time.Minute; d < time.Hour; d += time.Minute {
		f.at(in(d))
	}
	if got := f.counts()["success"]; got != 2 {
		t.Errorf("counted %d connections, want 2", got)
	}
}

// TestOutage fails polls for hours, some of them at a late page.
func TestOutage(t *testing.T) {
	t.Parallel()
	server := newRecordServer(t, areatest.Noon)
	server.rows = 10
	f := follow(t, server)
	f.at(areatest.Noon)
	for i := range 300 {
		start := in(time.Duration(i) * time.Minute)
		server.records = append(server.records, accessRecord{
			id: fmt.Sprint(i), start: start, setup: start.Add(time.Second), end: start.Add(10 * time.Minute),
		})
	}
	for d := time.Minute; d < 5*time.Hour; d += time.Minute {
		server.clock = in(d)
		minutes := int(d / time.Minute)
		server.failAfter = min(minutes%20, minutes/10)
		if f.poll() {
			t.Fatalf("the poll after %s went well", d)
		}
	}
	server.failAfter = -1
	f.at(in(6 * time.Hour))
	if got := f.counts(); got["success"] != 300 || got["setup"] != 300 || got["sessions"] != 300 {
		t.Errorf("counted %v, want 300 of each", got)
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	server := newRecordServer(t, areatest.Noon)
	f := follow(t, server)
	for _, step := range []struct {
		at   time.Time
		want []string
	}{
		{areatest.Noon, []string{"01-01 12:00 to 01-02 12:01"}},
		{in(time.Minute), []string{"01-02 11:45 to 01-02 12:02"}},
		{in(10 * time.Minute), []string{"01-02 11:46 to 01-02 12:11"}},
		// The clock of this machine is set back; the range does not turn round.
		{ago(15 * time.Minute), []string{"01-02 11:55 to 01-02 11:56"}},
		{in(20 * time.Minute), []string{"01-02 11:55 to 01-02 12:21"}},
	} {
		f.at(step.at)
		if got := ranges(t, server); !slices.Equal(got, step.want) {
			t.Errorf("at %s asked for %q, want %q", step.at, got, step.want)
		}
	}
}

func ranges(t *testing.T, s *recordServer) []string {
	t.Helper()
	got := make([]string, 0, len(s.queries))
	for _, q := range s.queries {
		const layout = "01-02 15:04"
		got = append(got, s.minute(q.Get("start_time")).Format(layout)+" to "+s.minute(q.Get("end_time")).Format(layout))
	}
	return got
}

// TestSweep looks at which hours are read again for sessions that are open.
func TestSweep(t *testing.T) {
	t.Parallel()
	open := func(id string, start time.Time) accessRecord {
		return accessRecord{id: id, start: start, setup: start.Add(time.Second), end: in(time.Hour)}
	}
	day := areatest.Noon.Truncate(24 * time.Hour)
	server := newRecordServer(t, areatest.Noon,
		open("1", day.Add(2*time.Hour+10*time.Minute)), open("2", day.Add(2*time.Hour+50*time.Minute)),
		open("3", day.Add(3*time.Hour+5*time.Minute)), open("4", day.Add(7*time.Hour+5*time.Minute)),
		open("5", day.Add(11*time.Hour+30*time.Minute)), open("6", day.Add(11*time.Hour+55*time.Minute)),
		accessRecord{id: "over", start: day.Add(9 * time.Hour), setup: day.Add(9 * time.Hour), end: day.Add(10 * time.Hour)},
		accessRecord{id: "failed", start: day.Add(10 * time.Hour), reason: "WKS.1"},
	)
	f := follow(t, server)
	f.at(areatest.Noon)
	f.at(in(4 * time.Minute))
	if got := ranges(t, server); len(got) != 1 {
		t.Errorf("swept too early: %q", got)
	}
	f.at(in(5 * time.Minute))
	want := []string{"01-02 11:49 to 01-02 12:06", "01-02 02:00 to 01-02 04:00", "01-02 07:00 to 01-02 08:00", "01-02 11:00 to 01-02 11:49"}
	if got := ranges(t, server); !slices.Equal(got, want) {
		t.Errorf("swept %q, want %q", got, want)
	}
	f.at(in(9 * time.Minute))
	if got := ranges(t, server); len(got) != 1 {
		t.Errorf("swept too early again: %q", got)
	}
	f.at(in(65 * time.Minute))
	f.at(in(70 * time.Minute))
	if got := ranges(t, server); len(got) != 1 {
		t.Errorf("no session is open, yet swept %q", got)
	}
	if got := f.counts(); got["sessions"] != 6 || got["success"] != 0 {
		t.Errorf("counted %v, want 6 sessions", got)
	}
}

func TestSweepFailsWhole(t *testing.T) {
	t.Parallel()
	server := newRecordServer(t, areatest.Noon, accessRecord{id: "1", start: ago(2 * time.Hour), setup: ago(2 * time.Hour), end: in(time.Minute)})
	f := follow(t, server)
	f.at(areatest.Noon)
	server.clock = in(10 * time.Minute)
	server.failAfter = 1
	if f.poll() {
		t.Fatal("the poll went well without its sweep")
	}
	server.failAfter = -1
	f.at(in(11 * time.Minute))
	if got := f.counts()["sessions"]; got != 1 {
		t.Errorf("counted %d sessions, want 1", got)
	}
}

func TestOldSessionsAreDropped(t *testing.T) {
	t.Parallel()
	server := newRecordServer(t, areatest.Noon,
		accessRecord{id: "long", start: ago(23 * time.Hour), setup: ago(23 * time.Hour), end: in(2 * time.Hour)},
		accessRecord{id: "short", start: ago(21 * time.Hour), setup: ago(21 * time.Hour), end: in(2 * time.Hour)},
	)
	f := follow(t, server)
	for d := time.Duration(0); d < 3*time.Hour; d += time.Minute {
		f.at(in(d))
	}
	if got := f.counts()["sessions"]; got != 1 {
		t.Errorf("counted %d sessions, want 1", got)
	}
	if len(f.tracked()) != 0 {
		t.Errorf("still tracked: %v", f.tracked())
	}
}

// TestTrackingIsBounded makes 10 short sessions a minute for hours.
func TestTrackingIsBounded(t *testing.T) {
	t.Parallel()
	server := newRecordServer(t, areatest.Noon)
	f := follow(t, server)
	f.at(areatest.Noon)
	for d := time.Minute; d < 4*time.Hour; d += time.Minute {
		for i := range 10 {
			start := in(d - time.Duration(i+1)*5*time.Second)
			server.records = append(server.records, accessRecord{id: fmt.Sprint(d, i), start: start, setup: start, end: start.Add(2 * time.Minute)})
		}
		f.at(in(d))
		if n := len(f.tracked()); n > 200 {
			t.Fatalf("after %s %d records are tracked", d, n)
		}
		server.records = server.records[max(0, len(server.records)-300):]
	}
	if got, want := f.counts()["success"], 10*(4*60-1); got != want {
		t.Errorf("counted %d connections, want %d", got, want)
	}
}

// TestOtherSelections: which of a record's times the API selects by is not
// documented.
func TestOtherSelections(t *testing.T) {
	t.Parallel()
	for name, selects := range map[string]func(r accessRecord, from, to, now time.Time) bool{
		"by end": func(r accessRecord, from, to, now time.Time) bool {
			return r.known(r.end, now) && !r.end.Before(from) && r.end.Before(to)
		},
		"by overlap": func(r accessRecord, from, to, now time.Time) bool {
			return r.start.Before(to) && (!r.known(r.end, now) || !r.end.Before(from))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newRecordServer(t, areatest.Noon,
				accessRecord{id: "ancient", start: ago(72 * time.Hour), setup: ago(72 * time.Hour)},
				accessRecord{id: "over", start: ago(2 * time.Hour), setup: ago(2 * time.Hour), end: ago(time.Minute)},
			)
			server.selects = selects
			for i := range 50 {
				start := in(time.Duration(i)*7*time.Minute + time.Minute)
				server.records = append(server.records, accessRecord{id: fmt.Sprint(i), start: start, setup: start.Add(time.Second), end: start.Add(time.Duration(i)*3*time.Minute + 2*time.Second)})
			}
			f := follow(t, server)
			for d := time.Duration(0); d < 12*time.Hour; d += time.Minute {
				f.at(in(d))
			}
			if got := f.counts(); got["success"] != 50 || got["setup"] != 50 || got["sessions"] != 50 {
				t.Errorf("counted %v, want 50 of each", got)
			}
		})
	}
}

// TestMovingPages: new records push the others to later pages.
func TestMovingPages(t *testing.T) {
	t.Parallel()
	for _, newestFirst := range []bool{true, false} {
		server := newRecordServer(t, areatest.Noon)
		server.rows, server.newestFirst, server.pageTime = 3, newestFirst, time.Second
		for i := range 150 {
			start := in(time.Duration(i) * time.Second)
			server.records = append(server.records, accessRecord{id: fmt.Sprint(i), start: start, setup: start.Add(time.Second)})
		}
		f := follow(t, server)
		f.at(ago(time.Minute))
		for range 20 {
			f.at(server.clock.Add(time.Minute))
		}
		if got := f.counts(); got["success"] != 150 || got["setup"] != 150 {
			t.Errorf("newest first %t: counted %v, want 150", newestFirst, got)
		}
	}
}

// TestSameRecordTwice lists a record twice in one answer.
func TestSameRecordTwice(t *testing.T) {
	t.Parallel()
	const (
		bare  = `{"transaction_id":"tx","connection_start_time":"2026-01-02T12:00:30Z","terminal_type":"Mac"}`
		setUp = `{"transaction_id":"tx","connection_start_time":"2026-01-02T12:00:30Z","terminal_type":"Mac","connection_setup_time":"2026-01-02T12:00:34Z"}`
		rtt   = `{"transaction_id":"tx","connection_start_time":"2026-01-02T12:00:30Z","terminal_type":"Mac","network_rtt":5}`
		ended = `{"transaction_id":"tx","connection_start_time":"2026-01-02T12:00:30Z","terminal_type":"Mac","connection_setup_time":"2026-01-02T12:00:34Z","connection_end_time":"2026-01-02T12:00:50Z","e2e_rtt":7}`
	)
	for _, rows := range []string{bare + "," + setUp + "," + rtt + "," + ended, ended + "," + rtt + "," + bare, setUp + "," + rtt + "," + ended + "," + ended} {
		f := follow(t, newRecordServer(t, areatest.Noon))
		f.at(areatest.Noon)
		f.in.API = areatest.AnswerAll(`{"total_count":1,"records":[` + rows + `]}`)
		f.at(in(time.Minute))
		want := map[string]int{"success": 1, "setup": 1, "rtt": 1, "e2e": 1, "sessions": 1}
		if got := f.counts(); !maps.Equal(got, want) {
			t.Errorf("%s: counted %v, want %v", rows, got, want)
		}
	}
}

// TestWithoutTransaction tells records apart by what else they have.
func TestWithoutTransaction(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.server.records = []accessRecord{
		{user: "alice", start: in(time.Minute), setup: in(time.Minute), terminal: "Mac"},
		{user: "bob", start: in(time.Minute), setup: in(time.Minute), terminal: "Mac"},
		{user: "alice", start: in(time.Minute + time.Second), setup: in(2 * time.Minute), terminal: "Mac"},
		{user: "alice", start: in(time.Minute), setup: in(time.Minute), terminal: "Linux"},
	}
	for d := time.Minute; d < 20*time.Minute; d += time.Minute {
		f.at(in(d))
		for key := range f.tracked() {
			if len(key) != len("sha256:")+32 {
				t.Fatalf("key %q", key)
			}
		}
	}
	if got := f.counts()["success"]; got != 4 {
		t.Errorf("counted %d connections, want 4", got)
	}
}

// TestUnreadableTimes: records whose times nobody can read are still counted
// once while they are listed.
func TestUnreadableTimes(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.in.API = areatest.AnswerAll(`{"total_count":3,"records":[
		{"transaction_id":"a","connection_start_time":"Friday","connection_failure_reason":"WKS.1"},
		{"transaction_id":"b","connection_start_time":"2999-01-01T00:00:00Z","connection_failure_reason":"WKS.1"},
		{"transaction_id":"c","connection_start_time":"2999-01-01T00:00:00Z","connection_setup_time":"2999-01-01T00:00:00Z"}]}`)
	for d := time.Minute; d < time.Hour; d += time.Minute {
		f.at(in(d))
	}
	if got, want := f.counts(), map[string]int{"failure": 2, "reasons": 2, "success": 1, "setup": 1}; !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	f.in.API = areatest.AnswerAll(`{"total_count":0,"records":[]}`)
	f.at(in(2 * time.Hour))
	if len(f.tracked()) != 0 {
		t.Errorf("still tracked: %v", f.tracked())
	}
}

// TestAbsurdDuration: a session of more than a week is a wrong record.
func TestAbsurdDuration(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.in.API = areatest.AnswerAll(`{"total_count":1,"records":[
		{"transaction_id":"tx","connection_setup_time":"2026-01-02T12:00:30Z","connection_end_time":"2026-01-09T12:00:31Z"}]}`)
	f.at(in(time.Minute))
	if got, want := f.counts(), map[string]int{"success": 1}; !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

// TestLongerOverlap: a configuration with a longer overlap must not bring back
// records that are no longer known.
func TestLongerOverlap(t *testing.T) {
	t.Parallel()
	start := in(time.Minute)
	f := follow(t, newRecordServer(t, areatest.Noon))
	f.at(areatest.Noon)
	f.server.records = []accessRecord{{id: "tx", start: start, setup: start, end: start.Add(time.Minute)}}
	f.at(in(2 * time.Minute))
	f.at(in(30 * time.Minute))
	f.in.Options["overlap"] = 2 * time.Hour
	f.at(in(31 * time.Minute))
	f.at(in(32 * time.Minute))
	if got := f.counts()["success"]; got != 1 {
		t.Errorf("counted %d connections, want 1", got)
	}
}

func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon, accessRecord{id: "known", terminal: "Zed", start: ago(time.Hour), reason: "ZZZ"}))
	f.at(areatest.Noon)
	add := func(prefix string, n int, start time.Time) {
		for i := range n {
			f.server.records = append(f.server.records, accessRecord{
				id: fmt.Sprintf("%s%02d", prefix, n-i), start: start, terminal: fmt.Sprintf("%s%02d", prefix, i), reason: fmt.Sprintf("%s.%02d", prefix, i),
			})
		}
	}
	add("M", 50, in(time.Minute))
	f.at(in(2 * time.Minute))
	add("A", 5, in(3*time.Minute))
	f.server.records = append(f.server.records, accessRecord{id: "none", start: in(3 * time.Minute), reason: "M.00"})
	f.at(in(4 * time.Minute))

	terminals, reasons := map[string]uint64{}, f.result.(loginRecords).Failures
	for _, c := range f.result.(loginRecords).Connections {
		terminals[c.TerminalType] += c.Count
	}
	// 30 and 40 names, those of the first poll among them.
	if terminals["other"] != 21+5 || len(terminals) != 30+2 || terminals["M28"] != 1 || terminals["unknown"] != 1 {
		t.Errorf("terminal types are %v", terminals)
	}
	if _, kept := terminals["Zed"]; !kept {
		t.Error("a terminal type that was known is gone")
	}
	if reasons["other"] != 11+5 || len(reasons) != 40+1 || reasons["M.00"] != 2 || reasons["M.38"] != 1 {
		t.Errorf("reasons are %v", reasons)
	}
}

func TestReasonCode(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"WKS.00010032": "WKS.00010032",
		"timeout":      "timeout",
		"404":          "404",
		"Desktop refused the connection (WKS.00010032), user alice": "WKS.00010032",
		"error=APIGW.0301;host=10.0.0.1":                            "APIGW.0301",
		"the password of alice is wrong":                            "the password of alice is wrong",
		"the password of bob is wrong":                              "other",
		"10.0.0.1 unreachable":                                      "other",
		"PC-0001 is gone":                                           "other",
		"-":                                                         "other",
		"密码错误":                                                      "other",
		"a234567890123456789012345678901234567890123456789012345678901234":  "a234567890123456789012345678901234567890123456789012345678901234",
		"a2345678901234567890123456789012345678901234567890123456789012345": "other",
	} {
		if got := decode.ReasonLabel(reason, []string{"the password of alice is wrong"}); got != want {
			t.Errorf("reason of %q is %q, want %q", reason, got, want)
		}
	}
}

func TestOpenHours(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	tracked := map[string]trackedRecord{}
	for i, start := range []time.Duration{0, time.Hour - 1, time.Hour, 5 * time.Hour, 23 * time.Hour, 23*time.Hour + 59*time.Minute} {
		tracked[fmt.Sprint(i)] = trackedRecord{Start: day.Add(start)}
	}
	tracked["over"] = trackedRecord{Start: day.Add(8 * time.Hour), Done: endCounted}
	tracked["too old"] = trackedRecord{Start: day.Add(-time.Hour)}
	tracked["no start"] = trackedRecord{}
	got := openHours(tracked, day.Add(-time.Minute), day.Add(23*time.Hour+30*time.Minute))
	want := []span{
		{day, day.Add(2 * time.Hour)},
		{day.Add(5 * time.Hour), day.Add(6 * time.Hour)},
		{day.Add(23 * time.Hour), day.Add(23*time.Hour + 30*time.Minute)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("hours are %v, want %v", got, want)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	at := func(s int) apiclient.Time { return apiclient.TimeOf(areatest.Noon.Add(time.Duration(s) * time.Second)) }
	ms := apiclient.NumberOf
	more := loginRecord{Start: at(0), Setup: at(4), End: at(60), NetworkRTT: ms(5), EndToEndRTT: ms(9)}
	less := loginRecord{Setup: at(3), Reason: "WKS.1"}
	want := loginRecord{Start: at(0), Setup: at(4), End: at(60), NetworkRTT: ms(5), EndToEndRTT: ms(9), Reason: "WKS.1"}
	if got := more.join(less); got != want {
		t.Errorf("joined %+v, want %+v", got, want)
	}
	if got := less.join(more); got != want {
		t.Errorf("joined the other way round %+v, want %+v", got, want)
	}
	later, earlier := loginRecord{End: at(9)}, loginRecord{End: at(8)}
	if got := later.join(earlier); got.End != at(9) {
		t.Errorf("of two readings that tell as much the earlier was taken")
	}
}

// startOfListing notes from when login records are asked for.
type startOfListing struct{ from string }

func (s *startOfListing) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	s.from = req.Query.Get("start_time")
	return []byte(`{"records":[],"total_count":0}`), nil
}

// TestLoginRecordsAfterWeeks: a state of long ago asks for no more than the
// API may keep.
func TestLoginRecordsAfterWeeks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		watermark time.Time
		want      string
	}{
		{now.AddDate(0, 0, -60), "2026-03-01T13:00Z"},
		{now.AddDate(0, 0, -20), "2026-03-11T12:00Z"},
	} {
		var api startOfListing
		area := loginRecordsArea()
		in := areatest.Input(t, area, &api)
		in.Now = now
		prev := newLoginRecords(loginRecords{Watermark: c.watermark, Swept: now})
		if _, err := area.Poll(t.Context(), in, prev); err != nil {
			t.Fatal(err)
		}
		if api.from != c.want {
			t.Errorf("with a watermark of %s records from %s on are asked for, want %s", c.watermark, api.from, c.want)
		}
	}
}

// TestRecentLogons looks at what login_records tells other areas: attempts
// counted of late, each once, and none of the first poll.
func TestRecentLogons(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, areatest.Noon,
		accessRecord{id: "before", start: ago(time.Minute), setup: ago(time.Minute)},
	))
	f.at(areatest.Noon)
	f.server.records = append(f.server.records,
		accessRecord{id: "good", start: in(30 * time.Second), setup: in(34 * time.Second), end: in(10 * time.Minute)},
		accessRecord{id: "bad", start: in(40 * time.Second), reason: "WKS.1"},
	)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{
		{0, ""},
		{time.Minute, "good 4s false, bad 0s true"},
		{12 * time.Minute, "good 4s false, bad 0s true"},
		{17 * time.Minute, ""},
	} {
		f.at(in(step.after))
		var got []string
		for _, a := range f.result.(loginRecords).Recent {
			got = append(got, fmt.Sprintf("%s %s %t", a.TransactionID, a.Setup, a.Failed))
		}
		if strings.Join(got, ", ") != step.want {
			t.Errorf("after %s recent are %q, want %q", step.after, got, step.want)
		}
	}
}
