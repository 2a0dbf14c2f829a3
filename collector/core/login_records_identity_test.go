package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// loginAnswer is a list of logons, each changed by mutate.
func loginAnswer(t *testing.T, n int, mutate func(i int, record map[string]any)) apiclient.Caller {
	t.Helper()
	records := make([]map[string]any, n)
	for i := range records {
		records[i] = map[string]any{
			"transaction_id": fmt.Sprintf("TX-%d", i), "sid": fmt.Sprint("sid-", i), "user_name": fmt.Sprint("user", i), "computer_name": "D",
			"terminal_mac": "00-11-22-33-44-aa", "terminal_name": "PC", "terminal_ip": "10.0.0.9", "terminal_type": "Linux", "client_version": "24",
			"connection_start_time": "2026-01-02T09:30:30Z", "connection_setup_time": "2026-01-02T09:30:31Z", "connection_end_time": nil,
			"is_reconnect": false, "connection_failure_reason": "", "network_rtt": 12, "e2e_rtt": 35,
		}
		if mutate != nil {
			mutate(i, records[i])
		}
	}
	body, err := json.Marshal(map[string]any{"total_count": n, "records": records})
	if err != nil {
		t.Fatal(err)
	}
	return areatest.AnswerAll(string(body))
}

// TestLogonsOfOddListings: a logon is who its transaction_id says. Whatever is
// masked, missing, filled in later or written otherwise, it counts once.
func TestLogonsOfOddListings(t *testing.T) {
	t.Parallel()
	const n = 50
	c := loginRecordsArea()
	mutations := map[string]func(int, map[string]any){
		"every third member null": func(i int, r map[string]any) {
			for j, name := range []string{"sid", "user_name", "terminal_mac", "terminal_name", "terminal_type", "connection_setup_time", "network_rtt", "connection_start_time"} {
				if (i+j)%3 == 0 {
					r[name] = nil
				}
			}
		},
		"one record without its id": func(i int, r map[string]any) {
			maps.DeleteFunc(r, func(k string, _ any) bool { return k == "transaction_id" && i == 7 })
		},
		"all records without their id": func(_ int, r map[string]any) { delete(r, "transaction_id") },
		"ids null":                     func(_ int, r map[string]any) { r["transaction_id"] = nil },
		"times in another format":      func(_ int, r map[string]any) { r["connection_start_time"] = "1767346230000" },
		"a reason filled in":           func(_ int, r map[string]any) { r["connection_failure_reason"] = "WKS.1" },
	}
	for _, name := range []string{"sid", "user_name", "terminal_mac", "terminal_name", "terminal_ip", "terminal_type", "client_version", "is_reconnect", "network_rtt", "e2e_rtt", "connection_setup_time"} {
		mutations[name+" masked"] = func(_ int, r map[string]any) { r[name] = "***" }
		mutations[name+" missing"] = func(_ int, r map[string]any) { delete(r, name) }
	}
	for name, mutate := range mutations {
		in := areatest.Input(t, c, areatest.AnswerAll(`{"total_count":0,"records":[]}`))
		poll := func(api apiclient.Caller, prev any) any {
			t.Helper()
			in.API, in.Skips, in.Now = api, &apiclient.Skips{}, in.Now.Add(time.Minute)
			next, err := c.Poll(t.Context(), in, prev)
			if err != nil {
				if apiclient.KindOf(err) != apiclient.Malformed {
					t.Errorf("%s: %v", name, err)
				}
				return prev // nothing of a failed poll stays
			}
			return areatest.Restored(t, next)
		}
		result := poll(in.API, nil)
		result = poll(loginAnswer(t, n, nil), result)
		for range 2 {
			result = poll(loginAnswer(t, n, mutate), result)
			result = poll(loginAnswer(t, n, nil), result)
		}
		if got := attemptsOf(t, c, result); got != n {
			t.Errorf("%s: %d logons are counted, want %d", name, got, n)
		}
		// The other way round: seen so first.
		result = poll(loginAnswer(t, 0, nil), nil)
		result = poll(loginAnswer(t, n, mutate), result)
		result = poll(loginAnswer(t, n, nil), result)
		if got := attemptsOf(t, c, result); got > n && name != "all records without their id" && name != "ids null" {
			t.Errorf("%s first: %d logons are counted, want %d", name, got, n)
		}
	}
}

// TestLogonsOfAnOlderState: it does not say yet that records have ids.
func TestLogonsOfAnOlderState(t *testing.T) {
	t.Parallel()
	c := loginRecordsArea()
	in := areatest.Input(t, c, loginAnswer(t, 0, nil))
	result, err := c.Poll(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	in.API, in.Now = loginAnswer(t, 5, nil), in.Now.Add(time.Minute)
	if result, err = c.Poll(t.Context(), in, result); err != nil {
		t.Fatal(err)
	}
	older := result.(loginRecords)
	older.Identified = false
	in.API = loginAnswer(t, 5, func(_ int, r map[string]any) { delete(r, "transaction_id") })
	if _, err := c.Poll(t.Context(), in, older); apiclient.KindOf(err) != apiclient.Malformed {
		t.Errorf("without ids: %v", err)
	}
	in.API = loginAnswer(t, 5, nil)
	if result, err = c.Poll(t.Context(), in, older); err != nil {
		t.Fatal(err)
	}
	if got := attemptsOf(t, c, result); got != 5 {
		t.Errorf("%d logons are counted, want 5", got)
	}
}

// attemptsOf is the sum of connections_total.
func attemptsOf(t *testing.T, c area.Collector, result any) int {
	t.Helper()
	sum := 0
	for _, mf := range areatest.Families(t, c, result) {
		if mf.GetName() == area.Prefix+"connections_total" {
			for _, m := range mf.GetMetric() {
				sum += int(m.GetCounter().GetValue())
			}
		}
	}
	return sum
}
