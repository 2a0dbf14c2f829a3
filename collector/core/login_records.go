package core

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// loginRecords are the counters made from login records, and what is needed
// to go on counting: every piece of every record is counted once.
type loginRecords struct {
	// Watermark is the start of the next listing: poll start of the last good
	// poll less the overlap, in which records may still come late. Zero
	// before the first good poll.
	Watermark time.Time `json:"watermark"`
	// Identified tells that records have a transaction_id: one without it is odd.
	Identified bool `json:"identified,omitempty"`
	// Swept is when sessions from before the watermark were last read again.
	Swept time.Time `json:"swept"`
	// Tracked are the records that can be listed again and the sessions whose
	// end is still to come, by the record's key.
	Tracked map[string]trackedRecord `json:"tracked"`

	// Recent are the attempts counted of late, for areas that look closer.
	Recent peer.Logons `json:"recent,omitempty"`

	Connections []connections     `json:"connections"`
	Failures    map[string]uint64 `json:"failures"`
	Setup       area.Histogram    `json:"setup"`
	NetworkRTT  area.Histogram    `json:"network_rtt"`
	EndToEndRTT area.Histogram    `json:"e2e_rtt"`
	Sessions    area.Histogram    `json:"sessions"`
}

// Bounds of loginRecords.Recent, the newest attempts.
const (
	maxRecent = 5000
)

// connection is what connections are counted by.
type connection struct {
	TerminalType string `json:"terminal_type"`
	Reconnect    string `json:"reconnect"`
	Result       string `json:"result"`
}

// Results of connections.
const (
	connectionSuccess = "success"
	connectionFailure = "failure"
)

type connections struct {
	connection
	Count uint64 `json:"count"`
}

var (
	setupBuckets   = []float64{0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300}
	rttBuckets     = []float64{0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2}
	sessionBuckets = []float64{60, 300, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400}
)

func loginRecordsArea() area.Collector {
	return area.Declaration[loginRecords]{
		Name:     "login_records",
		Help:     "Connections of users to desktops, counted from the login records.",
		Core:     true,
		Interval: time.Minute,
		Calls: []area.Call{
			{
				Endpoint: apiclient.ListLoginRecordsNew, Says: "1 for each 1,000 records of the overlap",
				Of: func(l area.Load) float64 {
					return area.Pages(l.LoginsWithin(l.Options.Duration("overlap")+l.Interval), apiclient.ListLoginRecordsNew.Page.Size)
				},
			},
			{Endpoint: apiclient.ListLoginRecordsNew, Says: "the open sessions of the day every `session_sweep`", Of: sweepCalls},
		},
		Series: area.Series(92, nil),
		Options: []area.Option{
			{Name: "overlap", Default: 15 * time.Minute, Help: "How late a record may appear in the API and still be counted."},
			{Name: "session_max_age", Default: 24 * time.Hour, Help: "How long the end of a session is waited for; the first poll reads as far back."},
			{Name: "session_sweep", Default: 5 * time.Minute, Help: "How often the records of sessions that began before the overlap are read again, to find their end."},
			{Name: "failure_reasons", Default: []string{}, Help: "Texts of failure reasons that become a reason label as they are. Codes do anyway, every other text counts as other."},
		},
		Fetch:  fetchLoginRecords,
		Shares: func(l loginRecords) area.Shared { return l.Recent },
		Families: []area.Family[loginRecords]{
			{
				Name: "connections_total",
				Help: "Attempts of users to connect to a desktop since counting began, by client system, reconnect and result.",
				Type: area.Counter, Labels: []string{"terminal_type", "reconnect", "result"},
				Map: func(l loginRecords, put area.Put) {
					for _, c := range l.Connections {
						put.Value(float64(c.Count), c.TerminalType, c.Reconnect, c.Result)
					}
				},
			},
			{
				Name: "connection_failures_total",
				Help: "Failed attempts to connect to a desktop since counting began, by the service's code for the reason; other stands for every reason without one.",
				Type: area.Counter, Labels: []string{"reason"},
				Map: func(l loginRecords, put area.Put) {
					for _, reason := range slices.Sorted(maps.Keys(l.Failures)) {
						put.Value(float64(l.Failures[reason]), reason)
					}
				},
			},
			{
				Name: "connection_setup_duration_seconds",
				Help: "Time that successful connections took from the user's attempt until the desktop was there.",
				Type: area.HistogramType,
				Map:  func(l loginRecords, put area.Put) { put.Histogram(l.Setup) },
			},
			{
				Name: "connection_rtt_seconds",
				Help: "Network round-trip time between client and desktop, one value for each successful connection.",
				Type: area.HistogramType,
				Map:  func(l loginRecords, put area.Put) { put.Histogram(l.NetworkRTT) },
			},
			{
				Name: "connection_e2e_rtt_seconds",
				Help: "End-to-end delay that the user feels, one value for each successful connection.",
				Type: area.HistogramType,
				Map:  func(l loginRecords, put area.Put) { put.Histogram(l.EndToEndRTT) },
			},
			{
				Name: "session_duration_seconds",
				Help: "Length of desktop sessions that have ended, from the connection's set-up to its end.",
				Type: area.HistogramType,
				Map:  func(l loginRecords, put area.Put) { put.Histogram(l.Sessions) },
			},
		},
	}
}

// workday is how far back the sessions of the busiest time began.
const workday = 8 * time.Hour

// sweepCalls are those that look for the end of open sessions, as a part of
// each poll: in working hours their hours touch and are read as one list.
func sweepCalls(l area.Load) float64 {
	back := min(workday, l.Options.Duration("session_max_age"))
	every := max(l.Options.Duration("session_sweep"), l.Interval)
	// Half as many come in an hour of the day as in the busiest one.
	records := l.LoginsWithin(back) / 2
	return area.Pages(records, apiclient.ListLoginRecordsNew.Page.Size) * l.Interval.Seconds() / every.Seconds()
}

// recordTime is the format of the query's times: whole minutes.
const recordTime = "2006-01-02T15:04Z"

// span is a range of time to list, at whole minutes.
type span struct{ from, to time.Time }

func fetchLoginRecords(ctx context.Context, in area.Input, prev loginRecords) (loginRecords, error) {
	var (
		minute  = func(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }
		overlap = in.Options.Duration("overlap")
		maxAge  = in.Options.Duration("session_max_age")
		first   = prev.Watermark.IsZero()
	)
	// The first poll counts nothing, but needs every session that is open.
	// After weeks without a poll no more is asked for than the API keeps of
	// comparable records: a longer range may be refused.
	fresh := span{from: decode.Later(prev.Watermark, minute(in.Now.Add(-decode.Retention)))}
	if first {
		fresh.from = minute(in.Now.Add(-max(maxAge, overlap)))
	}
	// A clock that was set back must not turn the range round.
	fresh.to = decode.Later(minute(in.Now), fresh.from).Add(time.Minute)
	records := recordSet{identified: prev.Identified || prev.hasIDs()}
	if err := records.list(ctx, in, fresh, nil); err != nil {
		return loginRecords{}, err
	}

	next := prev
	next.Identified = records.identified
	next.Watermark = decode.Later(prev.Watermark, minute(in.Now.Add(-overlap)))
	switch {
	case first:
		next = newLoginRecords(next)
		next.Swept = in.Now
	case in.Now.Sub(prev.Swept) >= in.Options.Duration("session_sweep"):
		for _, hours := range openHours(prev.Tracked, in.Now.Add(-maxAge), fresh.from) {
			if err := records.list(ctx, in, hours, prev.Tracked); err != nil {
				return loginRecords{}, err
			}
		}
		next.Swept = in.Now
	}

	found := pollCounts{exactReasons: in.Options.Strings("failure_reasons")}
	recent := slices.DeleteFunc(slices.Clone(prev.Recent), func(a peer.Logon) bool { return in.Now.Sub(a.Counted) >= peer.LogonsFor })
	next.Tracked = maps.Clone(next.Tracked)
	for _, r := range records.inOrder() {
		key := r.key()
		tracked, known := prev.Tracked[key]
		began := r.began(in.Now)
		if !known && began.Before(fresh.from) && began.Before(in.Now.Add(-maxAge)) && !began.IsZero() {
			// Given up long ago: it was counted when it was new.
			continue
		}
		done := found.add(r, tracked.Done, in.Now)
		if first {
			done |= allCounted &^ endCounted
		} else if done&^tracked.Done&attemptCounted != 0 && r.TransactionID != "" {
			recent = append(recent, r.recent(in.Now))
		}
		next.Tracked[key] = trackedRecord{Start: began, Latest: r.latest(in.Now), Done: done}
	}
	maps.DeleteFunc(next.Tracked, func(_ string, t trackedRecord) bool {
		return t.Latest.Before(next.Watermark) && !t.open(in.Now.Add(-maxAge))
	})
	next.Recent = recent[max(0, len(recent)-maxRecent):]
	return next.count(found, first), nil
}

// hasIDs tells whether a record that is tracked has a transaction_id. States of
// older versions say it so alone.
func (l loginRecords) hasIDs() bool {
	for key := range l.Tracked {
		if !strings.HasPrefix(key, digestKey) {
			return true
		}
	}
	return false
}

func (r loginRecord) recent(now time.Time) peer.Logon {
	a := peer.Logon{TransactionID: r.TransactionID, Start: r.began(now), Counted: now, Failed: r.failed()}
	if setup := r.Setup.Time(); !setup.IsZero() && !r.Start.Time().IsZero() {
		a.Setup = max(setup.Sub(r.Start.Time()), 0)
	}
	return a
}

func newLoginRecords(l loginRecords) loginRecords {
	l.Tracked = map[string]trackedRecord{}
	l.Setup = area.NewHistogram(setupBuckets)
	l.NetworkRTT = area.NewHistogram(rttBuckets)
	l.EndToEndRTT = area.NewHistogram(rttBuckets)
	l.Sessions = area.NewHistogram(sessionBuckets)
	return l
}

// openHours returns the hours before `before` in which open sessions began,
// joined where they touch: reading an hour costs the same for any number of
// sessions in it.
func openHours(tracked map[string]trackedRecord, oldest, before time.Time) []span {
	hours := map[time.Time]bool{}
	for _, t := range tracked {
		if t.open(oldest) && t.Start.Before(before) {
			hours[t.Start.Truncate(time.Hour)] = true
		}
	}
	var spans []span
	for _, from := range slices.SortedFunc(maps.Keys(hours), time.Time.Compare) {
		to := from.Add(time.Hour)
		if to.After(before) {
			to = before // what follows is listed anyway
		}
		if last := len(spans) - 1; last >= 0 && spans[last].to.Equal(from) {
			spans[last].to = to
		} else {
			spans = append(spans, span{from, to})
		}
	}
	return spans
}

// recordSet holds what was read of records, by key, in the order of reading.
type recordSet struct {
	keys  []string
	byKey map[string]loginRecord
	// identified tells that records have a transaction_id.
	identified bool
}

// list adds the records of a span; with only, no others than its keys.
// Records move between the pages when new ones come, and change while they
// are read: a record that is read twice is joined.
func (s *recordSet) list(ctx context.Context, in area.Input, during span, only map[string]trackedRecord) error {
	e := apiclient.ListLoginRecordsNew
	all, err := decode.Entries(ctx, in, apiclient.Request{
		Endpoint: e,
		Query:    url.Values{"start_time": {during.from.Format(recordTime)}, "end_time": {during.to.Format(recordTime)}},
	}, loginRecord.reading)
	if err != nil {
		return err
	}
	list, identified, err := decode.Identified(in, e, "transaction_id", all, s.identified, func(r loginRecord) string { return r.TransactionID })
	if err != nil {
		return err
	}
	s.identified = identified
	if s.byKey == nil {
		s.byKey = make(map[string]loginRecord, len(list))
	}
	nameless := 0
	for _, r := range list {
		key := r.key()
		if key == "" {
			nameless++
			continue
		}
		if _, wanted := only[key]; only != nil && !wanted {
			continue
		}
		if earlier, twice := s.byKey[key]; twice {
			r = r.join(earlier)
		} else {
			s.keys = append(s.keys, key)
		}
		s.byKey[key] = r
	}
	if nameless > 1 && 10*nameless > len(list) || nameless > 0 && nameless == len(list) {
		return decode.Malformed(e, "an entry of `records` has nothing to tell it by")
	}
	in.Skip(nameless, "records[]", "nothing to tell it by")
	return nil
}

func (s *recordSet) inOrder() []loginRecord {
	records := make([]loginRecord, len(s.keys))
	for i, key := range s.keys {
		records[i] = s.byKey[key]
	}
	return records
}

// count returns l with a tally added. The first poll counts nothing: the
// series it saw start at 0, as history is not news.
func (l loginRecords) count(t pollCounts, first bool) loginRecords {
	counts := map[connection]uint64{}
	for _, c := range l.Connections {
		counts[c.connection] = c.Count
	}
	failures := maps.Clone(l.Failures)
	if failures == nil {
		failures = map[string]uint64{}
	}
	terminal, reason := l.labels(t.attempts)
	n := uint64(1)
	if first {
		n = 0
	}
	// What can be said of a client system begins at 0: without that the first
	// failure would be no increase. The same goes for the sum of all failures.
	begin := func(terminal string) {
		for _, reconnect := range []string{"false", "true"} {
			for _, result := range []string{connectionSuccess, connectionFailure} {
				counts[connection{terminal, reconnect, result}] += 0
			}
		}
	}
	failures[decode.Other] += 0
	for _, a := range t.attempts {
		c := connection{TerminalType: terminal(a.terminal), Reconnect: a.reconnect, Result: connectionSuccess}
		begin(c.TerminalType)
		if a.reason != "" {
			c.Result = connectionFailure
			failures[reason(a.reason)] += n
		}
		counts[c] += n
	}
	l.Failures = failures
	l.Connections = decode.Rows(counts, func(c connection, n uint64) connections { return connections{c, n} },
		func(c connections) []string { return []string{c.TerminalType, c.Reconnect, c.Result} })
	if !first {
		l.Setup = l.Setup.With(t.setup...)
		l.NetworkRTT = l.NetworkRTT.With(t.networkRTT...)
		l.EndToEndRTT = l.EndToEndRTT.With(t.endToEndRTT...)
		l.Sessions = l.Sessions.With(t.sessions...)
	}
	return l
}

// labels returns the bounded label values of terminal types and reasons.
func (l loginRecords) labels(attempts []attempt) (terminal, reason func(string) string) {
	admitted := make([]string, len(l.Connections))
	for i, c := range l.Connections {
		admitted[i] = c.TerminalType
	}
	terminals, reasons := make([]string, len(attempts)), []string{}
	for i, a := range attempts {
		terminals[i] = a.terminal
		if a.reason != "" {
			reasons = append(reasons, a.reason)
		}
	}
	return decode.Bounded(admitted, terminals, maxTerminalTypes),
		decode.Bounded(slices.Collect(maps.Keys(l.Failures)), reasons, maxReasons)
}
