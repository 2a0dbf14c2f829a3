package answers

import (
	"fmt"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
)

// object is an entry of a list about which nothing but its answer is known.
type object map[string]any

// text is a member as a filter compares it.
func (r object) text(member string) string {
	if s, is := r[member].(string); is {
		return s
	}
	return fmt.Sprint(r[member])
}

// rowsAnswer filters rows by the members of the same names and answers a page
// of them. total is the member that holds their number, "" for none.
func rowsAnswer(r query.Request, items, total string, rows []object, defaultLimit int, members ...string) object {
	wanted := filter.Set[object]{}
	for _, member := range members {
		wanted[member] = filter.Equal(func(one object) string { return one.text(member) })
	}
	return filteredRows(r, items, total, rows, defaultLimit, wanted)
}

func filteredRows(r query.Request, items, total string, rows []object, defaultLimit int, by filter.Set[object]) object {
	keep := by.For(r)
	found := []object{}
	for _, one := range rows {
		if keep(one) {
			found = append(found, one)
		}
	}
	answer := object{items: query.Page(r, found, defaultLimit)}
	if total != "" {
		answer[total] = len(found)
	}
	return answer
}

// within filters rows by a time, of which parameters set the ends.
func within(member, format string, from, to string) filter.Set[object] {
	end := func(compare func(at, bound time.Time) bool) filter.Func[object] {
		return func(one object, values []string) bool {
			at, _ := time.Parse(query.SecondFormat, one.text(member))
			bound, _ := time.Parse(format, values[0]) // checked before
			return compare(at, bound)
		}
	}
	return filter.Set[object]{
		from: end(func(at, bound time.Time) bool { return !at.Before(bound) }),
		to:   end(func(at, bound time.Time) bool { return !at.After(bound) }),
	}
}
