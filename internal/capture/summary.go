package capture

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// examples is how many kept values of a member are shown.
const examples = 6

// Summary tells what will be written: nothing of what was replaced, and all
// that was kept, in examples, so that somebody can judge it.
func (c *Capture) Summary(w io.Writer) {
	size := 0
	for _, content := range c.files {
		size += len(content)
	}
	fmt.Fprintf(w, "%d files, %d bytes, of %d projects\n\nAnswers:\n", len(c.files), size, len(c.Manifest.Projects))
	for _, operation := range slices.Sorted(maps.Keys(c.calls)) {
		fmt.Fprintf(w, "  %-36s %d\n", operation, c.calls[operation])
	}
	fmt.Fprint(w, "\nReplaced, different values:\n")
	for _, kind := range slices.Sorted(maps.Keys(c.mask.kinds)) {
		fmt.Fprintf(w, "  %-36s %d\n", kind, c.mask.kinds[kind])
	}
	fmt.Fprint(w, "\nReplaced, by member:\n  ")
	var members []string
	for _, member := range slices.Sorted(maps.Keys(c.mask.replaced)) {
		members = append(members, fmt.Sprintf("%s (%d)", c.mask.shown(member), c.mask.replaced[member]))
	}
	fmt.Fprintln(w, strings.Join(members, ", "))
	fmt.Fprint(w, "\nKept as it is, beside numbers, times and switches:\n")
	for _, member := range slices.Sorted(maps.Keys(c.mask.kept)) {
		values := slices.Sorted(maps.Keys(c.mask.kept[member]))
		if len(values) == 0 {
			continue
		}
		more := ""
		if len(values) > examples {
			more = fmt.Sprintf(" and %d more", len(values)-examples)
			values = values[:examples]
		}
		fmt.Fprintf(w, "  %-36s %s%s\n", member, strings.Join(values, ", "), more)
	}
	if left := c.leftOut(); left != "" {
		fmt.Fprintf(w, "\nLeft out, because it failed:\n%s", left)
	}
	if len(c.differing) > 0 {
		fmt.Fprintf(w, "\nThe replay of these gives other numbers than the answers did: %s\n", strings.Join(c.differing, ", "))
	}
}

// shown is the name of a member as it is written.
func (m *masker) shown(member string) string {
	if m.original.public(member) || strings.HasPrefix(member, "(") || member == "" {
		return member
	}
	return m.replace(member)
}
