package core

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// accessRecord is a login record as it comes to be: what becomes known when.
// A zero time is never.
type accessRecord struct {
	id        string // transaction_id
	user      string
	start     time.Time
	appears   time.Time // when the record is first listed; at start if zero
	terminal  string
	reconnect bool
	reason    string
	reasonAt  time.Time // when the reason is known; at once if zero
	setup     time.Time
	end       time.Time
	rtt, e2e  any // ms, as in the answer
	rttAt     time.Time
}

// at returns the record as it is listed at a time.
func (r accessRecord) at(now time.Time) map[string]any {
	row := map[string]any{
		"transaction_id": r.id, "user_name": r.user, "sid": "sid-1", "terminal_type": r.terminal, "is_reconnect": r.reconnect,
		"connection_start_time": stamp(r.start), "connection_setup_time": "", "connection_end_time": "",
		"connection_failure_reason": "", "network_rtt": nil, "e2e_rtt": nil,
	}
	if r.known(r.setup, now) {
		row["connection_setup_time"] = stamp(r.setup)
	}
	if r.known(r.end, now) {
		row["connection_end_time"] = stamp(r.end)
	}
	if !now.Before(r.reasonAt) {
		row["connection_failure_reason"] = r.reason
	}
	if !now.Before(r.rttAt) {
		row["network_rtt"], row["e2e_rtt"] = r.rtt, r.e2e
	}
	return row
}

func (r accessRecord) known(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// recordServer answers ListLoginRecordsNew.
type recordServer struct {
	t       rapid.TB
	clock   time.Time
	records []accessRecord
	// rows is how many records a page has.
	rows int
	// newestFirst makes records move to later pages while new ones come.
	newestFirst bool
	// selects says which records a range holds; by start if nil.
	selects func(r accessRecord, from, to, now time.Time) bool
	// pageTime passes with every call.
	pageTime time.Duration
	// failAfter makes every call after so many fail, if it is not negative.
	failAfter int

	queries []url.Values
	// served holds what was last listed of each record.
	served map[string]map[string]any
}

func newRecordServer(t rapid.TB, clock time.Time, records ...accessRecord) *recordServer {
	return &recordServer{t: t, clock: clock, records: records, rows: 1000, failAfter: -1}
}

func (s *recordServer) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	if s.failAfter == 0 {
		return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: apiclient.Server, Status: 503}
	}
	s.failAfter--
	s.queries = append(s.queries, req.Query)
	from, to := s.minute(req.Query.Get("start_time")), s.minute(req.Query.Get("end_time"))
	offset, err := strconv.Atoi(req.Query.Get("offset"))
	if err != nil || !from.Before(to) || req.Endpoint.Operation != "ListLoginRecordsNew" || req.Query.Get("limit") != "1000" {
		s.t.Fatalf("bad request %s?%s", req.Endpoint.Operation, req.Query.Encode())
	}
	var found []accessRecord
	for _, r := range s.records {
		if !s.clock.Before(decode.Later(r.appears, r.start)) && s.selected(r, from, to) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b accessRecord) int {
		if s.newestFirst {
			a, b = b, a
		}
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.id, b.id))
	})
	rows := []map[string]any{}
	for i := offset; i < min(offset+s.rows, len(found)); i++ {
		row := found[i].at(s.clock)
		rows = append(rows, row)
		s.served[found[i].id] = row
	}
	s.clock = s.clock.Add(s.pageTime)
	return json.Marshal(map[string]any{"total_count": len(found), "records": rows})
}

func (s *recordServer) selected(r accessRecord, from, to time.Time) bool {
	if s.selects != nil {
		return s.selects(r, from, to, s.clock)
	}
	return !r.start.Before(from) && r.start.Before(to)
}

func (s *recordServer) minute(text string) time.Time {
	t, err := time.Parse(recordTime, text)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// follower polls a recordServer as the exporter does.
type follower struct {
	t      rapid.TB
	area   area.Collector
	server *recordServer
	in     area.Input
	result any
}

func follow(t rapid.TB, server *recordServer) *follower {
	area := loginRecordsArea()
	return &follower{t: t, area: area, server: server, in: areatest.Input(t, area, server)}
}

// poll polls at the server's time and tells whether it went well. The result
// takes the way through JSON that a restart takes.
func (f *follower) poll() bool {
	f.in.Now = f.server.clock
	f.server.queries, f.server.served = nil, map[string]map[string]any{}
	before := ""
	if f.result != nil {
		before = areatest.Exposition(f.t, f.area, f.result)
	}
	next, err := f.area.Poll(context.Background(), f.in, f.result)
	if f.result != nil && areatest.Exposition(f.t, f.area, f.result) != before {
		f.t.Error("a poll changed the result of the one before")
	}
	if err != nil {
		if next != nil {
			f.t.Errorf("a failed poll returned %v", next)
		}
		return false
	}
	f.result = areatest.Restored(f.t, next)
	return true
}

// at polls when so much time has passed since the server's start.
func (f *follower) at(t time.Time) {
	f.t.Helper()
	f.server.clock = t
	if !f.poll() {
		f.t.Fatal("the poll failed")
	}
}

func (f *follower) tracked() map[string]trackedRecord { return f.result.(loginRecords).Tracked }

func (f *follower) want(prefix string, want map[string]string) {
	f.t.Helper()
	areatest.WantSamples(f.t, areatest.Samples(f.t, f.area, f.result), prefix, want)
}

// counts returns the numbers of connections and of values in the histograms,
// as far as there are any.
func (f *follower) counts() map[string]int {
	f.t.Helper()
	l := f.result.(loginRecords)
	sum := map[string]int{
		"setup": int(l.Setup.Count()), "rtt": int(l.NetworkRTT.Count()), "e2e": int(l.EndToEndRTT.Count()), "sessions": int(l.Sessions.Count()),
	}
	for _, c := range l.Connections {
		sum[c.Result] += int(c.Count)
	}
	for _, n := range l.Failures {
		sum["reasons"] += int(n)
	}
	maps.DeleteFunc(sum, func(_ string, n int) bool { return n == 0 })
	return sum
}
