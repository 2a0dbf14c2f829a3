package apiclient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/url"
	"strconv"
)

// maxPages ends a list whose server never does. 10,000 pages are ten million
// records, far beyond any list this API keeps.
const maxPages = 10_000

// Get makes one call and decodes the answer as a T, which is a struct or a
// map. An answer of another JSON kind, null included, is Malformed; a member of
// another shape is left out and counted.
func Get[T any](ctx context.Context, c Caller, req Request) (T, Skips, error) {
	var zero, result T
	var skips Skips
	body, err := c.Call(ctx, req)
	if err != nil {
		return zero, skips, err
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return zero, skips, malformed(req.Endpoint, "answer is null")
	}
	if err := decodeLenient(body, &result, "", &skips); err != nil {
		return zero, skips, undecodable(req.Endpoint, err)
	}
	return result, skips, nil
}

// Listing is a list that was read whole.
type Listing[T any] struct {
	Items []T
	// Rows are all entries of the server; Unreadable those that are null or of
	// another shape, and not among the items.
	Rows, Unreadable int
	Skips            Skips
}

// List reads all pages of an endpoint. Items with the same key are taken
// once; items whose key is "" are all kept. A failed page fails the whole, and
// so does a list that stays shorter than its total: a later page that is empty
// or comes again, or a total beyond the highest offset that the API takes.
// When entries come and go between two pages, no other one is missed.
func List[T any](ctx context.Context, c Caller, req Request, key func(T) string) (Listing[T], error) {
	return ListWhile(ctx, c, req, key, func(T) bool { return true })
}

// ListWhile is List for the beginning of a sorted list: once more is false for
// an item, no page after its own is asked for.
func ListWhile[T any](ctx context.Context, c Caller, req Request, key func(T) string, more func(T) bool) (Listing[T], error) {
	return readWhole(ctx, func() *reader[T] {
		return newReader(c, req, func(item T, _ []byte) string { return key(item) }, more)
	})
}

// ListRecords is ListWhile for records without a key, which may be alike to the
// letter: all are kept.
func ListRecords[T any](ctx context.Context, c Caller, req Request, more func(T) bool) (Listing[T], error) {
	return readWhole(ctx, func() *reader[T] {
		r := newReader(c, req, func(_ T, raw []byte) string {
			sum := sha256.Sum256(raw)
			return string(sum[:])
		}, more)
		r.twins = true
		return r
	})
}

func readWhole[T any](ctx context.Context, start func() *reader[T]) (Listing[T], error) {
	first := start()
	if err := first.read(ctx); err != nil {
		return Listing[T]{}, err
	}
	if first.enough || !first.moved && first.complete() {
		return first.Listing, nil
	}
	if !first.moved && !first.shifted {
		return Listing[T]{}, first.incomplete()
	}
	second := start()
	if err := second.read(ctx); err != nil {
		return Listing[T]{}, err
	}
	if second.moved || second.shifted {
		second.include(first)
	}
	if !second.enough && !second.complete() {
		return Listing[T]{}, second.incomplete()
	}
	return second.Listing, nil
}

// reader reads a list from its first page to its last.
type reader[T any] struct {
	Listing[T]
	caller Caller
	req    Request
	// key tells items apart, by what they are or how they were sent.
	key  func(item T, raw []byte) string
	more func(T) bool

	keys  []string // of the items
	seen  map[string]struct{}
	total int    // as the newest answer tells
	least int    // of all totals told: what came meanwhile may be missing
	end   int    // of the page read last
	last  string // key of its last row
	// moved tells that the list has another order each time it is read.
	moved bool
	// shifted tells that rows came in front while it was read. Where as many went
	// from further behind, the total hides them.
	shifted bool
	// enough tells that no more items are wanted.
	enough bool
	// twins tells that items with the same key are all kept, unless they are
	// rows that come again.
	twins bool
}

func newReader[T any](c Caller, req Request, key func(T, []byte) string, more func(T) bool) *reader[T] {
	return &reader[T]{caller: c, req: req, key: key, more: more, seen: map[string]struct{}{}, total: unknownTotal, least: unknownTotal}
}

// read reads all pages.
func (r *reader[T]) read(ctx context.Context) error {
	paging := r.req.Endpoint.Page
	var at position
	var previous page[T]
	for n := range maxPages {
		p, err := r.page(ctx, at, previous)
		if err != nil {
			return err
		}
		added := r.add(p)
		if p.total != unknownTotal {
			// The list may change between pages: the newest total counts.
			r.total = p.total
			if r.least == unknownTotal || p.total < r.least {
				r.least = p.total
			}
		}
		later := n > 0
		switch {
		case later && len(p.items) == 0 && r.end < r.total:
			return malformed(r.req.Endpoint, fmt.Sprintf("the page at offset %d is empty, yet the total is %d", p.offset, r.total))
		case r.enough, paging.last(r.end, r.total, len(p.items), added):
			return nil
		case paging.Marker != "":
			if p.marker == at.marker {
				return nil
			}
			at = position{marker: p.marker}
		case later && (added == 0 && p.total <= previous.total || p.overlap() == 0 && bytes.Equal(p.body, previous.body)):
			return malformed(r.req.Endpoint, fmt.Sprintf("the page at offset %d is the one before it again: the server does not heed offset", p.offset))
		default:
			at = position{offset: r.end - p.overlap()}
			if ceiling := paging.MaxOffset; ceiling > 0 && at.offset > ceiling {
				if p.offset >= ceiling {
					return malformed(r.req.Endpoint, fmt.Sprintf("the list has %d entries, and the API shows none from offset %d on", r.total, ceiling+paging.Size))
				}
				at.offset = ceiling
			}
		}
		previous = p
	}
	return malformed(r.req.Endpoint, fmt.Sprintf("list does not end within %d pages", maxPages))
}

// stepsBack are how many rows in front of a page its predecessor is looked for
// when the page does not follow it: so many entries may go between two calls.
var stepsBack = []int{20, 200}

// page reads the page at a position. Each page begins with the last row of the
// one before it. If it does not, entries have gone from in front of it and
// others moved up: it is read again from further in front.
func (r *reader[T]) page(ctx context.Context, at position, previous page[T]) (page[T], error) {
	p, err := r.ask(ctx, at)
	if err != nil || r.moved || r.req.Endpoint.Page.Marker != "" || previous.overlap() == 0 {
		return p, err
	}
	if p.follows(previous) {
		r.shifted = r.shifted || len(p.keys) > 0 && p.keys[0] != previous.keys[len(previous.keys)-1]
		return p, nil
	}
	for _, step := range stepsBack {
		if step >= at.offset {
			break
		}
		back, err := r.ask(ctx, position{offset: at.offset - step})
		if err != nil || back.follows(previous) {
			return back, err
		}
	}
	r.moved = true
	return p, nil
}

func (r *reader[T]) ask(ctx context.Context, at position) (page[T], error) {
	body, err := r.caller.Call(ctx, at.request(r.req))
	if err != nil {
		return page[T]{}, err
	}
	p, err := decodePage[T](r.req.Endpoint, body, at.offset)
	p.keys = make([]string, len(p.items))
	for i, item := range p.items {
		if item != nil {
			p.keys[i] = r.key(*item, p.raw[i])
		}
	}
	return p, err
}

// add takes what is new on a page and returns how many rows are: those that no
// page before it had, whether they can be read or not.
func (r *reader[T]) add(p page[T]) int {
	added := 0
	own := map[string]bool{}
	// Behind the row that ends the page before, all rows are further ones.
	follows := len(p.keys) > 0 && p.offset == r.end-1 && p.keys[0] == r.last
	for i, item := range p.items {
		again := p.offset+i < r.end && r.req.Endpoint.Page.Marker == ""
		if item == nil {
			if !again {
				added++
				r.Unreadable++
			}
			continue
		}
		switch k := p.keys[i]; {
		case k == "" && again:
			continue
		case k != "":
			twin := r.twins && !again && (own[k] || follows)
			if _, dup := r.seen[k]; dup && !twin {
				if own[k] {
					added++ // the page has it twice
				}
				continue
			}
			r.seen[k] = struct{}{}
			own[k] = true
		}
		r.Items = append(r.Items, *item)
		r.keys = append(r.keys, p.keys[i])
		added++
		r.enough = r.enough || !r.more(*item)
	}
	r.end = p.offset + len(p.items)
	if len(p.keys) > 0 {
		r.last = p.keys[len(p.keys)-1]
	}
	r.Rows += added
	r.Skips.Join(p.skips)
	return added
}

// include adds the items of another reading.
func (r *reader[T]) include(other *reader[T]) {
	for i, item := range other.Items {
		k := other.keys[i]
		if _, dup := r.seen[k]; !dup && k != "" {
			r.seen[k] = struct{}{}
			r.Items = append(r.Items, item)
			r.keys = append(r.keys, k)
			r.Rows++
		}
	}
}

func (r *reader[T]) complete() bool { return r.Rows >= r.least }

func (r *reader[T]) incomplete() error {
	return malformed(r.req.Endpoint, fmt.Sprintf("the list is incomplete: %d entries came, the total is %d", r.Rows, r.least))
}

// last tells whether the page that ends at end was the last one.
func (p Paging) last(end, total, rows, added int) bool {
	switch {
	case p.Size == 0, rows == 0:
		return true
	case total != unknownTotal:
		// A server may return fewer than asked for: only the total counts.
		return end >= total
	case p.Marker != "":
		return rows < p.Size || added == 0
	default:
		// A full page without anything new is another page again. One that has
		// more than was asked for is the whole list.
		return rows < p.Size || rows > p.Size && added == 0
	}
}

// position is where a page begins.
type position struct {
	offset int
	marker string
}

func (at position) request(req Request) Request {
	paging := req.Endpoint.Page
	if paging.Size == 0 {
		return req
	}
	query := maps.Clone(req.Query)
	if query == nil {
		query = make(url.Values)
	}
	query.Set("limit", strconv.Itoa(paging.Size))
	switch {
	case paging.Marker == "":
		query.Set("offset", strconv.Itoa(at.offset))
	case at.marker != "":
		query.Set("marker", at.marker)
	}
	req.Query = query
	return req
}
