package apiclient

import (
	"encoding/json"
	"testing"
)

// FuzzPage: nothing panics, each row of the array is there, and a page that is
// taken is an object whose array is a list.
func FuzzPage(f *testing.F) {
	for _, body := range []string{
		`{"things":[{"id":"a"},null,"x",{"id":{}}],"count":4}`, `{"count":"0"}`, `{"things":null,"count":0}`, `{"things":[],"count":3}`,
		`{"things":{"id":"a"}}`, `{"count":1,"things":[{"id":"a"}],"things":[{"id":"b"}]}`, `[]`, `{"things":[{"id":"a"}]}x`, `{"things":[1,2`,
		`{"things":[ {"id":"a"} , {"id":"b"} ],"count":{}}`,
	} {
		f.Add([]byte(body), 0)
		f.Add([]byte(body), 9)
	}
	e := Endpoint{Operation: "ListThings", Page: Paging{Items: "things", Total: "count", Size: 10}}
	f.Fuzz(func(t *testing.T, body []byte, offset int) {
		p, err := decodePage[thing](e, body, offset)
		if err != nil {
			if KindOf(err) != Malformed {
				t.Fatalf("%s: %v", body, err)
			}
			return
		}
		var object struct {
			Things []json.RawMessage `json:"things"`
		}
		if !json.Valid(body) {
			t.Fatalf("%q was taken", body)
		}
		if json.Unmarshal(body, &object) == nil && p.items != nil && len(p.items) != len(p.raw) && len(p.items) != len(object.Things) {
			t.Fatalf("%s: %d rows of %d", body, len(p.items), len(object.Things))
		}
		for i, item := range p.items {
			if item == nil && p.skips.Count == 0 {
				t.Fatalf("%s: row %d is skipped and not counted", body, i)
			}
		}
		if p.total < unknownTotal {
			t.Fatalf("%s: the total is %d", body, p.total)
		}
	})
}

// TestTwinsOverPages: records that are alike to the letter are all kept, also
// where a page ends between them.
func TestTwinsOverPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 5, 9, 10, 11, 12, 19, 20, 25, 31} {
		records := ids(0, 7)
		for range n {
			records = append(records, "same")
		}
		records = append(records, ids(7, 12)...)
		server := &pages{total: "count", ids: records}
		got, err := ListRecords(t.Context(), server, listed(Paging{Items: "things", Total: "count", Size: 10}), func(thing) bool { return true })
		if err != nil || len(got.Items) != n+12 {
			t.Errorf("%d twins: %d of %d records, %v", n, len(got.Items), n+12, err)
		}
	}
}

// TestUnreadableRows are counted, and cost no other.
func TestUnreadableRows(t *testing.T) {
	t.Parallel()
	c := callerFunc(func(func(string) string) string {
		return `{"things":[{"id":"a"},null,"x",{"id":{}},{"id":"b"}],"count":5}`
	})
	got, err := List(t.Context(), c, listed(Paging{Items: "things", Total: "count", Size: 10}), idOf)
	if err != nil || len(got.Items) != 3 || got.Rows != 5 || got.Unreadable != 2 || got.Skips.Count != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}
