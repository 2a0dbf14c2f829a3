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
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// TestRegistrationOverdue follows one desktop of pool wp1 over several polls.
func TestRegistrationOverdue(t *testing.T) {
	t.Parallel()
	const (
		waiting    = `{"desktop_id":"d","pool_id":"wp1","status":"ACTIVE","task_status":null,"connect_status":"UNREGISTER","in_maintenance_mode":false}`
		registered = `{"desktop_id":"d","pool_id":"wp1","status":"ACTIVE","task_status":null,"connect_status":"REGISTERED","in_maintenance_mode":false}`
		off        = `{"desktop_id":"d","pool_id":"wp1","status":"SHUTOFF","task_status":null,"connect_status":"UNREGISTER","in_maintenance_mode":false}`
		busy       = `{"desktop_id":"d","pool_id":"wp1","status":"ACTIVE","task_status":"rebooting","connect_status":"UNREGISTER","in_maintenance_mode":false}`
		maintained = `{"desktop_id":"d","pool_id":"wp1","status":"ACTIVE","task_status":null,"connect_status":"UNREGISTER","in_maintenance_mode":true}`
		gone       = ``
	)
	type poll struct {
		after   time.Duration // the first poll
		desktop string
		want    string
	}
	for name, c := range map[string]struct {
		grace time.Duration
		polls []poll
	}{
		"waits for the grace time": {10 * time.Minute, []poll{
			{0, waiting, "0"}, {9 * time.Minute, waiting, "0"}, {10 * time.Minute, waiting, "1"}, {11 * time.Minute, waiting, "1"},
		}},
		"needs two polls": {0, []poll{{0, waiting, "0"}, {time.Second, waiting, "1"}}},
		"ends with the registration": {time.Minute, []poll{
			{0, waiting, "0"}, {time.Minute, waiting, "1"}, {2 * time.Minute, registered, "0"}, {3 * time.Minute, waiting, "0"}, {4 * time.Minute, waiting, "1"},
		}},
		"starts anew after power-off":    {time.Minute, []poll{{0, waiting, "0"}, {time.Minute, off, "0"}, {2 * time.Minute, waiting, "0"}}},
		"starts anew after a task":       {time.Minute, []poll{{0, waiting, "0"}, {time.Minute, busy, "0"}, {2 * time.Minute, waiting, "0"}}},
		"starts anew after maintenance":  {time.Minute, []poll{{0, waiting, "0"}, {time.Minute, maintained, "0"}, {2 * time.Minute, waiting, "0"}}},
		"starts anew for the same id":    {time.Minute, []poll{{0, waiting, "0"}, {time.Minute, gone, ""}, {2 * time.Minute, waiting, "0"}}},
		"never while it is switched off": {time.Minute, []poll{{0, off, "0"}, {time.Minute, off, "0"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			area := desktopsArea()
			var result any
			in := areatest.Input(t, area, nil)
			in.Options["grace"] = c.grace
			start := in.Now
			for _, p := range c.polls {
				in.Now = start.Add(p.after)
				in.API = areatest.AnswerAll(fmt.Sprintf(`{"total_count":%d,"desktops":[%s]}`, min(len(p.desktop), 1), p.desktop))
				next, err := area.Poll(t.Context(), in, result)
				if err != nil {
					t.Fatal(err)
				}
				// A failed poll in between changes nothing.
				in.API = areatest.AnswerAll(`{}`)
				if _, err := area.Poll(t.Context(), in, next); err == nil {
					t.Fatal("no error")
				}
				result = areatest.Restored(t, next)
				if got := areatest.Samples(t, area, result)[`desktops_registration_overdue{pool_id="wp1"}`]; got != p.want {
					t.Errorf("after %s the count is %q, want %q", p.after, got, p.want)
				}
			}
		})
	}
}

// TestDesktopsStaySmall polls a large fleet without per_desktop: what is kept
// does not grow with the number of desktops.
func TestDesktopsStaySmall(t *testing.T) {
	t.Parallel()
	area := desktopsArea()
	result, err := area.Poll(t.Context(), areatest.Input(t, area, newFleet(20_000)), nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 100_000 {
		t.Errorf("the result has %d bytes as JSON", len(data))
	}
	total := 0
	for series, v := range areatest.Samples(t, area, result) {
		if strings.HasPrefix(series, "desktops_observed{") {
			n, err := strconv.Atoi(v)
			if err != nil {
				t.Fatal(err)
			}
			total += n
		}
	}
	if total != 20_000 {
		t.Errorf("%d desktops are counted, want 20000", total)
	}
}

// TestUserNamesAreHidden looks for a user's name in everything that is kept.
func TestUserNamesAreHidden(t *testing.T) {
	t.Parallel()
	area := desktopsArea()
	in := areatest.Input(t, area, newFleet(5))
	in.Options["per_desktop"] = true
	in.UserName = func(string) string { return "hidden" }
	result, err := area.Poll(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "user-") || !strings.Contains(areatest.Exposition(t, area, result), `user="hidden"`) {
		t.Errorf("the result shows user names: %s", data)
	}
}

// BenchmarkDesktops reads 20,000 desktops. It is why the strings of long lists
// are plain: with apiclient.Text a poll takes twice the time and memory.
func BenchmarkDesktops(b *testing.B) {
	for _, perDesktop := range []bool{false, true} {
		b.Run(fmt.Sprintf("per_desktop=%t", perDesktop), func(b *testing.B) {
			area := desktopsArea()
			in := areatest.Input(b, area, newFleet(20_000))
			in.Options["per_desktop"] = perDesktop
			b.ReportAllocs()
			var result any
			for b.Loop() {
				var err error
				if result, err = area.Poll(b.Context(), in, result); err != nil {
					b.Fatal(err)
				}
			}
			if reflect.ValueOf(result).IsZero() {
				b.Fatal("empty result")
			}
		})
	}
}

// fleet answers ListDesktops with made-up desktops.
type fleet struct{ pages map[string][]byte }

func newFleet(desktops int) fleet {
	f := fleet{map[string][]byte{}}
	for offset := 0; offset < desktops; offset += 999 { // pages overlap by one row
		var rows []string
		for i := offset; i < min(offset+1000, desktops); i++ {
			status, login := "ACTIVE", "CONNECTED"
			switch {
			case i%4 == 1:
				login = "REGISTERED"
			case i%4 == 2:
				status, login = "SHUTOFF", "UNREGISTER"
			case i%100 == 3:
				login = "UNREGISTER"
			}
			rows = append(rows, fmt.Sprintf(`{"domain_id":"0123456789abcdef","desktop_id":"0f2c1a9e-7d1d-4a55-9c5e-%012d","computer_name":"DESK-%06d",`+
				`"created":"2025-10-01T08:00:00Z","ip_address":"192.168.0.10","user_name":"user-%06d","sid":"sid-%d","in_maintenance_mode":false,`+
				`"desktop_type":"DEDICATED","status":%q,"task_status":"","availability_zone":"ap-southeast-3a","connect_status":%q,"pool_id":"wp%d",`+
				`"tags":[{"key":"team","value":"dev"}],"attach_user_infos":[{"user_id":"u","user_name":"user-%06d","user_group":"users","type":"USER"}]}`,
				i, i, i, i, status, login, i%20, i))
		}
		f.pages[strconv.Itoa(offset)] = fmt.Appendf(nil, `{"total_count":%d,"desktops":[%s]}`, desktops, strings.Join(rows, ","))
	}
	return f
}

func (f fleet) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	return f.pages[req.Query.Get("offset")], nil
}

// TestDesktopDeletedWhileTheListIsRead: no other one is missed, and its clock
// goes on.
func TestDesktopDeletedWhileTheListIsRead(t *testing.T) {
	t.Parallel()
	c := desktopsArea()
	in := areatest.Input(t, c, nil)
	in.Options["per_desktop"] = true
	first, shrinks := 0, false // the first desktop that is still there
	in.API = areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
		offset, err := strconv.Atoi(req.Query.Get("offset"))
		if err != nil {
			return nil, err
		}
		var rows []string
		for i := first + offset; i < min(first+offset+1000, 2500); i++ {
			login := "CONNECTED"
			if i == 1000 {
				login = "UNREGISTER"
			}
			rows = append(rows, fmt.Sprintf(`{"desktop_id":"d%05d","status":"ACTIVE","connect_status":%q,"in_maintenance_mode":false}`, i, login))
		}
		body := fmt.Appendf(nil, `{"total_count":%d,"desktops":[%s]}`, 2500-first, strings.Join(rows, ","))
		if shrinks {
			first, shrinks = first+1, false
		}
		return body, nil
	})
	start := in.Now
	var result any
	for minute, want := range []string{"0", "0", "1", "1", "1"} {
		in.Now = start.Add(time.Duration(minute) * 10 * time.Minute / 2)
		shrinks = minute == 3
		var err error
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		got := areatest.Samples(t, c, result)
		if v := got[`desktops_registration_overdue{pool_id=""}`]; v != want {
			t.Errorf("poll %d: %s overdue, want %s", minute, v, want)
		}
		if v := got[`desktop_login_state{desktop_id="d01000",state="UNREGISTER"}`]; v != "1" {
			t.Errorf("poll %d: the desktop behind the first page is missing", minute)
		}
	}
}

// TestStateLeftOutOnce: a desktop whose state is not told once keeps its clock.
func TestStateLeftOutOnce(t *testing.T) {
	t.Parallel()
	c := desktopsArea()
	in := areatest.Input(t, c, nil)
	start := in.Now
	var result any
	for i, poll := range []struct{ states, want string }{
		{`"status":"ACTIVE","connect_status":"UNREGISTER"`, "0"}, {`"status":"ACTIVE","connect_status":null`, "0"},
		{`"status":"active","connect_status":"unregister"`, "1"}, {`"status":"ACTIVE","connect_status":"REGISTERED"`, "0"},
		{`"status":"ACTIVE","connect_status":"UNREGISTER"`, "0"},
	} {
		in.Now = start.Add(time.Duration(i) * 6 * time.Minute)
		in.API = areatest.AnswerAll(`{"total_count":1,"desktops":[{"desktop_id":"d","in_maintenance_mode":false,` + poll.states + `}]}`)
		var err error
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		if v := areatest.Samples(t, c, result)[`desktops_registration_overdue{pool_id=""}`]; v != poll.want {
			t.Errorf("poll %d: %s overdue, want %s", i, v, poll.want)
		}
	}
}
