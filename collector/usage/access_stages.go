package usage

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// accessStages are the counters made from the stages of sampled logons, and
// what is needed to take every logon once.
type accessStages struct {
	// Taken are the logons that were asked about, of those that login_records
	// still tells of.
	Taken map[string]bool `json:"taken"`
	// Ratio is the share of them, without a value if there was none.
	Ratio apiclient.Number `json:"ratio"`

	Samples   decode.LabelCounts        `json:"samples"` // by result
	Attempts  decode.LabelCounts        `json:"attempts"`
	Failures  decode.LabelCounts        `json:"failures"`
	Durations map[string]area.Histogram `json:"durations"` // by labelKey
}

// stageBuckets are the bounds of access_stage_duration_seconds.
var stageBuckets = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60}

// Bounds of label values: what the API names today, and room for more.
const (
	maxStages   = 20
	maxBizTypes = 10
	// maxTransactionID keeps an exemplar within the room that it has.
	maxTransactionID = 100
)

// Results of asking about a logon.
const (
	sampleFound   = "found"
	sampleMissing = "missing"
)

var sampleResults = []string{sampleFound, sampleMissing}

// knownStages are the documented stages of logons to desktops and applications,
// as label keys. Each is counted from 0: without that the first failure would be
// no increase.
func knownStages() []string {
	var keys []string
	for _, stage := range []string{"LOGIN", "PRECONNECT", "CONNECT", "MAIN_AUTH", "MFA_AUTH", "CLICK_ICON"} {
		for _, biz := range []string{"DESKTOP", "VDI", "APP", "SHARE_APP"} {
			keys = append(keys, decode.LabelKey(stage, biz))
		}
	}
	return keys
}

func accessStagesArea() area.Collector {
	return area.Declaration[accessStages]{
		Name:     "access_stages",
		Help:     "How long the stages of logons take and which of them fail, from a sample of the logons that login_records counts: failed ones first, then the slowest.",
		Interval: time.Minute,
		Calls: []area.Call{{
			Endpoint: apiclient.ShowUserAccessStages, Says: "1 for each sampled logon, at most `max_calls`",
			Of: func(l area.Load) float64 {
				sampled := l.LoginsWithin(l.Interval) * float64(l.Options.Int("share")) / 100
				return min(sampled, float64(l.Options.Int("max_calls")))
			},
		}},
		Series: area.Series(155, nil),
		Options: []area.Option{
			{Name: "max_calls", Default: 20, Help: "How many logons a poll asks about, one call for each."},
			{Name: "share", Default: 100, Help: "Percentage of the logons of the last 15 minutes that is asked about at most."},
		},
		Fetch:  fetchAccessStages,
		Sample: sampleAccessStages,
		Families: []area.Family[accessStages]{
			{
				Name: "access_stage_duration_seconds",
				Help: "Time that a stage of a logon took, failed ones included; of a sample that prefers failed and slow logons while access_stage_sample_ratio is below 1.",
				Type: area.HistogramType, Labels: []string{"stage", "biz_type"},
				Map: func(a accessStages, put area.Put) {
					for _, key := range slices.Sorted(maps.Keys(a.Durations)) {
						put.Histogram(a.Durations[key], decode.LabelValues(key)...)
					}
				},
			},
			{
				Name: "access_stage_attempts_total",
				Help: "Stages that sampled logons went through since counting began.",
				Type: area.Counter, Labels: []string{"stage", "biz_type"},
				Map: func(a accessStages, put area.Put) { a.Attempts.Put(put) },
			},
			{
				Name: "access_stage_failures_total",
				Help: "Stages at which sampled logons failed since counting began.",
				Type: area.Counter, Labels: []string{"stage", "biz_type"},
				Map: func(a accessStages, put area.Put) { a.Failures.Put(put) },
			},
			{
				Name: "access_stage_samples_total",
				Help: "Logons asked about since counting began: found, or missing where the API did not know the transaction.",
				Type: area.Counter, Labels: []string{"result"},
				Map: func(a accessStages, put area.Put) { a.Samples.Put(put) },
			},
			{
				Name: "access_stage_sample_ratio",
				Help: "Share of the logons of the last 15 minutes whose stages were asked for; below 1 the metrics about stages tell of a sample.",
				Type: area.Gauge,
				Map:  func(a accessStages, put area.Put) { put.Number(a.Ratio) },
			},
		},
	}
}

// stagesAnswer is the answer of ShowUserAccessStages.
type stagesAnswer struct {
	BizType *apiclient.Text `json:"biz_type"`
	Stages  *[]stageAnswer  `json:"stages"`
}

type stageAnswer struct {
	Stage    apiclient.Text   `json:"stage"`
	Duration apiclient.Number `json:"duration"` // ms
	Success  apiclient.Text   `json:"is_success"`
	Code     apiclient.Text   `json:"error_code"`
}

func (s stageAnswer) failed() bool {
	if ok, sent := decode.Switch(s.Success).Value(); sent {
		return ok == 0
	}
	return s.Code != "" && decode.Code(string(s.Code)) != decode.CodeSuccess
}

// sampledLogon is a logon with its stages.
type sampledLogon struct {
	peer.Logon
	bizType string
	stages  []stageAnswer
}

func fetchAccessStages(ctx context.Context, in area.Input, prev accessStages) (accessStages, error) {
	logons, known := area.Peer[peer.Logons](in)
	if !known && prev.Taken != nil {
		return accessStages{}, area.WaitError("access_stages has no logons to ask about: collector login_records is off or has no result that is young enough")
	}
	logons = slices.DeleteFunc(slices.Clone(logons), func(l peer.Logon) bool { return in.Now.Sub(l.Counted) >= peer.LogonsFor })
	next := prev
	next.Taken = map[string]bool{}
	for _, attempt := range logons {
		if prev.Taken[attempt.TransactionID] {
			next.Taken[attempt.TransactionID] = true
		}
	}
	selected := sample(logons, next.Taken, in.Options.Int("max_calls"), in.Options.Int("share"))
	var (
		found   []sampledLogon
		results []string
	)
	gone := func(error) bool { return false } // one that is missing is a result
	_, err := decode.Each(in, apiclient.ShowUserAccessStages, selected, gone, func(attempt peer.Logon) (struct{}, error) {
		logon, err := readStages(ctx, in, attempt)
		switch {
		case decode.ObjectMissing(err):
			results = append(results, sampleMissing)
		case err != nil:
			return struct{}{}, err // asked about again
		default:
			results = append(results, sampleFound)
			found = append(found, logon)
		}
		next.Taken[attempt.TransactionID] = true
		return struct{}{}, nil
	})
	if err != nil {
		return accessStages{}, err
	}
	next.Samples = prev.Samples.Plus(sampleResults, 0).Plus(results, 1)
	next.Attempts = prev.Attempts.Plus(knownStages(), 0)
	next.Failures = prev.Failures.Plus(knownStages(), 0)
	next.Ratio = apiclient.Number{}
	if n := len(logons); n > 0 {
		next.Ratio = apiclient.NumberOf(float64(len(next.Taken)) / float64(n))
	}
	return next.count(found), nil
}

// sample chooses the logons to ask about: failed ones first, the newest of
// them first, then the others, the slowest first.
func sample(recent []peer.Logon, taken map[string]bool, maxCalls, share int) []peer.Logon {
	open := slices.DeleteFunc(slices.Clone(recent), func(a peer.Logon) bool { return taken[a.TransactionID] })
	slices.SortStableFunc(open, func(a, b peer.Logon) int {
		switch {
		case a.Failed != b.Failed:
			if a.Failed {
				return -1
			}
			return 1
		case a.Failed:
			return b.Start.Compare(a.Start)
		default:
			return cmp.Compare(b.Setup, a.Setup)
		}
	})
	allowed := (len(recent)*share+99)/100 - len(taken)
	return open[:max(0, min(len(open), maxCalls, allowed))]
}

// sampleAccessStages asks about a logon of the last day.
func sampleAccessStages(ctx context.Context, in area.Input) error {
	const minutes = "2006-01-02T15:04Z"
	now := in.Now.UTC()
	type record struct {
		TransactionID string `json:"transaction_id"`
	}
	list, err := decode.Entries(ctx, in, apiclient.Request{
		Endpoint: apiclient.ListLoginRecordsNew,
		Query:    url.Values{"start_time": {now.Add(-decode.Day).Format(minutes)}, "end_time": {now.Format(minutes)}},
	}, func(r record) string { return r.TransactionID })
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.TransactionID != "" {
			_, err := readStages(ctx, in, peer.Logon{TransactionID: r.TransactionID})
			return err
		}
	}
	return nil
}

func readStages(ctx context.Context, in area.Input, attempt peer.Logon) (sampledLogon, error) {
	e := apiclient.ShowUserAccessStages
	answer, err := decode.Get[stagesAnswer](ctx, in, apiclient.Request{
		Endpoint: e, Query: url.Values{"transaction_id": {attempt.TransactionID}},
	})
	if err == nil && answer.BizType == nil && answer.Stages == nil {
		err = decode.Malformed(e, "answer has neither `biz_type` nor `stages`")
	}
	if err != nil {
		return sampledLogon{}, err
	}
	logon := sampledLogon{Logon: attempt, bizType: decode.Unknown}
	if answer.BizType != nil {
		logon.bizType = decode.CodeLabel(string(*answer.BizType))
	}
	if answer.Stages != nil {
		logon.stages = *answer.Stages
	}
	return logon, nil
}

// count returns a with the stages of logons added.
func (a accessStages) count(logons []sampledLogon) accessStages {
	var stages, types []string
	for _, logon := range logons {
		types = append(types, logon.bizType)
		for _, s := range logon.stages {
			stages = append(stages, decode.CodeLabel(string(s.Stage)))
		}
	}
	stage := decode.Bounded(a.Attempts.Column(0), stages, maxStages)
	bizType := decode.Bounded(a.Attempts.Column(1), types, maxBizTypes)
	var attempts, failures []string
	durations := maps.Clone(a.Durations)
	if durations == nil {
		durations = map[string]area.Histogram{}
	}
	for _, logon := range logons {
		for _, s := range logon.stages {
			key := decode.LabelKey(stage(decode.CodeLabel(string(s.Stage))), bizType(logon.bizType))
			attempts = append(attempts, key)
			if s.failed() {
				failures = append(failures, key)
			}
			h, known := durations[key]
			if !known {
				h = area.NewHistogram(stageBuckets)
			}
			durations[key] = logon.observe(h, s)
		}
	}
	// A stage that never failed has a counter at 0: without it the first
	// failure would be no increase.
	a.Failures = a.Failures.Plus(attempts, 0).Plus(failures, 1)
	a.Attempts, a.Durations = a.Attempts.Plus(attempts, 1), durations
	return a
}

// observe adds the duration of a stage, if it can be true.
func (l sampledLogon) observe(h area.Histogram, s stageAnswer) area.Histogram {
	ms, sent := s.Duration.Value()
	if !sent || ms < 0 || ms > float64(decode.LongestDuration.Milliseconds()) {
		return h
	}
	if len(l.TransactionID) > maxTransactionID {
		return h.With(ms / 1000)
	}
	return h.WithExemplar(area.Exemplar{Label: "transaction_id", Of: l.TransactionID, Value: ms / 1000, Time: l.Counted})
}
