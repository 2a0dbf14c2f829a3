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
