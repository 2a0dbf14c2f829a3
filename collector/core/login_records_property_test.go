package core

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestEachRecordIsCountedOnce makes up records that come, fill up and end at
// any time, and polls at any time, with failures, outages, moving pages and
// restarts in between. In the end every piece of every record that the first
// poll did not show has been counted once.
func TestEachRecordIsCountedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		server := newRecordServer(t, areatest.Noon, drawRecords(t)...)
		server.rows = rapid.IntRange(1, 20).Draw(t, "rows")
		server.newestFirst = rapid.Bool().Draw(t, "newest first")
		server.pageTime = time.Duration(rapid.IntRange(0, 3000).Draw(t, "page time")) * time.Millisecond

		f := follow(t, server)
		server.clock = ago(areatest.Seconds(t, 0, 600, "first poll"))
		for !f.pollMaybeFailing(t) {
			server.clock = server.clock.Add(time.Minute)
		}
		first := server.served

		until := in(2 * time.Hour)
		for server.clock.Before(until) {
			pause := areatest.Seconds(t, 1, 180, "pause")
			if rapid.IntRange(0, 30).Draw(t, "outage") == 0 {
				pause = areatest.Seconds(t, 600, 5400, "long pause")
			}
			server.clock = server.clock.Add(pause)
			f.pollMaybeFailing(t)
		}
		// Two polls further apart than the sweeps find what ended last.
		server.failAfter = -1
		for range 2 {
			f.at(server.clock.Add(6 * time.Minute))
		}

		if got, want := f.counts(), expected(server, first); !maps.Equal(got, want) {
			t.Fatalf("counted %v, want %v", got, want)
		}
	})
}

func (f *follower) pollMaybeFailing(t *rapid.T) bool {
	f.server.failAfter = rapid.SampledFrom([]int{-1, -1, -1, 0, 1, 2, 5}).Draw(t, "good calls")
	return f.poll()
}

// drawRecords makes records that start within two hours, up to an hour before
// noon, appear within the overlap, settle within two minutes, and end within
// the day.
func drawRecords(t *rapid.T) []accessRecord {
	records := make([]accessRecord, rapid.IntRange(0, 60).Draw(t, "records"))
	for i := range records {
		r := accessRecord{
			id:        fmt.Sprint("tx-", i),
			start:     ago(time.Hour).Add(areatest.Seconds(t, 0, 7200, "start")),
			terminal:  rapid.SampledFrom([]string{"Windows", "Linux", ""}).Draw(t, "terminal"),
			reconnect: rapid.Bool().Draw(t, "reconnect"),
		}
		r.appears = r.start.Add(areatest.Seconds(t, 0, 14*60, "appears"))
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r.reason = rapid.SampledFrom([]string{"WKS.1", "user gave up"}).Draw(t, "reason")
			r.reasonAt = r.start.Add(areatest.Seconds(t, 0, 119, "reason at"))
		case 1: // nothing more is ever known
		default:
			r.setup = r.start.Add(areatest.Seconds(t, 0, 60, "setup"))
			r.rtt, r.e2e = rapid.SampledFrom([]any{nil, -1, 0, 12}).Draw(t, "rtt"), rapid.SampledFrom([]any{nil, 30}).Draw(t, "e2e")
			r.rttAt = r.setup
			if rapid.Bool().Draw(t, "ends") {
				r.end = r.setup.Add(areatest.Seconds(t, 0, 3600, "duration"))
			}
		}
		records[i] = r
	}
	return records
}

// expected counts what the records hold in the end, without what the first
// poll showed: of those records only the end of a session is news.
func expected(server *recordServer, first map[string]map[string]any) map[string]int {
	want := map[string]int{}
	for _, r := range server.records {
		row := r.at(server.clock)
		shown, baseline := first[r.id]
		setUp, ended := row["connection_setup_time"] != "", row["connection_end_time"] != ""
		if setUp && ended && (!baseline || shown["connection_end_time"] == "") {
			want["sessions"]++
		}
		if baseline {
			continue
		}
		if row["connection_failure_reason"] != "" {
			want["failure"]++
			want["reasons"]++
			continue
		}
		want["success"]++
		if setUp {
			want["setup"]++
		}
		for member, series := range map[string]string{"network_rtt": "rtt", "e2e_rtt": "e2e"} {
			if ms, measured := row[member].(int); measured && ms >= 0 {
				want[series]++
			}
		}
	}
	return want
}
