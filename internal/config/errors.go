package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Error is one mistake. Message says what is wrong and what to do; it holds
// no value of the configuration, because any value may be a misplaced secret.
type Error struct {
	File string
	// Line counts from 1; 0 if the mistake has no line.
	Line int
	// Key is the place, for example accounts[0].projects[1].endpoint, or the
	// name of an environment variable; empty for the whole file. Unknown keys
	// that do not look like one show as "?".
	Key     string
	Message string
}

func (e Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	if e.Key != "" {
		place += ": " + e.Key
	}
	return place + ": " + e.Message
}

// Errors are all mistakes of a configuration, sorted by line.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// path leads to a key from the top. id is exact; shown is fit for messages.
type path struct{ id, shown string }

// keyLike is deliberately narrow: a secret that ended up as a key (by a line
// break, say) is unlikely to match.
var keyLike = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,31}$`)

func (p path) key(name string) path {
	shown := name
	if !keyLike.MatchString(name) {
		shown = "?"
	}
	if p.id == "" {
		return path{name, shown}
	}
	return path{p.id + "." + name, p.shown + "." + shown}
}

func (p path) index(i int) path {
	return path{fmt.Sprintf("%s[%d]", p.id, i), fmt.Sprintf("%s[%d]", p.shown, i)}
}

// ancestors yields the id of p, of the mapping or list around it, and so on
// up to the whole file.
func (p path) ancestors(yield func(string) bool) {
	for id := p.id; yield(id) && id != ""; {
		id = id[:max(strings.LastIndexAny(id, ".["), 0)]
	}
}

// problems collects the mistakes of one file.
type problems struct {
	file string
	// lines has the line of every key and list item that was written.
	lines map[string]int
	// failed has the keys that could not be read. Later checks see them as
	// absent and must not complain about that, too.
	failed map[string]bool
	// variables names the environment variables that stand for keys.
	variables map[string]string
	// fatal is set when there is nothing to check.
	fatal bool
	all   Errors
}

func newProblems(file string) *problems {
	return &problems{file: file, lines: map[string]int{}, failed: map[string]bool{}}
}

// fail reports a key that cannot be read, while decoding.
func (p *problems) fail(at path, line int, format string, args ...any) {
	p.failed[at.id] = true
	p.add(at, line, format, args...)
}

// wrong reports a key with a bad value, or a missing one, after decoding.
func (p *problems) wrong(at path, format string, args ...any) {
	line := 0
	for id := range at.ancestors {
		if p.failed[id] {
			return
		}
		if line == 0 {
			line = p.lines[id]
		}
	}
	p.add(at, line, format, args...)
}

func (p *problems) add(at path, line int, format string, args ...any) {
	key := cmp.Or(p.variables[at.id], at.shown)
	p.all = append(p.all, Error{File: p.file, Line: line, Key: key, Message: fmt.Sprintf(format, args...)})
}

// stop reports a mistake after which there is nothing left to check.
func (p *problems) stop(line int, format string, args ...any) {
	p.fatal = true
	p.add(path{}, line, format, args...)
}

// err returns all mistakes, or nil if there are none.
func (p *problems) err() error {
	if len(p.all) == 0 {
		return nil
	}
	slices.SortStableFunc(p.all, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Key, b.Key))
	})
	return p.all
}
