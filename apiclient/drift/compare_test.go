package drift_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/apiclient/drift"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

// canary is a value that must never show.
const canary = "zhang.san@example.com"

func newModel(t testing.TB) *drift.Model {
	t.Helper()
	m, err := drift.NewModel()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// answerOf is what the simulator answers to a list request.
func answerOf(t testing.TB, s *simulator.Simulator, e apiclient.Endpoint, query string) drift.Answer {
	t.Helper()
	path := strings.ReplaceAll(e.Path, "{project_id}", simtest.Project)
	w := simtest.CallPath(s, path+"?"+query)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return drift.Answer{Endpoint: e, Query: values, Body: w.Body.Bytes()}
}

type object = map[string]any

// changed is the answer with a change to it.
func changed(t testing.TB, a drift.Answer, change func(root object)) drift.Answer {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	var root object
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	change(root)
	body, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	a.Body = body
	return a
}

func entries(root object, items string) []object {
	var all []object
	for _, e := range root[items].([]any) {
		all = append(all, e.(object))
	}
	return all
}

func textOf(c drift.Comparison) string {
	var lines []string
	for _, d := range c.Differences {
		lines = append(lines, d.Place+" "+string(d.Kind))
	}
	return strings.Join(lines, "; ")
}

// TestEachKindAlone: a server that deviates in one way is told of that, of the
// place, and of nothing else.
func TestEachKindAlone(t *testing.T) {
	t.Parallel()
	model := newModel(t)
	sim, _ := simtest.New(simulator.Config{Desktops: 40, Seed: 3})
	desktops := answerOf(t, sim, apiclient.ListDesktops, "limit=1000&offset=0")
	details := answerOf(t, sim, apiclient.ListDesktopsDetail, "limit=500&offset=0&sort_field=created&sort_type=ASC")
	login := answerOf(t, sim, apiclient.ListLoginState, "")
	pools := answerOf(t, sim, apiclient.ListDesktopPools, "limit=1000&offset=0")
	each := func(items string, change func(e object)) func(object) {
		return func(root object) {
			for _, e := range entries(root, items) {
				change(e)
			}
		}
	}
	for _, c := range []struct {
		name   string
		answer drift.Answer
		change func(object)
		want   string
	}{
		{"faithful", desktops, func(object) {}, ""},
		{"faithful details", details, func(object) {}, ""},
		{"faithful counts", login, func(object) {}, ""},
		{"faithful pools", pools, func(object) {}, ""},
		{"empty list", desktops, func(r object) { r["desktops"], r["total_count"] = []any{}, 0 }, ""},
		{"null list of none", desktops, func(r object) { r["desktops"], r["total_count"] = nil, 0 }, ""},
		{"null members", desktops, each("desktops", func(e object) { e["computer_name"], e["task_status"] = nil, nil }), ""},

		{"unknown member", desktops, each("desktops", func(e object) { e["owner_mail"] = canary }), "desktops[].owner_mail unknown_member"},
		{"unknown member of the answer", login, func(r object) { r["surprise"] = canary }, "surprise unknown_member"},
		{"unknown members by name", desktops, func(r object) { entries(r, "desktops")[3][canary] = 1 }, "desktops[].? unknown_member"},
		{"a map of people", login, func(r object) {
			for i := range 30 {
				r["user"+strings.Repeat("x", i)] = 1
			}
		}, "* unknown_member"},
		{"a member with a number", login, func(r object) { r["ipv6_num_2026"] = 1 }, "ipv6_num_2026 unknown_member"},
		{"an id for a member", login, func(r object) { r["a3f09c1e77b24d0c9f1e"] = 1 }, "? unknown_member"},
		{"nested unknown member", details, each("desktops", func(e object) { e["product"].(object)["colour"] = canary }), "desktops[].product.colour unknown_member"},
		{"unknown value", desktops, func(r object) { entries(r, "desktops")[5]["task_status"] = canary }, "desktops[].task_status enum"},
		{"value of other case", desktops, func(r object) { entries(r, "desktops")[5]["task_status"] = "REBOOTING" }, ""},
		{"undocumented but seen", desktops, func(r object) { entries(r, "desktops")[5]["status"] = "DELETED" }, ""},
		{"type of a member", desktops, each("desktops", func(e object) { e["desktop_id"] = 17 }), "desktops[].desktop_id type"},
		{"text for a number", login, func(r object) { r["in_use_num"] = "12" }, "in_use_num type"},
		{"fraction", login, func(r object) { r["in_use_num"] = 1.5 }, "in_use_num type"},
		{"object for a list", details, each("desktops", func(e object) { e["data_volumes"] = object{canary: canary} }), "desktops[].data_volumes type"},
		{"entry of a list", desktops, func(r object) { r["desktops"].([]any)[2] = canary }, "desktops[] type"},
		{"always", desktops, each("desktops", func(e object) { delete(e, "status") }), "desktops[].status missing_member"},
		{"identifier", desktops, each("desktops", func(e object) { delete(e, "desktop_id") }), "desktops[].desktop_id missing_member"},
		{"count", login, func(r object) { delete(r, "in_use_num") }, "in_use_num missing_member"},
		{"list", desktops, func(r object) { delete(r, "desktops") }, "desktops missing_member"},
		{"no total", desktops, func(r object) { delete(r, "total_count") }, "total_count missing_member"},
		{"total too small", desktops, func(r object) { r["total_count"] = 7 }, "total_count total"},
		{"total of an empty list", desktops, func(r object) { r["desktops"] = []any{} }, "total_count total"},
		{"short page", desktops, func(r object) { r["desktops"] = r["desktops"].([]any)[:10] }, "desktops page_size"},
		{"order", details, func(r object) { slices.Reverse(r["desktops"].([]any)) }, "desktops[].created order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := textOf(model.Compare(changed(t, c.answer, c.change)))
			if got != c.want {
				t.Errorf("differences are %q, want %q", got, c.want)
			}
			if strings.Contains(got, "zhang") {
				t.Error("a value is shown")
			}
		})
	}
	t.Run("long page", func(t *testing.T) {
		t.Parallel()
		desktops.Query = url.Values{"limit": {"5"}, "offset": {"0"}}
		if got := textOf(model.Compare(desktops)); got != "desktops page_size" {
			t.Errorf("differences are %q", got)
		}
	})
}

// TestNoJSON: what is no answer at all is left to those who read it.
func TestNoJSON(t *testing.T) {
	t.Parallel()
	model := newModel(t)
	for body, want := range map[string]string{"": "", "<html>": "", "null": "", "[]": "the answer type", `"x"`: "the answer type"} {
		if got := textOf(model.Compare(drift.Answer{Endpoint: apiclient.ListDesktops, Body: []byte(body)})); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

// TestAdditionsAreApplied: known oddities are no drift.
func TestAdditionsAreApplied(t *testing.T) {
	t.Parallel()
	model := newModel(t)
	for _, e := range apiclient.Catalogue() {
		if model.Answers[e.Operation] == nil {
			t.Errorf("the model has no %s", e.Operation)
		}
	}
	for body, want := range map[string]string{
		`{"is_lock":1,"lock_time":"x","lock_reason":"y"}`:   "",
		`{"is_locked":1,"lock_time":"x","lock_reason":"y"}`: "",
		`{"locked":1}`: "locked unknown_member",
	} {
		if got := textOf(model.Compare(drift.Answer{Endpoint: apiclient.ShowWorkspaceLock, Body: []byte(body)})); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// TestMonitor: one answer an hour, members that never come after three, and
// what is over is forgotten.
func TestMonitor(t *testing.T) {
	t.Parallel()
	sim, _ := simtest.New(simulator.Config{Desktops: 10, Seed: 3})
	good := answerOf(t, sim, apiclient.ListDesktops, "limit=1000&offset=0")
	strip := changed(t, good, func(r object) {
		for _, e := range entries(r, "desktops") {
			delete(e, "computer_name")
		}
	})
	odd := changed(t, strip, func(r object) { r["surprise"] = canary })
	synctest.Test(t, func(t *testing.T) {
		m := drift.NewMonitor(newModel(t))
		project := drift.Project{Account: "a", Region: "r", Name: "p"}
		tell := func(a drift.Answer) string {
			m.ObserveAnswer(apiclient.Answer{Account: "a", Region: "r", Project: "p", Endpoint: a.Endpoint, Query: a.Query, Body: a.Body})
			var places []string
			for _, p := range m.Places(project) {
				places = append(places, fmt.Sprintf("%s %s %s", p.Operation, p.Place, p.Kind))
			}
			return strings.Join(places, "; ")
		}
		if got := tell(odd); got != "ListDesktops surprise unknown_member" {
			t.Errorf("at once: %q", got)
		}
		if got := tell(strip); !strings.HasPrefix(got, "ListDesktops surprise") {
			t.Errorf("within the hour: %q", got)
		}
		const never = "ListDesktops desktops[].computer_name missing_member"
		for i := range 3 {
			time.Sleep(80 * time.Minute)
			got := tell(strip)
			if has := strings.Contains(got, never); has != (i >= 1) { // the first was odd
				t.Errorf("sample %d: %q", i, got)
			}
		}
		time.Sleep(30 * time.Hour)
		if got := tell(strip); got != never {
			t.Errorf("after a day: %q", got)
		}
		time.Sleep(2 * time.Hour)
		if got := tell(good); got != "" {
			t.Errorf("once it came: %q", got)
		}
		m.Retain(nil)
		if got := m.Places(project); len(got) > 0 {
			t.Errorf("after it was left out: %v", got)
		}
	})
}

// TestMonitorTakesOtherPages: not always the first page of a list is compared.
func TestMonitorTakesOtherPages(t *testing.T) {
	t.Parallel()
	sim, _ := simtest.New(simulator.Config{Desktops: 10, Seed: 3})
	good := answerOf(t, sim, apiclient.ListDesktops, "limit=1000&offset=0")
	synctest.Test(t, func(t *testing.T) {
		m := drift.NewMonitor(newModel(t))
		found := map[string]bool{}
		for range 9 {
			for page := range 4 {
				a := changed(t, good, func(r object) { r[fmt.Sprintf("page_%c", 'a'+page)] = 1 })
				m.ObserveAnswer(apiclient.Answer{Endpoint: a.Endpoint, Query: a.Query, Body: a.Body})
			}
			time.Sleep(61 * time.Minute)
			for _, p := range m.Places(drift.Project{}) {
				found[p.Place] = true
			}
		}
		if len(found) != 4 {
			t.Errorf("pages compared: %v", slices.Sorted(maps.Keys(found)))
		}
	})
}

// BenchmarkCompare is what a page of 500 desktops in detail costs, once an hour.
func BenchmarkCompare(b *testing.B) {
	model := newModel(b)
	sim, _ := simtest.New(simulator.Config{Desktops: 500, Seed: 3})
	answer := answerOf(b, sim, apiclient.ListDesktopsDetail, "limit=500&offset=0")
	b.SetBytes(int64(len(answer.Body)))
	for b.Loop() {
		model.Compare(answer)
	}
}

// TestEveryPlace: of each answer of the simulator that needs no object, another
// type at any one place, and an unknown member beside it, is named with its
// place, and nothing else is.
func TestEveryPlace(t *testing.T) {
	t.Parallel()
	model := newModel(t)
	sim, _ := simtest.New(simulator.Config{Desktops: 20, Seed: 3})
	operations, places := 0, 0
	for _, e := range apiclient.Catalogue() {
		w := simtest.CallPath(sim, strings.ReplaceAll(e.Path, "{project_id}", simtest.Project))
		if w.Code != 200 {
			continue // it wants parameters or an object
		}
		if model.Answers[e.Operation].Type == drift.Map {
			continue // names of functions, which are not told
		}
		operations++
		answer := drift.Answer{Endpoint: e, Body: w.Body.Bytes()}
		if got := textOf(model.Compare(answer)); got != "" {
			t.Errorf("%s: %s", e.Operation, got)
			continue
		}
		for _, place := range placesOf(t, answer) {
			places++
			odd := changed(t, answer, func(root object) { replace(root, place, true) })
			if got := textOf(model.Compare(odd)); got != place+" type" {
				t.Errorf("%s: another type at %s: %q", e.Operation, place, got)
			}
			beside := changed(t, answer, func(root object) { replace(root, place, false) })
			want := place[:strings.LastIndex("."+place, ".")] + "surprise unknown_member"
			if got := textOf(model.Compare(beside)); got != want {
				t.Errorf("%s: a member beside %s: %q", e.Operation, place, got)
			}
		}
	}
	if operations < 25 || places < 250 {
		t.Errorf("only %d places of %d operations", places, operations)
	}
}

// placesOf are the members of an answer that are scalars, by their places.
func placesOf(t *testing.T, a drift.Answer) []string {
	t.Helper()
	found := map[string]bool{}
	var walk func(v any, place string)
	walk = func(v any, place string) {
		switch v := v.(type) {
		case object:
			for name, member := range v {
				if strings.Contains(name, ".") || strings.Contains(place, "metadata") || strings.Contains(place, "addresses") {
					continue // maps
				}
				walk(member, strings.TrimPrefix(place+"."+name, "."))
			}
		case []any:
			for _, entry := range v {
				if _, ok := entry.(object); ok {
					walk(entry, place+"[]")
				}
			}
		case nil:
		default:
			found[place] = true
		}
	}
	changed(t, a, func(root object) { walk(root, "") })
	return slices.Sorted(maps.Keys(found))
}

// replace puts an object at a place, or a member beside it.
func replace(v any, place string, at bool) {
	name, rest, deeper := strings.Cut(place, ".")
	name, isList := strings.CutSuffix(name, "[]")
	o, ok := v.(object)
	if !ok {
		return
	}
	switch {
	case deeper && isList:
		list, _ := o[name].([]any)
		for _, entry := range list {
			replace(entry, rest, at)
		}
	case deeper:
		replace(o[name], rest, at)
	case at:
		if _, there := o[name]; there {
			o[name] = object{canary: canary}
		}
	default:
		o["surprise"] = canary
	}
}
