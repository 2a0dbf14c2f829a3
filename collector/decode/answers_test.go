package decode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

// things is the list of these tests.
var things = apiclient.Endpoint{Operation: "ListThings", Page: apiclient.Paging{Items: "things", Total: "count", Size: 100}}

type thing struct {
	ID    apiclient.Text   `json:"id"`
	State apiclient.Text   `json:"state" sent:"always"`
	Size  apiclient.Number `json:"size"`
}

func (t thing) id() string { return string(t.ID) }

func inputOf(api apiclient.Caller) (area.Input, *apiclient.Skips) {
	skips := &apiclient.Skips{}
	return area.Input{API: api, Skips: skips}, skips
}

// listOf is an answer with entries, the number of which is the total.
func listOf(entries ...string) apiclient.Caller {
	return areatest.AnswerAll(fmt.Sprintf(`{"things":[%s],"count":%d}`, strings.Join(entries, ","), len(entries)))
}

func good(n int) []string {
	entries := make([]string, n)
	for i := range entries {
		entries[i] = fmt.Sprintf(`{"id":"t%d","state":"UP","size":1}`, i)
	}
	return entries
}

// TestOddEntries: a small share of them is skipped and counted, more of them
// are no answer.
func TestOddEntries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entries     []string
		left, skips int // left is -1 for a malformed list
	}{
		"none":                      {nil, 0, 0},
		"all good":                  {good(3), 3, 0},
		"one null":                  {append(good(3), `null`), 3, 1},
		"one of another kind":       {append(good(3), `"t9"`), 3, 1},
		"one without id":            {append(good(3), `{"state":"UP"}`), 3, 1},
		"one whose id is an object": {append(good(3), `{"id":{},"state":"UP"}`), 3, 2},
		"one odd member":            {append(good(3), `{"id":"t9","state":"UP","size":"N/A"}`), 4, 1},
		"one absent member":         {append(good(3), `{"id":"t9"}`), 4, 1},
		"two of twenty":             {append(good(18), `null`, `{}`), 18, 2},
		"two of ten":                {append(good(8), `null`, `{}`), -1, 0},
		"all null":                  {[]string{`null`}, -1, 0},
		"all without id":            {[]string{`{"state":"UP"}`}, -1, 0},
	} {
		in, skips := inputOf(listOf(c.entries...))
		list, err := List(t.Context(), in, things, "id", thing.id)
		if c.left < 0 {
			if apiclient.KindOf(err) != apiclient.Malformed {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(list) != c.left || skips.Count != c.skips {
			t.Errorf("%s: %d entries and %d skipped (%s), want %d and %d (%v)", name, len(list), skips.Count, skips.Example, c.left, c.skips, err)
		}
		if strings.Contains(skips.Example, "t9") || strings.Contains(skips.Example, "N/A") {
			t.Errorf("%s: the example has a value: %s", name, skips.Example)
		}
	}
}

func TestIdentified(t *testing.T) {
	t.Parallel()
	id := func(s string) string { return s }
	for name, c := range map[string]struct {
		list    []string
		known   bool
		left    int // -1 for a malformed list
		ids     bool
		skipped int
	}{
		"none has one":          {[]string{"", ""}, false, 2, false, 0},
		"none has one any more": {[]string{"", ""}, true, -1, true, 0},
		"all have one":          {[]string{"a", "b"}, false, 2, true, 0},
		"one has none":          {[]string{"a", "b", ""}, false, 2, true, 1},
		"more have none":        {[]string{"a", "", ""}, false, -1, true, 0},
		"the only one has none": {[]string{""}, true, -1, true, 0},
		"empty":                 {nil, false, 0, false, 0},
		"empty, known":          {nil, true, 0, true, 0},
	} {
		in, skips := inputOf(nil)
		got, ids, err := Identified(in, things, "id", c.list, c.known, id)
		if c.left < 0 {
			if apiclient.KindOf(err) != apiclient.Malformed {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		if err != nil || len(got) != c.left || ids != c.ids || skips.Count != c.skipped {
			t.Errorf("%s: %v, ids %t, %d skipped, %v", name, got, ids, skips.Count, err)
		}
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	fail := func(kind apiclient.Kind) error { return &apiclient.Error{Kind: kind, Status: 400} }
	gone := func(err error) bool { return apiclient.KindOf(err) == apiclient.NotFound }
	for name, c := range map[string]struct {
		objects int
		errs    map[int]error
		left    int // -1 for a failure
		skipped int
	}{
		"none":                  {0, nil, 0, 0},
		"all there":             {3, nil, 3, 0},
		"one gone":              {3, map[int]error{1: fail(apiclient.NotFound)}, 2, 0},
		"all gone":              {2, map[int]error{0: fail(apiclient.NotFound), 1: fail(apiclient.NotFound)}, -1, 0},
		"one fails":             {3, map[int]error{1: fail(apiclient.Server)}, 2, 1},
		"the only one fails":    {1, map[int]error{0: fail(apiclient.Server)}, -1, 0},
		"two of three fail":     {3, map[int]error{0: fail(apiclient.Malformed), 1: fail(apiclient.Timeout)}, -1, 0},
		"two of twenty fail":    {20, map[int]error{0: fail(apiclient.Client), 9: fail(apiclient.Timeout)}, 18, 2},
		"three of twenty fail":  {20, map[int]error{0: fail(apiclient.Client), 9: fail(apiclient.Timeout), 11: fail(apiclient.Server)}, -1, 0},
		"one gone, one failed":  {3, map[int]error{0: fail(apiclient.NotFound), 1: fail(apiclient.Server)}, 1, 1},
		"a permission is gone":  {3, map[int]error{1: fail(apiclient.Forbidden)}, -1, 0},
		"the account is paused": {3, map[int]error{1: fail(apiclient.Paused)}, -1, 0},
		"shutdown":              {3, map[int]error{1: context.Canceled}, -1, 0},
		"another error":         {3, map[int]error{1: errors.New("odd")}, -1, 0},
	} {
		in, skips := inputOf(nil)
		objects := make([]int, c.objects)
		for i := range objects {
			objects[i] = i
		}
		got, err := Each(in, things, objects, gone, func(i int) (int, error) { return i, c.errs[i] })
		if c.left < 0 {
			if err == nil || got != nil {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		if err != nil || len(got) != c.left || skips.Count != c.skipped {
			t.Errorf("%s: %v and %d skipped, want %d and %d (%v)", name, got, skips.Count, c.left, c.skipped, err)
		}
	}
}

func TestStatesOf(t *testing.T) {
	t.Parallel()
	known := []Member{{"up_num", "up"}, {"down_num", "down"}, {"odd_num", "odd"}, {"off_num", "off"}}
	for body, c := range map[string]struct {
		states, picked States // nil for another answer
		skips          int
	}{
		`{"up_num":1,"down_num":"2","odd_num":0,"off_num":4}`:                {States{"up": 1, "down": 2, "odd": 0, "off": 4}, States{"up": 1, "down": 2, "odd": 0, "off": 4}, 0},
		`{"up_num":1,"down_num":2,"new_num":3,"total_num":9,"text_num":"x"}`: {States{"up": 1, "down": 2, "new": 3}, States{"up": 1, "down": 2}, 2},
		`{"up_num":1,"down_num":null,"odd_num":-1,"off_num":[1]}`:            {States{"up": 1}, States{"up": 1}, 3},
		`{"up_num":1,"down_num":2,"_num":5,"down":7,"extra":{}}`:             {States{"up": 1, "down": 2}, States{"up": 1, "down": 2}, 2},
		`{"up_num":1}`: {nil, nil, 0},
		`{"up_num":null,"down_num":null,"odd_num":null,"off_num":null}`: {nil, nil, 0},
		`{"new_num":1}`: {nil, nil, 0},
		`{}`:            {nil, nil, 0},
	} {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &object); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]struct {
			of   func(area.Input, apiclient.Endpoint, map[string]json.RawMessage, []Member) (States, error)
			want States
		}{"states": {StatesOf, c.states}, "picked": {PickStates, c.picked}} {
			in, skips := inputOf(nil)
			got, err := read.of(in, things, object, known)
			if read.want == nil {
				if apiclient.KindOf(err) != apiclient.Malformed {
					t.Errorf("%s %s: %v, %v", name, body, got, err)
				}
				continue
			}
			if err != nil || !maps.Equal(got, read.want) || skips.Count != c.skips {
				t.Errorf("%s %s: %v and %d skipped, want %v and %d (%v)", name, body, got, skips.Count, read.want, c.skips, err)
			}
		}
	}
}

func TestCountEach(t *testing.T) {
	t.Parallel()
	known := []Member{{"bind", "bound"}, {"unbind", "unbound"}}
	for name, c := range map[string]struct {
		totals map[string]string // by filter
		want   States
	}{
		"all known":      {map[string]string{"": "5", "bind": "2", "unbind": "3"}, States{"bound": 2, "unbound": 3, Other: 0}},
		"others":         {map[string]string{"": "9", "bind": "2", "unbind": "3"}, States{"bound": 2, "unbound": 3, Other: 4}},
		"went away":      {map[string]string{"": "4", "bind": "2", "unbind": "3"}, States{"bound": 2, "unbound": 3, Other: 0}},
		"one not told":   {map[string]string{"": "9", "bind": "null", "unbind": "3"}, States{"unbound": 3}},
		"all not told":   {map[string]string{"": "null", "bind": "2", "unbind": "3"}, States{"bound": 2, "unbound": 3}},
		"one below 0":    {map[string]string{"": "9", "bind": "-1", "unbind": "3"}, States{"unbound": 3}},
		"one unreadable": {map[string]string{"": "9", "bind": `"many"`, "unbind": "3"}, nil},
	} {
		var asked []string
		in, _ := inputOf(areatest.CallFunc(func(_ context.Context, req apiclient.Request) ([]byte, error) {
			asked = append(asked, req.Query.Encode())
			return []byte(`{"things":[],"count":` + c.totals[req.Query.Get("state")] + `}`), nil
		}))
		req := apiclient.Request{Endpoint: things, Query: map[string][]string{"site": {"s"}}}
		got, err := CountEach(t.Context(), in, req, "state", known)
		if (err == nil) != (c.want != nil) || !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, c.want, err)
		}
		if c.want != nil && !slices.Equal(asked, []string{"limit=1&offset=0&site=s", "limit=1&offset=0&site=s&state=bind", "limit=1&offset=0&site=s&state=unbind"}) {
			t.Errorf("%s: asked %v", name, asked)
		}
		if len(req.Query) != 1 {
			t.Errorf("%s: the request has become %v", name, req.Query)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		want  thing
		skips int
		fails bool
	}{
		`{"id":"t","state":"UP","size":3}`:  {thing{"t", "UP", apiclient.NumberOf(3)}, 0, false},
		`{"id":"t","state":"UP","size":{}}`: {thing{"t", "UP", apiclient.Number{}}, 1, false},
		`{"id":"t"}`:                        {thing{"t", "", apiclient.Number{}}, 1, false},
		`{}`:                                {thing{}, 1, false},
		`{"status":"ok"}`:                   {thing{}, 0, true},
		`null`:                              {thing{}, 0, true}, `[]`: {thing{}, 0, true}, `"x"`: {thing{}, 0, true}, `{"id":`: {thing{}, 0, true},
	} {
		in, skips := inputOf(areatest.AnswerAll(body))
		got, err := Get[thing](t.Context(), in, apiclient.Request{Endpoint: things})
		if (apiclient.KindOf(err) == apiclient.Malformed) != c.fails || got != c.want || skips.Count != c.skips {
			t.Errorf("%s: %+v and %d skipped, want %+v and %d (%v)", body, got, skips.Count, c.want, c.skips, err)
		}
	}
}

// TestEqualNotes: events of one identity are as many as are listed at once.
func TestEqualNotes(t *testing.T) {
	t.Parallel()
	const overlap = 15 * time.Minute
	at := areatest.Noon
	same := func(n int) []note {
		notes := make([]note, n)
		for i := range notes {
			notes[i] = note{id: "same", happened: at}
		}
		return notes
	}
	log, _ := AddEvents(EventLog{}, []note{}, at.Add(-time.Minute), overlap)
	news := 0
	for minute, n := range []int{5, 5, 3, 5, 7, 0, 7} {
		var fresh []note
		log, fresh = AddEvents(areatest.Restored(t, log).(EventLog), same(n), at.Add(time.Duration(minute)*time.Minute), overlap)
		news += len(fresh)
	}
	if news != 7 {
		t.Errorf("%d events were new, want 7", news)
	}
}

// TestEventsOfAnOlderVersion: its keys tell nothing, so that what happened before
// its last poll is no news, also when it is listed later.
func TestEventsOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	const overlap = 15 * time.Minute
	last := areatest.Noon.Truncate(time.Second)
	log := EventLog{Watermark: last.Add(-overlap), Seen: map[string]time.Time{"another key": last}}
	before, after := note{id: "old", happened: last.Add(-time.Minute)}, note{id: "new", happened: last.Add(time.Minute)}
	var found []string
	for minute, listed := range [][]note{{}, {before}, {before, after}, {after}} {
		var fresh []note
		log, fresh = AddEvents(areatest.Restored(t, log).(EventLog), listed, last.Add(time.Duration(2+minute)*time.Minute), overlap)
		for _, e := range fresh {
			found = append(found, e.id)
		}
	}
	if !slices.Equal(found, []string{"new"}) {
		t.Errorf("new are %v", found)
	}
}
