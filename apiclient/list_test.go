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
	got := make([]string, len(things))
	for i, thing := range things {
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
			if want := max(1, (n+9)/10); total != "" && len(server.requests) != want {
				t.Errorf("total %q: %d requests for %d things, want %d", total, len(server.requests), n, want)
			}
		}
	}
	server := &pages{total: "count", ids: ids(0, 25)}
	collect(t, server, Paging{Items: "things", Total: "count", Size: 10})
	if want := []string{"limit=10&offset=0", "limit=10&offset=10", "limit=10&offset=20"}; !slices.Equal(server.requests, want) {
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
	if err != nil || !slices.Equal(got, []Text{"00:0", "01:2"}) || calls != 1 {
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

func TestListThatChangesWhileRead(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(int, []string) []string{
		"shrinks at the front": func(n int, ids []string) []string { return ids[min(n*3, len(ids)):] },
		"shrinks to nothing": func(n int, ids []string) []string {
			if n > 0 {
				return nil
			}
			return ids
		},
		"grows at the front":  func(n int, ids []string) []string { return append([]string{fmt.Sprint("new-", n)}, ids...) },
		"grows at the end":    func(n int, ids []string) []string { return append(ids, fmt.Sprint("new-", n)) },
		"reverses every time": func(_ int, ids []string) []string { slices.Reverse(ids); return ids },
	} {
		for _, total := range []string{"count", ""} {
			server := &pages{total: total, ids: ids(0, 55), change: change}
			got := collect(t, server, Paging{Items: "things", Total: total, Size: 10})
			if len(got) < 10 || len(server.requests) > 8 {
				t.Errorf("%s, total %q: %d things in %d requests", name, total, len(got), len(server.requests))
			}
			slices.Sort(got)
			if len(slices.Compact(got)) != len(got) {
				t.Errorf("%s, total %q: a thing was taken twice", name, total)
			}
		}
	}
}

func TestListKeepsToTheCeiling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, ceiling, want int
		cut              bool
	}{
		{50, 20, 30, true},
		{30, 20, 30, false},
		{25, 20, 25, false},
		{50, 19, 20, true},
		{50, 0, 50, false},
	} {
		server := &pages{total: "count", ids: ids(0, c.n)}
		got, err := ListReachable(t.Context(), server, listed(Paging{Items: "things", Total: "count", Size: 10, MaxOffset: c.ceiling}), idOf)
		if err != nil || len(got.Items) != c.want || got.Cut != c.cut {
			t.Errorf("%+v: %d things, cut %v, %v", c, len(got.Items), got.Cut, err)
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
	rows := map[string]string{"0": `{"id":"a"},{"id":"b"}`, "2": `{"id":"c"}`, "3": ``}
	for total, requests := range map[string]int{
		`3`: 2, `"3"`: 2,
		`2`:    1,                                         // the total counts, right or wrong
		`null`: 2, `""`: 2, `-1`: 2, `"many"`: 2, `{}`: 2, // unknown: a short page ends the list
		`1e300`: 3, // an empty page ends any list
	} {
		calls := 0
		c := callerFunc(func(query func(string) string) string {
			calls++
			return fmt.Sprintf(`{"things":[%s],"count":%s}`, rows[query("offset")], total)
		})
		_, err := List(t.Context(), c, listed(Paging{Items: "things", Total: "count", Size: 2}), idOf)
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
		for _, thing := range things {
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
		{`{"things":["a"],"count":1}`, "member `things`"},
		{`{"things":[{"id":{}}],"count":1}`, "member `things`"},
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
	if err != nil || len(got) != 1 {
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
	if !errors.Is(err, want) || got != nil {
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
		got, err := List(t.Context(), c, listed(Paging{Items: "things", Size: 1}), idOf)
		if err != nil || len(got) != 1 || calls != 2 {
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
	if len(req.Query) != 1 || server.requests[1] != "limit=10&offset=10&pool_id=p" {
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
		return Get[counts](t.Context(), callerFunc(func(func(string) string) string { return body }), req)
	}
	got, err := get(`{"total_num":"7"}`)
	if v, _ := got.Total.Value(); err != nil || v != 7 {
		t.Errorf("%v, %v", got, err)
	}
	for _, body := range []string{`null`, ` null `, `[]`, `"x"`, `7`, `{"total_num":{}}`, `{"total_num":"x"}`} {
		_, err := get(body)
		if e := wantKind(t, err, Malformed); !strings.HasPrefix(e.Error(), "ShowThing: ") {
			t.Errorf("%s: %v", body, e)
		}
	}
	if _, err := Get[[]thing](t.Context(), callerFunc(func(func(string) string) string { return `{}` }), req); KindOf(err) != Malformed {
		t.Errorf("an object for an array: %v", err)
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
