package answers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
)

// object is a JSON object whose members nobody looks into but filters. Those
// whose name begins with unsent are for filters alone.
type object map[string]any

const unsent = "-"

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	sent := make(map[string]any, len(o))
	for name, value := range o {
		if !strings.HasPrefix(name, unsent) {
			sent[name] = value
		}
	}
	return json.Marshal(sent)
}

// text is a member as a filter compares it.
func (o object) text(member string) string {
	value, sent := o[member]
	if !sent {
		value = o[unsent+member]
	}
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}

// members are those of a JSON object, in order.
type members []struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, one := range m {
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], one.name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// page describes the entries of a page of a list.
func page[T, E any](r query.Request, found []T, defaultLimit int, describe func(T) E) []E {
	entries := []E{}
	for _, one := range query.Page(r, found, defaultLimit) {
		entries = append(entries, describe(one))
	}
	return entries
}

// list answers a page of the rows whose members have the values of the query
// parameters of the same names. total is the member that holds their number,
// "" for none.
func list(r query.Request, items, total string, rows []object, defaultLimit int, members ...string) object {
	return filteredList(r, items, total, rows, defaultLimit, equalMembers(filter.Set[object]{}, members...))
}

// equalMembers adds filters by members to a set.
func equalMembers(to filter.Set[object], members ...string) filter.Set[object] {
	for _, member := range members {
		to[member] = filter.Equal(func(row object) string { return row.text(member) })
	}
	return to
}

func filteredList(r query.Request, items, total string, rows []object, defaultLimit int, by filter.Set[object]) object {
	found := by.Apply(r, rows)
	answer := object{items: query.Page(r, found, defaultLimit)}
	if total != "" {
		answer[total] = len(found)
	}
	return answer
}

// within filters rows by a time, of which parameters set the ends.
func within(member, format string, from, to string) filter.Set[object] {
	end := func(compare func(at, bound time.Time) bool) filter.Func[object] {
		return func(row object, values []string) bool {
			at, _ := time.Parse(query.SecondFormat, row.text(member))
			bound, _ := time.Parse(format, values[0]) // checked before
			return compare(at, bound)
		}
	}
	return filter.Set[object]{
		from: end(func(at, bound time.Time) bool { return !at.Before(bound) }),
		to:   end(func(at, bound time.Time) bool { return !at.After(bound) }),
	}
}
