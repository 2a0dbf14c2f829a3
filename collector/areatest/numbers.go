package areatest

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
)

// Numbers gives every number of each area's usual recording as -1, by which the
// API says unknown or unlimited, and as null: no series is below 0, and none is
// 0 that was not.
func Numbers(t *testing.T, areas []area.Collector) {
	t.Helper()
	t.Parallel()
	for _, c := range areas {
		file := filepath.Join("testdata", c.Spec().Name, "normal.json")
		whole := samplesOf(t, c, readRecording(t, file), nil)
		for _, number := range []any{-1, nil} {
			for _, totals := range []bool{false, true} {
				rec := readRecording(t, file)
				for _, poll := range rec.Polls {
					for _, call := range poll.Calls {
						call.Answer = withNumbers(t, call.Answer, number, totals)
					}
				}
				checkNumbers(t, c, rec, whole, number)
			}
		}
	}
}

func checkNumbers(t *testing.T, c area.Collector, rec recording, whole map[string]string, number any) {
	t.Helper()
	in := Input(t, c, nil)
	in.Skips = &apiclient.Skips{}
	rec.prepare(t, c, &in)
	var result any
	for _, poll := range rec.Polls {
		in.Now, in.API = poll.Now, quiet(poll)
		next, err := c.Poll(t.Context(), in, result)
		if err != nil {
			return // the last good result stays
		}
		result = next
	}
	types := gauges(t, c, result)
	for series, v := range Samples(t, c, result) {
		family, _, _ := strings.Cut(series, "{")
		if n, err := strconv.ParseFloat(v, 64); err == nil && n < 0 && !strings.HasSuffix(family, "_growth_ratio") {
			t.Errorf("%s: with each number %v, %s is %s", c.Spec().Name, number, series, v)
		}
		if was, there := whole[series]; there && v == "0" && was != "0" && types[family] {
			t.Errorf("%s: with each number %v, %s is 0, it was %s", c.Spec().Name, number, series, was)
		}
	}
}

// withNumbers returns the answer with another value for its numbers, but for
// times and, unless wanted, for what may be the total of a list.
func withNumbers(t *testing.T, data json.RawMessage, number any, totals bool) json.RawMessage {
	t.Helper()
	var answer any
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	changed, err := json.Marshal(replaceNumbers(answer, "", number, totals))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func replaceNumbers(value any, name string, number any, totals bool) any {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			v[member] = replaceNumbers(inner, member, number, totals)
		}
	case []any:
		for i, entry := range v {
			v[i] = replaceNumbers(entry, name, number, totals)
		}
	case float64:
		switch {
		case strings.Contains(name, "time"):
		case !totals && (strings.HasPrefix(name, "total") || name == "count"):
		default:
			return number
		}
	}
	return value
}
