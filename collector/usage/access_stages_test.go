package usage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// TestStagesOfEachLogonOnce polls a long day of logons: every one is asked
// about at most once, and none is forgotten while there is room.
func TestStagesOfEachLogonOnce(t *testing.T) {
	t.Parallel()
	stages := accessStagesArea()
	asked := map[string]int{}
	in := areatest.Input(t, stages, areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		asked[req.Query.Get("transaction_id")]++
		return []byte(`{"biz_type":"DESKTOP","stages":[]}`), nil
	}))
	var recent peer.Logons
	in.Peer = func(string) area.Shared { return recent }
	var result any
	for minute := range 120 {
		in.Now = areatest.Noon.Add(time.Duration(minute) * time.Minute)
		for i := range 15 {
			recent = append(recent, peer.Logon{TransactionID: fmt.Sprint(minute, "-", i), Counted: in.Now})
		}
		recent = recent[max(0, len(recent)-15*15):]
		var err error
		if result, err = stages.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		result = areatest.Restored(t, result)
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

// TestStagesOfOldLogons: logons count as recent for 15 minutes, and their stages
// end with the collector that tells of them.
func TestStagesOfOldLogons(t *testing.T) {
	t.Parallel()
	c := accessStagesArea()
	in := areatest.Input(t, c, areatest.AnswerAll(`{"biz_type":"DESKTOP","stages":[]}`))
	logons := peer.Logons{{TransactionID: "old", Counted: in.Now.Add(-3 * time.Hour)}, {TransactionID: "new", Counted: in.Now.Add(-14 * time.Minute)}}
	in.Peer = func(string) area.Shared { return logons }
	result, err := c.Poll(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v := areatest.Samples(t, c, result)["access_stage_sample_ratio"]; v != "1" {
		t.Errorf("the ratio is %q, want 1", v)
	}
	in.Now = in.Now.Add(2 * time.Minute)
	if result, err = c.Poll(t.Context(), in, result); err != nil {
		t.Fatal(err)
	}
	if v, there := areatest.Samples(t, c, result)["access_stage_sample_ratio"]; there {
		t.Errorf("without a recent logon the ratio is %q", v)
	}
	in.Peer = func(string) area.Shared { return nil } // login_records has expired
	if _, err := c.Poll(t.Context(), in, result); err == nil || apiclient.KindOf(err) != "" {
		t.Errorf("without logons: %v", err)
	}
}

// TestStagesOfOneLogon: one that cannot be asked about costs no other.
func TestStagesOfOneLogon(t *testing.T) {
	t.Parallel()
	c := accessStagesArea()
	asked := 0
	in := areatest.Input(t, c, areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		if asked++; req.Query.Get("transaction_id") == "b" {
			return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: apiclient.Server, Status: 500}
		}
		return []byte(`{"biz_type":"DESKTOP","stages":[]}`), nil
	}))
	in.Skips = &apiclient.Skips{}
	logons := peer.Logons{{TransactionID: "a", Counted: in.Now}, {TransactionID: "b", Counted: in.Now}, {TransactionID: "c", Counted: in.Now}}
	in.Peer = func(string) area.Shared { return logons }
	result, err := c.Poll(t.Context(), in, nil)
	if err != nil || in.Skips.Count != 1 {
		t.Fatalf("%v, %d skipped", err, in.Skips.Count)
	}
	if v := areatest.Samples(t, c, result)[`access_stage_samples_total{result="found"}`]; v != "2" || asked != 3 {
		t.Errorf("%s logons are found after %d calls", v, asked)
	}
}
