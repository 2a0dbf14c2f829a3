package core

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// alarmOf is what one record of the API becomes.
func alarmOf(t *testing.T, record string, userName func(string) string) peer.Alarm {
	t.Helper()
	alarms, err := fetchAlarms(t.Context(), area.Input{
		API: areatest.AnswerAll(fmt.Sprintf(`{"alarm_histories":[%s],"count":1}`, record)), UserName: userName,
	}, nil)
	if err != nil || len(alarms) != 1 {
		t.Fatalf("%s: %v, %v", record, alarms, err)
	}
	return alarms[0]
}

func plain(name string) string { return name }

func TestAlarmForAlerts(t *testing.T) {
	t.Parallel()
	got := alarmOf(t, `{"record_id":"ah1","alarm_id":"al1","name":"disk full","status":"alarm","type":"MULTI_INSTANCE","level":1,
		"begin_time":"2026-01-02T03:00:00Z",
		"metric":{"metric_name":"disk_util","dimensions":[{"name":"instance_id","value":"d-01"},{"name":"disk","value":"C"},
			{"name":"user_name","value":"alice"}]},
		"condition":{"period":300,"filter":"average","comparison_operator":">=","value":90.5,"unit":"%","count":3},
		"additional_info":{"resource_id":"","resource_name":"alice-pc"},
		"data_points":[{"time":"2026-01-02T03:00:00Z","value":97.2},{"time":"2026-01-02T02:55:00Z","value":91}]}`, plain)
	want := peer.Alarm{
		RecordID: "ah1", AlarmID: "al1", Name: "disk full", Level: "critical",
		Begin:      apiclient.TimeOf(time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)),
		MetricName: "disk_util", ResourceID: "d-01", Dimensions: "disk=C", ResourceName: "alice-pc",
		Condition: peer.AlarmCondition{
			Operator: ">=", Threshold: apiclient.NumberOf(90.5), Unit: "%", Filter: "average", Period: 5 * time.Minute, Count: 3,
		},
		Observed: apiclient.NumberOf(97.2),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestAlarmWithOddDecoration: a part of another shape costs no alarm.
func TestAlarmWithOddDecoration(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{
		`"condition":"cpu > 90","data_points":{"value":1}`,
		`"condition":[],"data_points":[1]`,
		`"condition":{"period":-5,"count":1e300},"data_points":[]`,
		`"condition":null,"data_points":null`,
		`"metric":[],"additional_info":""`,
		`"metric":{"dimensions":{"instance_id":"d-01"}},"additional_info":[]`,
	} {
		got := alarmOf(t, `{"record_id":"ah1","status":"alarm","level":2,`+odd+`}`, plain)
		if want := (peer.Alarm{RecordID: "ah1", Level: "major"}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", odd, got)
		}
	}
}

// TestResourceNameIsPrivate: desktops are called after their users.
func TestResourceNameIsPrivate(t *testing.T) {
	t.Parallel()
	for how, userName := range map[string]func(string) string{
		"hashed":  func(string) string { return "0123456789ab" },
		"omitted": func(string) string { return "" },
	} {
		got := alarmOf(t, `{"record_id":"ah1","status":"alarm","level":2,"additional_info":{"resource_name":"alice-pc"}}`, userName)
		if got.ResourceName != "" {
			t.Errorf("%s: the name %q is kept", how, got.ResourceName)
		}
	}
}

// TestDimensionsArePrivate: the resource and the dimensions become labels,
// which hold no name in any mode.
func TestDimensionsArePrivate(t *testing.T) {
	t.Parallel()
	for dimensions, want := range map[string]peer.Alarm{
		`{"name":"user_name","value":"alice"}`:                                            {},
		`{"name":"UserID","value":"alice"},{"name":"desktop_id","value":"d-1"}`:           {ResourceID: "d-1"},
		`{"name":"desktop_name","value":"alice"},{"name":"instance_id","value":"d-1"}`:    {ResourceID: "d-1"},
		`{"name":"hostname","value":"alice"},{"name":"disk_name","value":"sda"}`:          {ResourceID: "sda"},
		`{"name":"instance_id","value":"d-1"},{"name":"ComputerName","value":"alice"}`:    {ResourceID: "d-1"},
		`{"name":"instance_id","value":"d-1"},{"name":"disk_name","value":"sda"}`:         {ResourceID: "d-1", Dimensions: "disk_name=sda"},
		`{"name":"pool_id","value":"p-1"},{"name":"account_email","value":"a@b.example"}`: {ResourceID: "p-1"},
	} {
		got := alarmOf(t, `{"status":"alarm","metric":{"dimensions":[`+dimensions+`]}}`, plain)
		if got.ResourceID != want.ResourceID || got.Dimensions != want.Dimensions {
			t.Errorf("%s: resource %q, dimensions %q", dimensions, got.ResourceID, got.Dimensions)
		}
	}
}

// shrinkingAlarms is an API whose first record leaves the list after the
// first call.
type shrinkingAlarms struct{ ids, calls int }

func (s *shrinkingAlarms) Call(_ context.Context, r apiclient.Request) ([]byte, error) {
	s.calls++
	gone := 0
	if s.calls > 1 {
		gone = 1
	}
	offset, err := strconv.Atoi(r.Query.Get("offset"))
	if err != nil {
		return nil, err
	}
	var rows []string
	for id := offset + gone; id < s.ids && len(rows) < apiclient.ListAlarms.Page.Size; id++ {
		rows = append(rows, fmt.Sprintf(`{"record_id":"ah%d","status":"alarm"}`, id))
	}
	return fmt.Appendf(nil, `{"alarm_histories":[%s],"count":%d}`, strings.Join(rows, ","), s.ids-gone), nil
}

// TestAlarmsMoveWhileTheyAreRead: none that is still active looks ended.
func TestAlarmsMoveWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	const ids = 250
	before := make([]peer.Alarm, ids)
	for i := range before {
		before[i].RecordID = fmt.Sprintf("ah%d", i)
	}
	for _, known := range []int{0, ids} {
		api := &shrinkingAlarms{ids: ids}
		alarms, err := fetchAlarms(t.Context(), area.Input{API: api, UserName: plain}, before[:known])
		// The second page does not follow the first one and is read again.
		if err != nil || api.calls != 4 {
			t.Fatalf("%d known: %v after %d calls, want 4", known, err, api.calls)
		}
		if len(alarms) != ids {
			t.Errorf("%d known: %d alarms, want %d", known, len(alarms), ids)
		}
	}
}

// TestAlarmsOfOlderVersions: what was saved before alerts were sent is still
// a result.
func TestAlarmsOfOlderVersions(t *testing.T) {
	t.Parallel()
	area := alarmsArea()
	result, err := area.Restore([]byte(`[{"record_id":"ah1","alarm_id":"al1","name":"cpu high","level":"major",` +
		`"begin":"2026-01-02T03:00:00Z","metric_name":"cpu_util","resource_id":"d-01"}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []peer.Alarm{{
		RecordID: "ah1", AlarmID: "al1", Name: "cpu high", Level: "major",
		Begin: apiclient.TimeOf(time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)), MetricName: "cpu_util", ResourceID: "d-01",
	}}
	if !reflect.DeepEqual(result, want) {
		t.Errorf("got %+v", result)
	}
	saved, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	again, err := area.Restore(saved)
	if err != nil || !reflect.DeepEqual(again, result) {
		t.Errorf("saved again: %v %+v", err, again)
	}
}
