package daemon

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

const (
	// mostKnown bounds the names that are remembered.
	mostKnown = 200_000
	// leastKnown is the length of the shortest of them: shorter ones stand in
	// every other word.
	leastKnown = 3
)

// knownNames are the names of users that were seen, to take them out of what
// the API says about errors. They stay in memory.
type knownNames struct {
	mu    sync.RWMutex
	names map[string]struct{} // in lower case
}

// noting returns show with every name that it shows remembered.
func (k *knownNames) noting(show func(string) string) func(string) string {
	return func(name string) string {
		k.note(name)
		return show(name)
	}
}

func (k *knownNames) note(name string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) < leastKnown {
		return
	}
	k.mu.RLock()
	_, known := k.names[name]
	full := len(k.names) >= mostKnown
	k.mu.RUnlock()
	if known || full {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil {
		k.names = map[string]struct{}{}
	}
	k.names[name] = struct{}{}
}

// clean takes names, mails and addresses out of a text. A text in which the
// place of a name cannot be told is dropped.
func (k *knownNames) clean(text string) string {
	text = foreign.Anonymous(text)
	lower := strings.ToLower(text)
	found := k.in(lower)
	if len(found) > 0 && len(lower) != len(text) {
		return "<text with a name>"
	}
	for _, name := range found {
		text = without(text, lower, name)
		lower = strings.ToLower(text)
	}
	return text
}

// in lists the known names in a text, the longest first: they hold others.
func (k *knownNames) in(lower string) []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var found []string
	for name := range k.names {
		if strings.Contains(lower, name) {
			found = append(found, name)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return found
}

// without replaces a name, wherever it stands in the text in lower case.
func without(text, lower, name string) string {
	var b strings.Builder
	for {
		at := strings.Index(lower, name)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at] + "<name>")
		text, lower = text[at+len(name):], lower[at+len(name):]
	}
}
