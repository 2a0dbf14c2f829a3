package usage

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// oddListing is a list of records, each changed by mutate.
func oddListing(t *testing.T, list, total string, records []map[string]any, mutate func(i int, record map[string]any)) string {
	t.Helper()
	changed := make([]map[string]any, len(records))
	for i, r := range records {
		changed[i] = map[string]any{}
		for k, v := range r {
			changed[i][k] = v
		}
		if mutate != nil {
			mutate(i, changed[i])
		}
	}
	body, err := json.Marshal(map[string]any{list: changed, total: len(changed)})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// mutations are the ways in which a later listing writes the same records.
func mutations(members ...string) map[string]func(int, map[string]any) {
	all := map[string]func(int, map[string]any){"": func(int, map[string]any) {}}
	for _, name := range members {
		all[name+" masked"] = func(_ int, r map[string]any) { r[name] = "***" }
		all[name+" null"] = func(_ int, r map[string]any) { r[name] = nil }
		all[name+" missing"] = func(_ int, r map[string]any) { delete(r, name) }
		all[name+" missing in one"] = func(i int, r map[string]any) {
			if i == 3 {
				delete(r, name)
			}
		}
		all[name+" missing in every third"] = func(i int, r map[string]any) {
			if i%3 == 0 {
				delete(r, name)
			}
		}
		all[name+" filled in"] = func(_ int, r map[string]any) {
			if r[name] == "" {
				r[name] = "WKS.7"
			}
		}
		all[name+" in capitals"] = func(_ int, r map[string]any) {
			if s, is := r[name].(string); is {
				r[name] = strings.ToUpper(s)
			}
		}
	}
	return all
}

// oddPolls polls a first time, then each listing, each with a way through JSON.
// A poll that fails leaves the result as it was.
func oddPolls(t *testing.T, c area.Collector, result any, at time.Time, listings ...string) any {
	t.Helper()
	in := areatest.Input(t, c, nil)
	in.Now = at
	for _, body := range listings {
		in.API, in.Skips, in.Now = areatest.AnswerAll(body), &apiclient.Skips{}, in.Now.Add(20*time.Second)
		next, err := c.Poll(t.Context(), in, result)
		if err != nil {
			if apiclient.KindOf(err) != apiclient.Malformed {
				t.Fatal(err)
			}
			continue
		}
		result = areatest.Restored(t, next)
	}
	return result
}

// sumOf adds up a family of counters.
func sumOf(t *testing.T, c area.Collector, result any, family string) int {
	t.Helper()
	sum := 0
	for _, mf := range areatest.Families(t, c, result) {
		if mf.GetName() == area.Prefix+family {
			for _, m := range mf.GetMetric() {
				sum += int(m.GetCounter().GetValue())
			}
		}
	}
	return sum
}

func someEvents(trace bool) []map[string]any {
	events := make([]map[string]any, 50)
	for i := range events {
		events[i] = map[string]any{
			"event_trace_id": "", "event_type": "LOGIN", "event_time": time.Date(2026, 1, 2, 9, 30, 20+i%5, 0, time.UTC).Format(time.RFC3339),
			"is_success": i%5 != 0, "error_code": "", "username": "alice", "resource_id": "d-01", "action_type": "user",
			"client_mac": "00-aa", "client_ip": "10.0.0.9", "resource_name": fmt.Sprint("DESK-", i), "error_msg": "", "source_ip": "1.1.1.1",
		}
		if trace {
			events[i]["event_trace_id"] = fmt.Sprint("e", i)
		}
	}
	return events
}

// TestEventsOfOddListings: no member that is masked, missing, filled in later or
// written otherwise makes another event.
func TestEventsOfOddListings(t *testing.T) {
	t.Parallel()
	c := userEventsArea()
	at := time.Date(2026, 1, 2, 9, 30, 20, 0, time.UTC)
	for _, trace := range []bool{true, false} {
		events := someEvents(trace)
		none := oddListing(t, "items", "count", nil, nil)
		usual := oddListing(t, "items", "count", events, nil)
		odd := mutations("event_type", "event_time", "is_success", "error_code", "username", "resource_id", "action_type", "client_mac", "client_ip", "resource_name", "error_msg", "source_ip")
		for _, name := range []string{"null", "missing", "missing in one", "missing in every third"} {
			odd["event_trace_id "+name] = mutations("event_trace_id")["event_trace_id "+name]
		}
		odd["is_success 1"] = func(_ int, r map[string]any) {
			if r["is_success"] == true {
				r["is_success"] = 1
			}
		}
		odd["event_time in another format"] = func(_ int, r map[string]any) {
			at, _ := time.Parse(time.RFC3339, r["event_time"].(string))
			r["event_time"] = at.UnixMilli()
		}
		odd["every third member null"] = func(i int, r map[string]any) {
			for j, name := range []string{"username", "resource_id", "error_code", "client_ip", "action_type", "error_msg"} {
				if (i+j)%3 == 0 {
					r[name] = nil
				}
			}
		}
		for name, mutate := range odd {
			other := oddListing(t, "items", "count", events, mutate)
			if !trace && strings.HasPrefix(name, "event_trace_id") || name == "event_type masked" {
				continue // by its type an event is counted
			}
			result := oddPolls(t, c, nil, at, none, usual, other, usual, other, usual)
			if got := sumOf(t, c, result, "user_events_total"); got != len(events) {
				t.Errorf("trace %t, %s: %d events are counted, want %d", trace, name, got, len(events))
			}
			// Seen so first.
			result = oddPolls(t, c, nil, at, none, other, usual, usual)
			if got := sumOf(t, c, result, "user_events_total"); got != len(events) && name != "event_trace_id missing" && name != "event_trace_id null" && name != "event_time masked" {
				t.Errorf("trace %t, %s first: %d events are counted, want %d", trace, name, got, len(events))
			}
			// Saved by a version that made other keys.
			older := oddPolls(t, c, nil, at, none, usual).(userEvents)
			older.Keys, older.Identified, older.Seen = 0, false, map[string]time.Time{"0123456789ab": at}
			result = oddPolls(t, c, older, at.Add(40*time.Second), other, usual, other)
			if got := sumOf(t, c, result, "user_events_total"); got != len(events) {
				t.Errorf("trace %t, %s after an older version: %d events are counted, want %d", trace, name, got, len(events))
			}
		}
	}
}

// TestEqualEvents: events that the API does not tell apart are as many as it
// lists, each counted once.
func TestEqualEvents(t *testing.T) {
	t.Parallel()
	c := userEventsArea()
	at := time.Date(2026, 1, 2, 9, 30, 20, 0, time.UTC)
	for name, distinct := range map[string]bool{"to the letter": false, "but for members without identity": true} {
		equal := func(n int) string {
			events := make([]map[string]any, n)
			for i := range events {
				events[i] = map[string]any{"event_trace_id": "", "event_type": "CREATE_DESKTOP", "event_time": "2026-01-02T09:30:20Z", "is_success": false, "resource_id": nil}
				if distinct {
					events[i]["resource_name"], events[i]["error_msg"] = fmt.Sprint("D", i), fmt.Sprint("no ", i)
				}
			}
			return oddListing(t, "items", "count", events, nil)
		}
		result := oddPolls(t, c, nil, at, equal(0), equal(5), equal(5), equal(3), equal(5))
		if got := sumOf(t, c, result, "user_events_total"); got != 5 {
			t.Errorf("%s: %d events are counted, want 5", name, got)
		}
		if got := sumOf(t, c, oddPolls(t, c, result, at.Add(2*time.Minute), equal(7), equal(7)), "user_events_total"); got != 7 {
			t.Errorf("%s: %d events are counted, want 7", name, got)
		}
	}
}

// TestNotificationsOfOddListings is TestEventsOfOddListings for messages.
func TestNotificationsOfOddListings(t *testing.T) {
	t.Parallel()
	c := userNotificationsArea()
	at := time.Date(2026, 1, 2, 9, 30, 20, 0, time.UTC)
	records := make([]map[string]any, 40)
	for i := range records {
		records[i] = map[string]any{
			"type": "EMAIL", "user_name": fmt.Sprint("user", i), "desktop_name": fmt.Sprint("d", i), "desktop_pool_name": "", "result": "FAIL",
			"error_message": "", "operate_time": time.Date(2026, 1, 2, 9, 30, 24-i%5, 0, time.UTC).Format(time.RFC3339),
		}
	}
	none := oddListing(t, "notification_records", "total_count", nil, nil)
	usual := oddListing(t, "notification_records", "total_count", records, nil)
	for name, mutate := range mutations("user_name", "desktop_name", "desktop_pool_name", "error_message", "type", "operate_time", "result") {
		if name == "type masked" || name == "result masked" {
			continue // by these members they are counted
		}
		other := oddListing(t, "notification_records", "total_count", records, mutate)
		result := oddPolls(t, c, nil, at, none, usual, other, usual, other)
		// Both queries give the same list here.
		if got := sumOf(t, c, result, "user_notification_failures_total"); got != 2*len(records) {
			t.Errorf("%s: %d messages are counted, want %d", name, got, 2*len(records))
		}
		older := oddPolls(t, c, nil, at, none, usual).(userNotifications)
		older.Keys, older.Seen = 0, map[string]time.Time{"0123456789ab": at}
		result = oddPolls(t, c, older, at.Add(40*time.Second), other, usual)
		if got := sumOf(t, c, result, "user_notification_failures_total"); got != 2*len(records) {
			t.Errorf("%s after an older version: %d messages are counted, want %d", name, got, 2*len(records))
		}
	}
}
