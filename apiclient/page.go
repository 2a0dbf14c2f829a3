package apiclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// unknownTotal stands for a total that the answer does not tell.
const unknownTotal = -1

// maxTotal keeps nonsense totals within an int.
const maxTotal = 1 << 30

// page is one decoded page; null rows are nil items.
type page[T any] struct {
	items  []*T
	total  int
	marker string
}

// decodePage decodes the page that begins at offset. It reads member by
// member: a page has megabytes, and each further reading of it would show.
func decodePage[T any](e Endpoint, body []byte, offset int) (page[T], error) {
	p := page[T]{total: unknownTotal}
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
		if err := p.decodeItems(d, e.Page.Marker); err != nil {
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

func (p *page[T]) decodeItems(d *json.Decoder, marker string) error {
	if marker == "" {
		return d.Decode(&p.items)
	}
	var rows json.RawMessage
	if err := d.Decode(&rows); err != nil {
		return err
	}
	p.marker = lastMarker(rows, marker)
	return json.Unmarshal(rows, &p.items)
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

// lastMarker returns a member of the last row, "" if it has none.
func lastMarker(rows json.RawMessage, member string) string {
	var items []json.RawMessage
	if json.Unmarshal(rows, &items) != nil || len(items) == 0 {
		return ""
	}
	var last map[string]json.RawMessage
	if json.Unmarshal(items[len(items)-1], &last) != nil {
		return ""
	}
	var marker Text
	if json.Unmarshal(last[member], &marker) != nil {
		return ""
	}
	return string(marker)
}

func malformed(e Endpoint, message string) *Error {
	return &Error{Operation: e.Operation, Kind: Malformed, Message: message}
}

func undecodable(e Endpoint, err error) *Error {
	return &Error{Operation: e.Operation, Kind: Malformed, Message: "answer is not as documented", Err: err}
}
