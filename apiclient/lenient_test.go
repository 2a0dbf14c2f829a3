package apiclient

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// nested has every kind of member that answers are read into.
type nested struct {
	ID    Text   `json:"id"`
	Size  Number `json:"size"`
	At    Time   `json:"at"`
	Plain string `json:"plain"`
	Inner struct {
		Name Text `json:"name"`
	} `json:"inner"`
	List  []thing                    `json:"list"`
	Texts []Text                     `json:"texts"`
	Rows  *[]*thing                  `json:"rows"`
	Some  *Number                    `json:"some"`
	Raw   json.RawMessage            `json:"raw"`
	Any   map[string]json.RawMessage `json:"any"`
	embedded
}

type embedded struct {
	Extra Number `json:"extra"`
}

func TestLenient(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		skips   int
		example string
	}{
		`{"id":"a","size":1,"at":"2026-01-02","plain":"p","inner":{"name":"n"},"list":[{"id":"b"}],"rows":[{"id":"c"}],"some":2,"raw":[1],"extra":3}`: {0, ""},
		`{"id":{},"size":1}`:                   {1, "id: unexpected shape"},
		`{"size":"N/A","at":"soon","plain":7}`: {3, "size: unexpected shape"},
		`{"inner":[]}`:                         {1, "inner: unexpected shape"},
		`{"inner":{"name":[1]}}`:               {1, "inner.name: unexpected shape"},
		`{"list":{}}`:                          {1, "list: unexpected shape"},
		`{"list":["x",{"id":"b"},{"id":{}}]}`:  {2, "list[]: unexpected shape"},
		`{"texts":["a",{},"b"]}`:               {1, "texts[]: unexpected shape"},
		`{"rows":"x"}`:                         {1, "rows: unexpected shape"},
		`{"rows":["x",null,{"id":"c"}]}`:       {0, ""}, // the row is there, and nil
		`{"some":"many","any":[]}`:             {2, "some: unexpected shape"},
		`{"extra":"many"}`:                     {1, "extra: unexpected shape"},
		`{"id":null,"size":null,"list":null}`:  {0, ""},
		`{"unknown":{"id":[]}}`:                {0, ""},
	} {
		var got nested
		var skips Skips
		if err := decodeLenient([]byte(body), &got, "", &skips); err != nil || skips.Count != c.skips || skips.Example != c.example {
			t.Errorf("%s: %+v, %v, want %d skipped with %q", body, skips, err, c.skips, c.example)
		}
		if strings.Contains(body, `"rows":["x"`) && len(*got.Rows) != 3 {
			t.Errorf("%s: %d rows", body, len(*got.Rows))
		}
	}
	for _, body := range []string{``, `{`, `[]`, `"x"`, `1`, `{"id":"a"}x`} {
		var got nested
		if err := decodeLenient([]byte(body), &got, "", &Skips{}); err == nil {
			t.Errorf("%q was taken", body)
		}
	}
}

// FuzzLenient: what the usual decoder takes is read as it reads it, nothing
// panics, and what is skipped has a place without a value.
func FuzzLenient(f *testing.F) {
	f.Add([]byte(`{"id":"a","size":1,"at":"2026-01-02","inner":{"name":"n"},"list":[{"id":"b"}],"rows":[{"id":"c"},null]}`))
	f.Add([]byte(`{"id":{},"size":"N/A","list":["x"],"rows":[1],"some":{},"extra":[]}`))
	f.Add([]byte(`{"inner":{"name":{}},"texts":[[],"a"],"any":{"x":1}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var want, got nested
		var skips Skips
		usual := json.Unmarshal(body, &want)
		err := decodeLenient(body, &got, "", &skips)
		switch {
		case usual == nil && (err != nil || skips.Count != 0 || !reflect.DeepEqual(got, want)):
			t.Fatalf("%s: %+v, %v, %d skipped, want %+v", body, got, err, skips.Count, want)
		case err == nil && usual != nil && bytes.TrimSpace(body)[0] != '{':
			t.Fatalf("%s was taken", body)
		case err != nil && json.Valid(body) && bytes.TrimSpace(body)[0] == '{':
			t.Fatalf("%s: %v", body, err)
		case skips.Count > 0 && !strings.HasSuffix(skips.Example, ": unexpected shape"):
			t.Fatalf("%s: %+v", body, skips)
		}
	})
}
