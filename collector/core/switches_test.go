package core

import (
	"fmt"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// spellings are those of switches, as JSON.
var spellings = map[string]string{
	"true": "true", `"true"`: "true", `"True"`: "true", "1": "true", `"1"`: "true", `"ON"`: "true", `" on "`: "true",
	"false": "false", `"False"`: "false", "0": "false", `"0"`: "false", `"OFF"`: "false",
	"null": "unknown", `""`: "unknown", `"maybe"`: "unknown", "{}": "unknown",
}

// TestSwitches: one reader for all spellings, in each place.
func TestSwitches(t *testing.T) {
	t.Parallel()
	for written, want := range spellings {
		c := desktopsArea()
		in := areatest.Input(t, c, areatest.AnswerAll(fmt.Sprintf(
			`{"total_count":1,"desktops":[{"desktop_id":"d","status":"ACTIVE","connect_status":"REGISTERED","in_maintenance_mode":%s}]}`, written)))
		result, err := c.Poll(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		areatest.WantSamples(t, areatest.Samples(t, c, result), "desktops_observed", map[string]string{
			`desktops_observed{login_state="REGISTERED",maintenance="` + want + `",pool_id="",run_state="ACTIVE"}`: "1",
		})

		c = poolsArea()
		in = areatest.Input(t, c, areatest.AnswerAll(fmt.Sprintf(`{"total_count":1,"desktop_pools":[{"id":"p","enable_autoscale":%s,"in_maintenance_mode":%[1]s,
			"autoscale_policy":{"max_auto_created":5,"auto_isolation_enable":%[1]s,"auto_isolation_max_num":3}}]}`, written)))
		if result, err = c.Poll(t.Context(), in, nil); err != nil {
			t.Fatal(err)
		}
		pool := result.([]pool)[0]
		_, scales := pool.MaxDesktops.Value()
		_, isolates := pool.MaxIsolated.Value()
		on, told := pool.Maintenance.Value()
		if scales != (want == "true") || isolates != (want == "true") || told != (want != "unknown") || (on == 1) != (want == "true") {
			t.Errorf("%s: the pool scales %t, isolates %t, is in maintenance %v %t", written, scales, isolates, on, told)
		}

		c = loginRecordsArea()
		in = areatest.Input(t, c, areatest.AnswerAll(`{"total_count":0,"records":[]}`))
		if result, err = c.Poll(t.Context(), in, nil); err != nil {
			t.Fatal(err)
		}
		in.API = areatest.AnswerAll(fmt.Sprintf(`{"total_count":1,"records":[{"transaction_id":"t","terminal_type":"Linux","is_reconnect":%s,
			"connection_start_time":"2026-01-02T09:30:00Z","connection_setup_time":"2026-01-02T09:30:01Z"}]}`, written))
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		series := `connections_total{reconnect="` + want + `",result="success",terminal_type="Linux"}`
		if got := areatest.Samples(t, c, result)[series]; got != "1" {
			t.Errorf("%s: %s is %s", written, series, got)
		}
	}
}
