package apiclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// unknownTotal stands for a total that the answer does not tell.
const unknownTotal = -1

// maxTotal keeps nonsense totals within an int.
const maxTotal = 1 << 30

// page is one decoded page; rows that are null or cannot be read are nil items.
type page[T any] struct {
	body   []byte
	offset int
	items  []*T
	raw    [][]byte // the items as they were sent
	keys   []string // of the items, "" without one
	total  int
	marker string
	skips  Skips
}

// decodePage decodes the page that begins at offset. It reads member by
// member: a page has megabytes, and each further reading of it would show.
func decodePage[T any](e Endpoint, body []byte, offset int) (page[T], error) {
	p := page[T]{body: body, offset: offset, total: unknownTotal}
	d := json.NewDecoder(bytes.NewReader(body))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return p, malformed(e, "answer is no JSON object")
	}
	present := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return p, undecodable(e, err)
		}
		if name != e.Page.Items {
			var other json.RawMessage
			if err := d.Decode(&other); err != nil {
				return p, undecodable(e, err)
			}
			if name == e.Page.Total {
				p.total = decodeTotal(other)
			}
			continue
		}
		present = true
		if err := p.decodeItems(d, e.Page); err != nil {
			return p, undecodable(e, fmt.Errorf("member `%s`: %w", e.Page.Items, err))
		}
	}
	if _, err := d.Token(); err != nil {
		return p, undecodable(e, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, malformed(e, "answer goes on after its end")
	}
	if p.items == nil {
		return p, e.Page.absent(e, p.total, present, offset)
	}
	if len(p.items) == 0 && offset == 0 && p.total > 0 {
		// Taken for an empty list it would show a whole fleet as gone.
		return p, malformed(e, fmt.Sprintf("member `%s` of the answer is empty, yet the total is %d", e.Page.Items, p.total))
	}
	return p, nil
}

// decodeItems reads the array, one entry after the other: one that cannot be
// read costs no other.
func (p *page[T]) decodeItems(d *json.Decoder, paging Paging) error {
	start, err := d.Token()
	switch {
	case err != nil:
		return err
	case start == nil:
		p.items = nil
		return nil
	case start != json.Delim('['):
		return errors.New("want a list")
	}
	p.items = []*T{}
	var last []byte
	for d.More() {
		from := d.InputOffset()
		var item T
		err := d.Decode(&item)
		entry := bytes.TrimLeft(p.body[from:d.InputOffset()], ", \t\r\n")
		if err != nil {
			if !json.Valid(entry) {
				return err
			}
			item, err = p.decodeOdd(entry, paging)
		}
		last = entry
		p.raw = append(p.raw, entry)
		if err != nil || bytes.Equal(entry, []byte("null")) {
			p.skips.Add(1, paging.Items+"[]", "not an entry")
			p.items = append(p.items, nil)
			continue
		}
		p.items = append(p.items, &item)
	}
	if paging.Marker != "" && last != nil {
		p.marker = memberOf(last, paging.Marker)
	}
	_, err = d.Token()
	return err
}

// decodeOdd reads what there is to read of an entry.
func (p *page[T]) decodeOdd(entry []byte, paging Paging) (T, error) {
	var item T
	err := decodeLenient(entry, &item, paging.Items+"[]", &p.skips)
	return item, err
}

// overlap is how many rows at the end of the page the next one repeats: the
// last that has a key, and what is behind it. Without keys it is 0.
func (p page[T]) overlap() int {
	for n := 1; n < len(p.keys); n++ {
		if p.keys[len(p.keys)-n] != "" {
			return n
		}
	}
	return 0
}

// follows tells whether the page has one of the rows that previous ends with.
func (p page[T]) follows(previous page[T]) bool {
	if len(p.items) == 0 {
		return true
	}
	anchors := map[string]bool{}
	for _, key := range previous.keys[max(0, len(previous.keys)-slices.Max(stepsBack)):] {
		anchors[key] = key != ""
	}
	return slices.ContainsFunc(p.keys, func(key string) bool { return anchors[key] })
}

// absent judges an answer whose array is missing or null: some servers write
// an empty list so, but only a total that agrees, or an operation that has
// none, makes it one.
func (p Paging) absent(e Endpoint, total int, present bool, offset int) error {
	switch {
	case total != unknownTotal && total <= offset:
		return nil
	case present && p.Total == "":
		return nil
	case present:
		return malformed(e, fmt.Sprintf("member `%s` of the answer is null", p.Items))
	default:
		return malformed(e, fmt.Sprintf("answer has no member `%s`", p.Items))
	}
}

func decodeTotal(data json.RawMessage) int {
	var n Number
	if json.Unmarshal(data, &n) != nil {
		return unknownTotal
	}
	v, known := n.Value()
	if !known || v < 0 {
		return unknownTotal
	}
	return int(min(v, maxTotal))
}

// memberOf returns a member of an entry as text, "" if it has none.
func memberOf(entry []byte, name string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(entry, &members) != nil {
		return ""
	}
	return text(members[name])
}

func malformed(e Endpoint, message string) *Error {
	return &Error{Operation: e.Operation, Kind: Malformed, Message: message}
}

func undecodable(e Endpoint, err error) *Error {
	return &Error{Operation: e.Operation, Kind: Malformed, Message: "answer is not as documented", Err: err}
}
