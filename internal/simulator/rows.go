package simulator

import (
	"fmt"
	"time"
)

// row is an entry of a list about which nothing but its answer is known.
type row map[string]any

// text is a member as a filter compares it.
func (r row) text(member string) string {
	if s, is := r[member].(string); is {
		return s
	}
	return fmt.Sprint(r[member])
}

// rowsAnswer filters rows by the members of the same names and answers a page
// of them. total is the member that holds their number, "" for none.
func rowsAnswer(r request, items, total string, rows []row, defaultLimit int, members ...string) row {
	wanted := filters[row]{}
	for _, member := range members {
		wanted[member] = exactly(func(one row) string { return one.text(member) })
	}
	return filteredRows(r, items, total, rows, defaultLimit, wanted)
}

func filteredRows(r request, items, total string, rows []row, defaultLimit int, by filters[row]) row {
	keep := by.of(r)
	found := []row{}
	for _, one := range rows {
		if keep(one) {
			found = append(found, one)
		}
	}
	answer := row{items: page(r, found, defaultLimit)}
	if total != "" {
		answer[total] = len(found)
	}
	return answer
}

// within filters rows by a time, of which parameters set the ends.
func within(member, format string, from, to string) filters[row] {
	end := func(compare func(at, bound time.Time) bool) filter[row] {
		return func(one row, values []string) bool {
			at, _ := time.Parse(secondFormat, one.text(member))
			bound, _ := time.Parse(format, values[0]) // checked before
			return compare(at, bound)
		}
	}
	return filters[row]{
		from: end(func(at, bound time.Time) bool { return !at.Before(bound) }),
		to:   end(func(at, bound time.Time) bool { return !at.After(bound) }),
	}
}

// slots are the starts of periods, the newest first, from now back to a time
// ago. What happened in a slot depends on its start alone.
func slots(now time.Time, period, ago time.Duration) []time.Time {
	var all []time.Time
	for at := now.UTC().Truncate(period); now.Sub(at) < ago; at = at.Add(-period) {
		all = append(all, at)
	}
	return all
}

// dice draws a number for a thing and a time.
func (w *world) dice(kind string, at time.Time) uint64 {
	return mix(w.seed ^ hash(kind) ^ uint64(at.Unix()))
}

// stamp is a time as most answers have it, "" if there is none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(secondFormat)
}

// someDesktop is the desktop of a number, nil if there are none.
func (w *world) someDesktop(n uint64) *desktop {
	if len(w.desktops) == 0 {
		return nil
	}
	return &w.desktops[n%uint64(len(w.desktops))]
}
