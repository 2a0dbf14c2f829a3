package apiclient

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strconv"
)

// maxPages ends a list whose server never does. 10,000 pages are ten million
// records, far beyond any list this API keeps.
const maxPages = 10_000

// Get makes one call and decodes the answer as a T. An answer of another JSON
// kind, null included, is Malformed.
func Get[T any](ctx context.Context, c Caller, req Request) (T, error) {
	var zero, result T
	body, err := c.Call(ctx, req)
	if err != nil {
		return zero, err
	}
	if string(bytes.TrimSpace(body)) == "null" {
		return zero, malformed(req.Endpoint, "answer is null")
	}
	if err := json.Unmarshal(body, &result); err != nil {
		return zero, undecodable(req.Endpoint, err)
	}
	return result, nil
}

// ListResult is a list and how much of it could be reached.
type ListResult[T any] struct {
	Items []T
	// Cut says that the list goes on beyond the highest offset the API
	// allows: the rest cannot be read.
	Cut bool
}

// List reads all pages of an endpoint. Items with the same key are taken
// once; items whose key is "" are all kept. A failed page fails the whole.
// Items beyond Paging.MaxOffset are left out; ListReachable says whether any are.
func List[T any](ctx context.Context, c Caller, req Request, key func(T) string) ([]T, error) {
	result, err := ListReachable(ctx, c, req, key)
	return result.Items, err
}

// ListReachable is List for endpoints with a ceiling of offset.
func ListReachable[T any](ctx context.Context, c Caller, req Request, key func(T) string) (ListResult[T], error) {
	return list(ctx, c, req, key, func(T) bool { return true })
}

// ListWhile is List for the beginning of a sorted list: once more is false for
// an item, no page after its own is asked for.
func ListWhile[T any](ctx context.Context, c Caller, req Request, key func(T) string, more func(T) bool) ([]T, error) {
	result, err := list(ctx, c, req, key, more)
	return result.Items, err
}

func list[T any](ctx context.Context, c Caller, req Request, key func(T) string, more func(T) bool) (ListResult[T], error) {
	var (
		paging = req.Endpoint.Page
		result ListResult[T]
		seen   = make(map[string]struct{})
		at     position
		total  = unknownTotal
	)
	for range maxPages {
		body, err := c.Call(ctx, at.request(req))
		if err != nil {
			return ListResult[T]{}, err
		}
		p, err := decodePage[T](req.Endpoint, body, at.offset)
		if err != nil {
			return ListResult[T]{}, err
		}
		added, enough := 0, false
		for _, item := range p.items {
			if item == nil {
				continue
			}
			if k := key(*item); k != "" {
				if _, dup := seen[k]; dup {
					continue
				}
				seen[k] = struct{}{}
			}
			result.Items = append(result.Items, *item)
			added++
			enough = enough || !more(*item)
		}
		// The list may change between pages: the newest total counts.
		if p.total != unknownTotal {
			total = p.total
		}
		next := position{offset: at.offset + len(p.items), marker: p.marker}
		if enough || paging.last(next, total, len(p.items), added) || paging.Marker != "" && next.marker == at.marker {
			return result, nil
		}
		if paging.MaxOffset > 0 && next.offset > paging.MaxOffset {
			result.Cut = true
			return result, nil
		}
		at = next
	}
	return ListResult[T]{}, malformed(req.Endpoint, fmt.Sprintf("list does not end within %d pages", maxPages))
}

// last tells whether the page that led to next was the last one.
func (p Paging) last(next position, total, rows, added int) bool {
	switch {
	case p.Size == 0, rows == 0:
		return true
	case total != unknownTotal:
		// A server may return fewer than asked for: only the total counts.
		return next.offset >= total
	default:
		return rows < p.Size || added == 0
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
