package apiclient

import (
	"slices"
	"testing"
)

// The page of the last wanted item is the last one asked for.
func TestListWhile(t *testing.T) {
	t.Parallel()
	for last, want := range map[string]struct{ things, requests int }{
		"id-0000": {10, 1},
		"id-0009": {10, 1},
		"id-0010": {19, 2},
		"never":   {25, 3},
	} {
		server := &pages{total: "count", ids: ids(0, 25)}
		things, err := ListWhile(t.Context(), server, listed(Paging{Items: "things", Total: "count", Size: 10}), idOf,
			func(t thing) bool { return idOf(t) != last })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, thing := range things.Items {
			got = append(got, idOf(thing))
		}
		if !slices.Equal(got, ids(0, want.things)) || len(server.requests) != want.requests {
			t.Errorf("until %s: %d things with %d requests, want %d with %d", last, len(got), len(server.requests), want.things, want.requests)
		}
	}
}
