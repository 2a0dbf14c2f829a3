package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// thing is what the lists of these tests hold.
type thing struct {
	ID Text `json:"id"`
}

func idOf(t thing) string { return string(t.ID) }

// callerFunc answers calls with a function of the query.
type callerFunc func(query func(string) string) string

func (f callerFunc) Call(_ context.Context, req Request) ([]byte, error) {
	return []byte(f(req.Query.Get)), nil
}

// pages is a list on a server. It may change with every request.
type pages struct {
	total  string // name of its member
	most   int    // page size of the server
	change func(request int, ids []string) []string

	ids      []string
	requests []string
}

func (p *pages) Call(_ context.Context, req Request) ([]byte, error) {
	n := len(p.requests)
	p.requests = append(p.requests, req.Query.Encode())
	if p.change != nil {
		p.ids = p.change(n, p.ids)
	}
	offset, _ := strconv.Atoi(req.Query.Get("offset"))
	limit, err := strconv.Atoi(req.Query.Get("limit"))
	if err != nil || limit == 0 {
		return nil, errors.New("a page without a limit was asked for")
	}
	if marker := req.Query.Get("marker"); marker != "" {
		offset = slices.Index(p.ids, marker) + 1
	}
	if p.most > 0 {
		limit = min(limit, p.most)
	}
	from := min(offset, len(p.ids))
	rows := []thing{}
	for _, id := range p.ids[from:min(from+limit, len(p.ids))] {
		rows = append(rows, thing{Text(id)})
	}
	answer := map[string]any{"things": rows}
	if p.total != "" {
		answer[p.total] = len(p.ids)
	}
	return json.Marshal(answer)
}

func ids(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("id-%04d", i))
	}
	return list
}

func listed(paging Paging) Request {
	return Request{Endpoint: Endpoint{Operation: "ListThings", Page: paging}}
}

func collect(t *testing.T, c Caller, paging Paging) []string {
	t.Helper()
	things, err := List(t.Context(), c, listed(paging), idOf)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(things.Items))
	for i, thing := range things.Items {
		got[i] = idOf(thing)
	}
	return got
}

func TestListSchemes(t *testing.T) {
	t.Parallel()
	for _, total := range []string{"total_count", "count", "total", "total_num", "totalCount", ""} {
		for _, n := range []int{0, 1, 9, 10, 11, 20, 95} {
			server := &pages{total: total, ids: ids(0, n)}
			got := collect(t, server, Paging{Items: "things", Total: total, Size: 10})
			if !slices.Equal(got, ids(0, n)) {
				t.Errorf("total %q: %d of %d things", total, len(got), n)
			}
			// Each page but the first repeats one row.
			if want := 1 + max(0, (n-10+8)/9); total != "" && len(server.requests) != want {
				t.Errorf("total %q: %d requests for %d things, want %d", total, len(server.requests), n, want)
			}
		}
	}
	server := &pages{total: "count", ids: ids(0, 25)}
	collect(t, server, Paging{Items: "things", Total: "count", Size: 10})
	if want := []string{"limit=10&offset=0", "limit=10&offset=9", "limit=10&offset=18"}; !slices.Equal(server.requests, want) {
		t.Errorf("requests = %v, want %v", server.requests, want)
	}
}

func TestListByMarker(t *testing.T) {
	t.Parallel()
	server := &pages{ids: ids(0, 25)}
	got := collect(t, server, Paging{Items: "things", Size: 10, Marker: "id"})
	if !slices.Equal(got, ids(0, 25)) {
		t.Errorf("got %v", got)
	}
	if want := []string{"limit=10", "limit=10&marker=id-0009", "limit=10&marker=id-0019"}; !slices.Equal(server.requests, want) {
		t.Errorf("requests = %v, want %v", server.requests, want)
	}
}

func TestListWithoutPaging(t *testing.T) {
	t.Parallel()
	calls := 0
	c := callerFunc(func(query func(string) string) string {
		calls++
		if query("limit") != "" || query("offset") != "" {
			t.Error("paging was asked for")
		}
		return `{"things":["00:0","01:2"]}`
	})
	got, err := List(t.Context(), c, listed(Paging{Items: "things"}), func(Text) string { return "" })
	if err != nil || !slices.Equal(got.Items, []Text{"00:0", "01:2"}) || calls != 1 {
		t.Errorf("%v, %v, %d calls", got, err, calls)
	}
}

func TestListServerCapsThePage(t *testing.T) {
	t.Parallel()
	server := &pages{total: "count", ids: ids(0, 25), most: 4}
	if got := collect(t, server, Paging{Items: "things", Total: "count", Size: 10}); !slices.Equal(got, ids(0, 25)) {
		t.Errorf("got %v", got)
	}
}

// TestListThatChangesWhileRead: what is there from the first request to the
// last is found, whatever comes and goes meanwhile, and nothing is taken twice.
func TestListThatChangesWhileRead(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(int, []string) []string{
		"one goes from the front each time": func(_ int, ids []string) []string { return ids[1:] },
		"the last of a page goes":           func(_ int, ids []string) []string { return slices.Delete(ids, 9, 10) },
		"a few go from the front each time": func(_ int, ids []string) []string { return ids[3:] },
		"one goes and one comes":            func(n int, ids []string) []string { return append(ids[1:], fmt.Sprint("new-", n)) },
		"many go at once":                   func(n int, ids []string) []string { return ids[(n%2)*19:] },
		"grows at the front":                func(n int, ids []string) []string { return append([]string{fmt.Sprint("new-", n)}, ids...) },
		"grows by nearly a page at once": func(n int, things []string) []string {
			if n != 1 {
				return things
			}
			return append(ids(900, 909), things...)
		},
		"grows at the end":                   func(n int, ids []string) []string { return append(ids, fmt.Sprint("new-", n)) },
		"one goes from the front only later": func(n int, ids []string) []string { return ids[min(n, 1):] },
	} {
		for _, total := range []string{"count", ""} {
			if total == "" && name == "grows by nearly a page at once" {
				continue // looks like a server that ignores offset
			}
			original := ids(0, 155)
			server := &pages{total: total, ids: slices.Clone(original), change: change}
			got := collect(t, server, Paging{Items: "things", Total: total, Size: 10})
			for _, id := range original {
				if slices.Contains(server.ids, id) && !slices.Contains(got, id) {
					t.Errorf("%s, total %q: %s was there all the time and is missing", name, total, id)
				}
			}
			slices.Sort(got)
			if len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Errorf("%s, total %q: a thing was taken twice", name, total)
			}
			if len(server.requests) > 60 {
				t.Errorf("%s, total %q: %d requests", name, total, len(server.requests))
			}
		}
	}
}

// TestListWithoutOrder: a server that has another order each time is read
// twice, and believed if all entries came.
func TestListWithoutOrder(t *testing.T) {
	t.Parallel()
	server := &pages{total: "count", ids: ids(0, 25), change: func(n int, ids []string) []string {
		if n < 3 {
			slices.Reverse(ids)
		}
		return ids
	}}
	if got := collect(t, server, Paging{Items: "things", Total: "count", Size: 10}); len(got) != 25 {
		t.Errorf("%d things", len(got))
	}
}

// TestListThatGainsAndLoses: between two pages an entry comes in front and one
// behind goes, so that the total is the same and no page has all of the others.
func TestListThatGainsAndLoses(t *testing.T) {
	t.Parallel()
	server := &pages{total: "count", ids: ids(0, 11), change: func(n int, list []string) []string {
		if n == 1 {
			return append([]string{"new"}, list[:10]...)
		}
		return list
	}}
	if got := collect(t, server, Paging{Items: "things", Total: "count", Size: 10}); len(got) != 11 {
		t.Errorf("%d things of 11 that are there: %v", len(got), got)
	}
}

// TestIncompleteLists: a list that is shorter than its total is no list.
func TestIncompleteLists(t *testing.T) {
	t.Parallel()
	page := func(total int, ids ...string) string {
		rows := make([]thing, len(ids))
		for i, id := range ids {
			rows[i] = thing{Text(id)}
		}
		body, _ := json.Marshal(map[string]any{"things": rows, "count": total})
		return string(body)
	}
	for name, c := range map[string]struct {
		answer func(offset string) string
		want   string
	}{
		"empty later page": {func(offset string) string {
			if offset == "0" {
				return page(25, ids(0, 10)...)
			}
			return page(25)
		}, "the page at offset 9 is empty, yet the total is 25"},
		"offset is ignored":  {func(string) string { return page(25, ids(0, 10)...) }, "does not heed offset"},
		"no keys, same page": {func(string) string { return page(25, make([]string, 10)...) }, "does not heed offset"},
		"cut behind two pages": {func(offset string) string {
			return map[string]string{"0": page(25, ids(0, 10)...), "9": page(25, ids(9, 12)...)}[offset]
		}, ""},
	} {
		_, err := List(t.Context(), callerFunc(func(query func(string) string) string { return c.answer(query("offset")) }),
			listed(Paging{Items: "things", Total: "count", Size: 10}), idOf)
		if e := wantKind(t, err, Malformed); !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, e, c.want)
		}
	}
}

func TestListKeepsToTheCeiling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, ceiling int
		cut        bool
	}{
		{50, 20, true},
		{30, 20, false},
		{25, 20, false},
		{19, 9, false},
		{20, 9, true},
		{50, 0, false},
	} {
		server := &pages{total: "count", ids: ids(0, c.n)}
		got, err := List(t.Context(), server, listed(Paging{Items: "things", Total: "count", Size: 10, MaxOffset: c.ceiling}), idOf)
		if c.cut {
			if e := wantKind(t, err, Malformed); !strings.Contains(e.Error(), fmt.Sprintf("none from offset %d on", c.ceiling+10)) {
				t.Errorf("%+v: %v", c, e)
			}
		} else if err != nil || len(got.Items) != c.n {
			t.Errorf("%+v: %d things, %v", c, len(got.Items), err)
		}
		for _, r := range server.requests {
			_, offset, _ := strings.Cut(r, "offset=")
			if n, _ := strconv.Atoi(offset); c.ceiling > 0 && n > c.ceiling {
				t.Errorf("%+v: request %s", c, r)
			}
		}
	}
}

func TestListTotals(t *testing.T) {
	t.Parallel()
	rows := map[string]string{"0": `{"id":"a"},{"id":"b"},{"id":"c"}`, "2": `{"id":"c"},{"id":"d"}`}
	for total, requests := range map[string]int{
		`4`: 2, `"4"`: 2,
		`3`:    1,                                         // the total counts, right or wrong
		`null`: 2, `""`: 2, `-1`: 2, `"many"`: 2, `{}`: 2, // unknown: a short page ends the list
	} {
		calls := 0
		c := callerFunc(func(query func(string) string) string {
			calls++
			return fmt.Sprintf(`{"things":[%s],"count":%s}`, rows[query("offset")], total)
		})
		_, err := List(t.Context(), c, listed(Paging{Items: "things", Total: "count", Size: 3}), idOf)
		if err != nil || calls != requests {
			t.Errorf("total %s: %d requests, want %d (%v)", total, calls, requests, err)
		}
	}
}

func TestListRows(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"things":[],"count":0}`:                                             "",
		`{"things":null,"count":0}`:                                           "",
		`{"count":0}`:                                                         "",
		`{"count":"0"}`:                                                       "",
		`{"things":[null,{"id":"a"},null],"count":3}`:                         "a",
		`{"things":[{"id":"a"},{"id":"a"},{"id":7}],"count":3}`:               "a 7",
		`{"things":[{"id":""},{},{"id":null}],"count":3}`:                     "  ",
		`{"count":1,"extra":{"things":[]},"things":[{"id":"a","x":{"y":1}}]}`: "a",
	} {
		things, err := List(t.Context(), callerFunc(func(func(string) string) string { return body }),
			listed(Paging{Items: "things", Total: "count", Size: 10}), idOf)
		var got []string
		for _, thing := range things.Items {
			got = append(got, idOf(thing))
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q (%v)", body, got, want, err)
		}
	}
}

func TestListMalformed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ body, want string }{
		{`{}`, "answer has no member `things`"},
		{`{"count":3}`, "answer has no member `things`"},
		{`{"count":null}`, "answer has no member `things`"},
		{`{"things":null}`, "member `things` of the answer is null"},
		{`{"things":null,"count":3}`, "member `things` of the answer is null"},
		{`{"things":[],"count":3}`, "is empty, yet the total is 3"},
		{`null`, "answer is no JSON object"},
		{`[]`, "answer is no JSON object"},
		{`"x"`, "answer is no JSON object"},
		{`{"things":[],"count":0}0`, "answer goes on after its end"},
		{`{"things":[],"count":0`, "answer is not as documented"},
		{`{"things":{"id":"a"},"count":1}`, "member `things`"},
	} {
		_, err := List(t.Context(), callerFunc(func(func(string) string) string { return c.body }),
			listed(Paging{Items: "things", Total: "count", Size: 10}), idOf)
		e := wantKind(t, err, Malformed)
		if !strings.HasPrefix(e.Error(), "ListThings: ") || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.body, e, c.want)
		}
	}
}

func TestListPastTheEndMayBeNull(t *testing.T) {
	t.Parallel()
	c := callerFunc(func(query func(string) string) string {
		if query("offset") == "0" {
			return `{"things":[{"id":"a"}],"count":5}`
		}
		return `{"things":null,"count":1}`
	})
	got, err := List(t.Context(), c, listed(Paging{Items: "things", Total: "count", Size: 10}), idOf)
	if err != nil || len(got.Items) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestListFailsAsAWhole(t *testing.T) {
	t.Parallel()
	want := &Error{Operation: "ListThings", Kind: Server}
	calls := 0
	c := failingCaller(func() ([]byte, error) {
		if calls++; calls == 3 {
			return nil, want
		}
		return fmt.Appendf(nil, `{"things":[{"id":"%d"}],"count":5}`, calls), nil
	})
	got, err := List(t.Context(), c, listed(Paging{Items: "things", Total: "count", Size: 1}), idOf)
	if !errors.Is(err, want) || got.Items != nil {
		t.Errorf("%v, %v", got, err)
	}
}

type failingCaller func() ([]byte, error)

func (f failingCaller) Call(context.Context, Request) ([]byte, error) { return f() }

func TestListThatNeverEnds(t *testing.T) {
	t.Parallel()
	t.Run("same page again", func(t *testing.T) {
		t.Parallel()
		calls := 0
		c := callerFunc(func(func(string) string) string { calls++; return `{"things":[{"id":"a"}]}` })
		_, err := List(t.Context(), c, listed(Paging{Items: "things", Size: 1}), idOf)
		if e := wantKind(t, err, Malformed); !strings.Contains(e.Error(), "does not heed offset") || calls != 2 {
			t.Errorf("%v, %d calls", e, calls)
		}
	})
	t.Run("whole list again", func(t *testing.T) {
		t.Parallel()
		calls := 0
		c := callerFunc(func(func(string) string) string { calls++; return `{"things":[{"id":"a"},{"id":"b"},{"id":"c"}]}` })
		got, err := List(t.Context(), c, listed(Paging{Items: "things", Size: 2}), idOf)
		if err != nil || len(got.Items) != 3 || calls != 2 {
			t.Errorf("%v, %v, %d calls", got, err, calls)
		}
	})
	t.Run("same marker again", func(t *testing.T) {
		t.Parallel()
		calls := 0
		c := callerFunc(func(func(string) string) string {
			calls++
			return fmt.Sprintf(`{"things":[{"id":"a%d","m":"x"}]}`, calls)
		})
		_, err := List(t.Context(), c, listed(Paging{Items: "things", Size: 1, Marker: "m"}), idOf)
		if err != nil || calls != 2 {
			t.Errorf("%v, %d calls", err, calls)
		}
	})
	t.Run("new things for ever", func(t *testing.T) {
		t.Parallel()
		calls := 0
		c := callerFunc(func(func(string) string) string {
			calls++
			return fmt.Sprintf(`{"things":[{"id":"%d"}]}`, calls)
		})
		_, err := List(t.Context(), c, listed(Paging{Items: "things", Size: 1}), idOf)
		_ = wantKind(t, err, Malformed)
		if calls != maxPages {
			t.Errorf("%d calls", calls)
		}
	})
}

func TestListLeavesTheRequestAlone(t *testing.T) {
	t.Parallel()
	req := listed(Paging{Items: "things", Total: "count", Size: 10})
	req.Query = map[string][]string{"pool_id": {"p"}}
	server := &pages{total: "count", ids: ids(0, 15)}
	if _, err := List(t.Context(), server, req, idOf); err != nil {
		t.Fatal(err)
	}
	if len(req.Query) != 1 || server.requests[1] != "limit=10&offset=9&pool_id=p" {
		t.Errorf("query %v, requests %v", req.Query, server.requests)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	type counts struct {
		Total Number `json:"total_num"`
	}
	req := Request{Endpoint: Endpoint{Operation: "ShowThing"}}
	get := func(body string) (counts, error) {
		got, _, err := Get[counts](t.Context(), callerFunc(func(func(string) string) string { return body }), req)
		return got, err
	}
	got, err := get(`{"total_num":"7"}`)
	if v, _ := got.Total.Value(); err != nil || v != 7 {
		t.Errorf("%v, %v", got, err)
	}
	for _, body := range []string{`null`, ` null `, `[]`, `"x"`, `7`} {
		_, err := get(body)
		if e := wantKind(t, err, Malformed); !strings.HasPrefix(e.Error(), "ShowThing: ") {
			t.Errorf("%s: %v", body, e)
		}
	}
	if _, _, err := Get[[]thing](t.Context(), callerFunc(func(func(string) string) string { return `{}` }), req); KindOf(err) != Malformed {
		t.Errorf("an object for an array: %v", err)
	}
}

// TestOddEntries: an entry or a member of another shape costs itself alone.
func TestOddEntries(t *testing.T) {
	t.Parallel()
	type box struct {
		ID    Text   `json:"id"`
		Size  Number `json:"size"`
		Inner struct {
			Name Text  `json:"name"`
			Made Time  `json:"made"`
			Tags []int `json:"tags"`
		} `json:"inner"`
		Name string `json:"name"`
	}
	body := `{"count":7,"things":[
		{"id":"good","size":1,"inner":{"name":"x"}},
		{"id":"number","size":"N/A","inner":{"name":"y","made":"soon","tags":[1,"b",3]}},
		{"id":"object","size":2,"inner":""},
		{"id":"string","name":7,"size":3},
		null, "text", {"id":"last","size":4}]}`
	got, err := List(t.Context(), callerFunc(func(func(string) string) string { return body }),
		listed(Paging{Items: "things", Total: "count", Size: 10}), func(b box) string { return string(b.ID) })
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	var ids []string
	for _, b := range got.Items {
		v, _ := b.Size.Value()
		sum += v
		ids = append(ids, string(b.ID))
	}
	if want := []string{"good", "number", "object", "string", "last"}; !slices.Equal(ids, want) || sum != 1+2+3+4 || got.Rows != 7 || got.Unreadable != 2 {
		t.Errorf("%v, sum %v, %d rows, %d unreadable", ids, sum, got.Rows, got.Unreadable)
	}
	if inner := got.Items[1].Inner; inner.Name != "y" || !slices.Equal(inner.Tags, []int{1, 3}) {
		t.Errorf("%+v", inner)
	}
	// size, made, one tag; inner; name; null and text
	if got.Skips.Count != 7 || got.Skips.Example != "things[].size: unexpected shape" {
		t.Errorf("%+v", got.Skips)
	}
}

func FuzzDecodePage(f *testing.F) {
	for _, s := range []string{
		`{"things":[{"id":"a"},null],"count":2}`, `{"things":null,"count":0}`, `{"count":"x"}`, `[]`, `null`, `{"things":{}}`, `{"things":[{"id":[]}]}`,
	} {
		f.Add([]byte(s), 0)
	}
	e := Endpoint{Operation: "ListThings", Page: Paging{Items: "things", Total: "count", Size: 10, Marker: "id"}}
	f.Fuzz(func(t *testing.T, body []byte, offset int) {
		p, err := decodePage[thing](e, body, offset)
		if err == nil && !json.Valid(body) {
			t.Errorf("%q was taken", body)
		}
		if err != nil {
			if KindOf(err) != Malformed || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %q", body, err)
			}
			return
		}
		if p.total < unknownTotal || p.total > maxTotal {
			t.Errorf("%q: total %d", body, p.total)
		}
	})
}

// A page of desktops/detail at its full size, about 1.6 MB.
func BenchmarkListPage(b *testing.B) {
	row := `{"desktop_id":"id-%04d","computer_name":"DESK","status":"ACTIVE","login_status":"CONNECTED","padding":"` + strings.Repeat("x", 3100) + `"}`
	rows := make([]string, 500)
	for i := range rows {
		rows[i] = fmt.Sprintf(row, i)
	}
	body := []byte(`{"desktops":[` + strings.Join(rows, ",") + `],"total_count":500}`)
	type desktop struct {
		ID     Text `json:"desktop_id"`
		Status Text `json:"status"`
		Login  Text `json:"login_status"`
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := decodePage[desktop](ListDesktopsDetail, body, 0)
		if err != nil || len(p.items) != 500 {
			b.Fatal(err)
		}
	}
}
