package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// monitorServer answers for a fleet of desktops, some of which fail.
type monitorServer struct {
	desktops []peer.Desktop
	fails    map[string]apiclient.Kind
	now      time.Time
	listed   int
	read     []string
}

func (s *monitorServer) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	if req.Endpoint.Operation == "ListDesktops" {
		s.listed++
		return json.Marshal(map[string]any{"desktops": s.desktops, "total_count": len(s.desktops)})
	}
	id := req.Path["desktop_id"]
	s.read = append(s.read, id)
	if kind, fails := s.fails[id]; fails {
		return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: kind}
	}
	return fmt.Appendf(nil, `{"cpu_info":[{"average":50,"timestamp":%d}]}`, s.now.Add(-time.Minute).UnixMilli()), nil
}

func inUse(ids ...string) []peer.Desktop {
	all := make([]peer.Desktop, len(ids))
	for i, id := range ids {
		all[i] = peer.Desktop{ID: id, RunState: "ACTIVE", LoginState: "CONNECTED"}
	}
	return all
}

// monitorPoll polls once, a minute after the last time.
func monitorPoll(t *testing.T, s *monitorServer, maxCalls int, prev any) (any, error) {
	t.Helper()
	c := desktopMonitorArea()
	in := areatest.Input(t, c, s)
	if s.now.IsZero() {
		s.now = in.Now
	}
	s.now = s.now.Add(time.Minute)
	s.read, in.Now = nil, s.now
	in.Options["max_calls"] = maxCalls
	return c.Poll(t.Context(), in, prev)
}

func shown(t *testing.T, result any) string {
	t.Helper()
	var ids []string
	for series := range areatest.Samples(t, desktopMonitorArea(), result) {
		if id, ok := strings.CutPrefix(series, `desktop_cpu_usage_ratio{desktop_id="`); ok {
			ids = append(ids, strings.TrimSuffix(id, `"}`))
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// TestSweepSurvivesSingleDesktops: what is wrong with one desktop keeps no
// other from being read, and what is wrong with the API is no desktop's fault.
func TestSweepSurvivesSingleDesktops(t *testing.T) {
	t.Parallel()
	s := &monitorServer{desktops: inUse("a", "b", "c", "d", "e"), fails: map[string]apiclient.Kind{"b": apiclient.Server, "d": apiclient.NotFound}}
	var result any
	for _, want := range []struct{ read, shown string }{
		{"a b c", "a c"},
		{"d e a", "a c e"}, // d is gone
		{"b c e", "a c e"},
		{"a b c", "a c e"},
	} {
		var err error
		if result, err = monitorPoll(t, s, 3, result); err != nil {
			t.Fatal(err)
		}
		if read := strings.Join(s.read, " "); read != want.read || shown(t, result) != want.shown {
			t.Errorf("read %q and shown %q, want %+v", read, shown(t, result), want)
		}
	}
	if s.listed != 1 {
		t.Errorf("desktops were listed %d times in 4 minutes", s.listed)
	}
	// A new list brings d back, and a new desktop.
	s.desktops = append(s.desktops, inUse("bb")...)
	for range 2 {
		var err error
		if result, err = monitorPoll(t, s, 10, result); err != nil {
			t.Fatal(err)
		}
	}
	if s.listed != 2 || shown(t, result) != "a bb c e" {
		t.Errorf("listed %d times, shown %q", s.listed, shown(t, result))
	}
}

func TestSweepFails(t *testing.T) {
	t.Parallel()
	all := strings.Split("a b c d e f g h i j k l m n", " ")
	failing := func(kind apiclient.Kind, ids ...string) map[string]apiclient.Kind {
		fails := map[string]apiclient.Kind{}
		for _, id := range ids {
			fails[id] = kind
		}
		return fails
	}
	for name, c := range map[string]struct {
		fails map[string]apiclient.Kind
		kind  apiclient.Kind // of the poll's error
		read  int
	}{
		"all gone right after the list": {failing(apiclient.NotFound, all...), apiclient.NotFound, 14},
		"the service is down":           {failing(apiclient.Server, all...), apiclient.Server, 10},
		"it goes down in between":       {failing(apiclient.Server, all[2:]...), "", 12},
		"no permission":                 {failing(apiclient.Forbidden, "c"), apiclient.Forbidden, 3},
		"paused":                        {failing(apiclient.Paused, "a"), apiclient.Paused, 1},
		"only some":                     {failing(apiclient.Malformed, all[1:8]...), "", 14},
	} {
		s := &monitorServer{desktops: inUse(all...), fails: c.fails}
		result, err := monitorPoll(t, s, 20, nil)
		if apiclient.KindOf(err) != c.kind || (result == nil) != (c.kind != "") || len(s.read) != c.read {
			t.Errorf("%s: %d desktops read, error %v", name, len(s.read), err)
		}
	}
}

// TestSelection: the desktops come from area desktops when it keeps them.
func TestSelection(t *testing.T) {
	t.Parallel()
	c := desktopMonitorArea()
	peer := peer.Desktops{
		{ID: "a", PoolID: "p1", RunState: "ACTIVE", LoginState: "CONNECTED"},
		{ID: "b", PoolID: "p2", RunState: "ACTIVE", LoginState: "REGISTERED"},
		{ID: "c", PoolID: "p1", RunState: "SHUTOFF", LoginState: "UNREGISTER"},
	}
	for _, test := range []struct {
		selected string
		pools    []string
		want     int
	}{
		{"in_use", nil, 1}, {"running", nil, 2}, {"all", nil, 3}, {"all", []string{"p1"}, 2}, {"running", []string{"p2", "p3"}, 1},
	} {
		s := &monitorServer{}
		in := areatest.Input(t, c, s)
		s.now = in.Now
		in.Peer = func(string) area.Shared { return peer }
		in.Options["select"], in.Options["pools"] = test.selected, test.pools
		result, err := c.Poll(t.Context(), in, nil)
		if err != nil || len(s.read) != test.want || s.listed != 0 {
			t.Errorf("%+v: %v, read %v, listed %d times, %v", test, err, s.read, s.listed, result)
		}
	}
	in := areatest.Input(t, c, &monitorServer{})
	in.Options["select"] = "busy"
	if _, err := c.Poll(t.Context(), in, nil); err == nil || !strings.Contains(err.Error(), `"busy"`) || !strings.Contains(err.Error(), "in_use") {
		t.Errorf("select busy: %v", err)
	}
}

// TestMonitorFollowsTheDesktops: where area desktops tells which ones there are,
// one that is gone is no longer shown by the next poll.
func TestMonitorFollowsTheDesktops(t *testing.T) {
	t.Parallel()
	c := desktopMonitorArea()
	s := &monitorServer{}
	in := areatest.Input(t, c, s)
	desktops := peer.Desktops(inUse("a", "b", "c"))
	in.Peer = func(name string) area.Shared {
		if name == "desktops" {
			return desktops
		}
		return nil
	}
	var result any
	for i, want := range []string{"a b c", "a b c", "a c", "a c d"} {
		in.Now = in.Now.Add(time.Minute)
		s.now = in.Now
		switch i {
		case 2:
			desktops = inUse("a", "c")
		case 3:
			desktops = inUse("a", "c", "d")
		}
		var err error
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatal(err)
		}
		if got := shown(t, result); got != want {
			t.Errorf("poll %d shows %q, want %q", i, got, want)
		}
	}
	if s.listed != 0 {
		t.Errorf("desktops were listed %d times", s.listed)
	}
}
