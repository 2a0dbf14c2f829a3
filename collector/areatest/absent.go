package areatest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	recordings "github.com/workspace-exporter/workspace_exporter/collector/recording"
)

// Absent leaves out each member of the answers of each area's usual recording
// in turn, in all entries at once, and compares what comes of it with
// testdata/absent.txt: nothing is read as 0, and what is left out is counted.
func Absent(t *testing.T, areas []area.Collector) {
	t.Helper()
	t.Parallel()
	var report strings.Builder
	for _, c := range areas {
		file := filepath.Join("testdata", c.Spec().Name, "normal.json")
		skips := &apiclient.Skips{}
		whole := samplesOf(t, c, readRecording(t, file), skips)
		for _, place := range placesOf(t, file) {
			rec := readRecording(t, file)
			for _, poll := range rec.Polls {
				for _, call := range poll.Calls {
					if call.Operation == place.operation {
						call.Answer = without(t, call.Answer, place.path)
					}
				}
			}
			fmt.Fprintf(&report, "%s %s: %s\n", c.Spec().Name, place, outcome(t, c, rec, whole, skips.Count))
		}
	}
	golden(t, filepath.Join("testdata", "absent.txt"), report.String())
}

// place is a member of the answers of an operation.
type place struct {
	operation string
	path      []string
}

func (p place) String() string { return p.operation + " " + strings.Join(p.path, ".") }

// placesOf are all members of a recording's answers.
func placesOf(t *testing.T, file string) []place {
	t.Helper()
	found := map[string]place{}
	for _, poll := range readRecording(t, file).Polls {
		for _, call := range poll.Calls {
			var answer any
			if err := json.Unmarshal(call.Answer, &answer); err != nil {
				t.Fatal(err)
			}
			walk(answer, nil, func(path []string) {
				p := place{call.Operation, slices.Clone(path)}
				found[p.String()] = p
			})
		}
	}
	places := make([]place, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		places = append(places, found[name])
	}
	return places
}

func walk(value any, path []string, visit func([]string)) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			visit(append(path, name))
			walk(member, append(path, name), visit)
		}
	case []any:
		for _, entry := range v {
			walk(entry, path, visit)
		}
	}
}

// without returns the answer without the member at a path, in all entries.
func without(t *testing.T, data json.RawMessage, path []string) json.RawMessage {
	t.Helper()
	var answer any
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	remove(answer, path)
	changed, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func remove(value any, path []string) {
	switch v := value.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
			return
		}
		if member, present := v[path[0]]; present {
			remove(member, path[1:])
		}
	case []any:
		for _, entry := range v {
			remove(entry, path)
		}
	}
}

// quiet replays a recording and does not care which calls are made. What is
// asked for but not recorded, such as another day, is answered as the first call
// of the operation is.
func quiet(poll recordings.Poll) CallFunc {
	recorded := recordings.Replay{Poll: poll, Unexpected: func(string) {}}
	return func(ctx context.Context, req apiclient.Request) ([]byte, error) {
		body, err := recorded.Call(ctx, req)
		if err == nil {
			return body, nil
		}
		for _, c := range poll.Calls {
			if c.Operation == req.Endpoint.Operation {
				return c.Answer, nil
			}
		}
		return nil, err
	}
}

func samplesOf(t *testing.T, c area.Collector, rec recording, skips *apiclient.Skips) map[string]string {
	t.Helper()
	in := Input(t, c, nil)
	in.Skips = skips
	rec.prepare(t, c, &in)
	var result any
	var err error
	for _, poll := range rec.Polls {
		in.Now, in.API = poll.Now, quiet(poll)
		if result, err = c.Poll(t.Context(), in, result); err != nil {
			t.Fatalf("%s: %v", c.Spec().Name, err)
		}
	}
	return Samples(t, c, result)
}

// gauges are the families that are gauges, by name.
func gauges(t *testing.T, c area.Collector, result any) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, mf := range Families(t, c, result) {
		found[strings.TrimPrefix(mf.GetName(), area.Prefix)] = mf.GetType() == dto.MetricType_GAUGE
	}
	return found
}

// outcome says what became of a recording, compared with the whole one, of which
// so much was skipped.
func outcome(t *testing.T, c area.Collector, rec recording, whole map[string]string, skipped int) string {
	t.Helper()
	in := Input(t, c, nil)
	in.Skips = &apiclient.Skips{}
	rec.prepare(t, c, &in)
	var result any
	for _, poll := range rec.Polls {
		in.Now, in.API = poll.Now, quiet(poll)
		next, err := c.Poll(t.Context(), in, result)
		if err != nil {
			return "the poll fails, " + string(apiclient.KindOf(err))
		}
		result = next
	}
	got := Samples(t, c, result)
	types := gauges(t, c, result)
	lost, changed := map[string]bool{}, map[string]bool{}
	for series, v := range whole {
		family, _, _ := strings.Cut(series, "{")
		switch w, there := got[series]; {
		case !there:
			lost[family] = true
		case w != v:
			changed[family] = true
			if w == "0" && types[family] { // a counter has not counted anything
				t.Errorf("%s: %s is 0, it was %s", c.Spec().Name, series, v)
			}
		}
	}
	added := map[string]bool{}
	for series := range got {
		if _, there := whole[series]; !there {
			family, _, _ := strings.Cut(series, "{")
			added[family] = true
		}
	}
	var parts []string
	if len(lost) > 0 {
		parts = append(parts, "leaves out "+strings.Join(slices.Sorted(maps.Keys(lost)), ", "))
	}
	if len(changed) > 0 {
		parts = append(parts, "changes "+strings.Join(slices.Sorted(maps.Keys(changed)), ", "))
	}
	if len(added) > 0 {
		parts = append(parts, "adds "+strings.Join(slices.Sorted(maps.Keys(added)), ", "))
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing changes")
	}
	if in.Skips.Count > skipped {
		parts = append(parts, "counted")
	}
	return strings.Join(parts, "; ")
}
