package collector

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

func codeText(i, round int) apiclient.Text {
	return apiclient.Text(fmt.Sprintf("EVENT_%d_%d", round, i%70))
}

func refusal(e apiclient.Endpoint, status int, code string) error {
	kind := apiclient.Client
	if status == 404 {
		kind = apiclient.NotFound
	}
	return &apiclient.Error{Operation: e.Operation, Kind: kind, Status: status, Code: code}
}

// TestMissingObjects: a logon or a user that is not there any more is left
// out; an API that is not there is a failure.
func TestMissingObjects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		code   string
		fails  bool
	}{
		{404, "WKS.0202", false},
		{400, "WKS.00170312", false},
		{404, "APIGW.0101", true},
	} {
		stages := accessStagesArea()
		in := input(t, stages, callFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			if req.Query.Get("transaction_id") == "gone" {
				return nil, refusal(req.Endpoint, c.status, c.code)
			}
			return []byte(`{"biz_type":"DESKTOP","stages":[{"stage":"LOGIN","duration":5,"is_success":true}]}`), nil
		}))
		in.Peer = func(string) Shared {
			return peerLogons{{TransactionID: "gone"}, {TransactionID: "there"}}
		}
		result, err := stages.Poll(t.Context(), in, nil)
		if c.fails != (err != nil) {
			t.Fatalf("%s: stages: error %v", c.code, err)
		}
		if !c.fails {
			wantSamples(t, samples(t, stages, result), "access_stage_samples_total", map[string]string{
				`access_stage_samples_total{result="found"}`: "1", `access_stage_samples_total{result="missing"}`: "1",
			})
		}

		otp := otpDevicesArea()
		in = input(t, otp, callFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			switch {
			case req.Endpoint.Operation == "ListUsers":
				return []byte(`{"total_count":2,"users":[{"id":"gone"},{"id":"there"}]}`), nil
			case req.Path["user_id"] == "gone":
				return nil, refusal(req.Endpoint, c.status, c.code)
			default:
				return []byte(`{"otp_devices":[{"status":"REGISTERED"}]}`), nil
			}
		}))
		result, err = otp.Poll(t.Context(), in, nil)
		if c.fails != (err != nil) {
			t.Fatalf("%s: devices: error %v", c.code, err)
		}
		if !c.fails {
			wantSamples(t, samples(t, otp, result), "users_otp_coverage_ratio", map[string]string{"users_otp_coverage_ratio": "0.5"})
		}
	}
}

// TestOmittedNames: users who must not be told apart are added up.
func TestOmittedNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		area   Collector
		body   string
		prefix string
		want   map[string]string
	}{
		{
			userUsageArea(),
			`{"count":2,"items":[{"username":"alice","metric":[{"metric_name":"user_usage","metric_value":60}]},{"username":"bob","metric":[{"metric_name":"user_usage","metric_value":5}]}]}`,
			"user_usage", map[string]string{`user_usage_seconds{user=""}`: "65"},
		},
		{
			appAccessArea(),
			`{"count":2,"items":[{"username":"alice","access_failed_count":2},{"username":"bob","access_failed_count":1}]}`,
			"app_access", map[string]string{`app_access_failures{user=""}`: "3"},
		},
	} {
		in := input(t, c.area, answerAll(c.body))
		in.UserName = func(string) string { return "" }
		result, err := c.area.Poll(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		wantSamples(t, samples(t, c.area, result), c.prefix, c.want)
	}
}

// TestStatisticOptions: a wrong option fails the poll with what to do.
func TestStatisticOptions(t *testing.T) {
	t.Parallel()
	area := statisticsMetricsArea()
	for option, c := range map[string]struct {
		value any
		want  string
	}{
		"period":       {"WEEK", "DAY or HOUR"},
		"trend_period": {"DAYS", "MIN, 5MIN, HOUR or DAY"},
		"grow_period":  {"HOUR", "DAY or MONTH"},
		"dim_form":     {"comma", "indexed or plain"},
		"dimensions":   {[]string{"instance_id"}, "key,value"},
	} {
		in := input(t, area, answerAll(`[]`))
		in.Options["metric_names"] = []string{"desktop_usage"}
		in.Options[option] = c.value
		if _, err := area.Poll(t.Context(), in, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", option, err, c.want)
		}
	}
	for form, dimensions := range map[string][]string{"plain": {"a,1", "b,2"}, "indexed": {"a,1", "b,2", "c,3", "d,4"}} {
		if _, err := dimensionQuery(dimensions, form); err == nil {
			t.Errorf("%d dimensions in the %s form were taken", len(dimensions), form)
		}
	}
}

// TestRecentAttempts looks at what login_records tells other areas: attempts
// counted of late, each once, and none of the first poll.
func TestRecentAttempts(t *testing.T) {
	t.Parallel()
	f := follow(t, newRecordServer(t, noon,
		accessRecord{id: "before", start: ago(time.Minute), setup: ago(time.Minute)},
	))
	f.at(noon)
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

// TestStagesOfEachLogonOnce polls a long day of logons: every one is asked
// about at most once, and none is forgotten while there is room.
func TestStagesOfEachLogonOnce(t *testing.T) {
	t.Parallel()
	stages := accessStagesArea()
	asked := map[string]int{}
	in := input(t, stages, callFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		asked[req.Query.Get("transaction_id")]++
		return []byte(`{"biz_type":"DESKTOP","stages":[]}`), nil
	}))
	var recent peerLogons
	in.Peer = func(string) Shared { return recent }
	var result any
	for minute := range 120 {
		in.Now = noon.Add(time.Duration(minute) * time.Minute)
		for i := range 15 {
			recent = append(recent, peerLogon{TransactionID: fmt.Sprint(minute, "-", i), Counted: in.Now})
		}
		recent = recent[max(0, len(recent)-15*15):]
		var err error
		if result, err = stages.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		result = restored(t, result)
		if n := len(result.(accessStages).Taken); n > 15*15 {
			t.Fatalf("%d logons are remembered", n)
		}
	}
	if len(asked) != 120*15 {
		t.Errorf("%d logons were asked about, want %d", len(asked), 120*15)
	}
	for id, n := range asked {
		if n != 1 {
			t.Errorf("logon %s was asked about %d times", id, n)
		}
	}
}
