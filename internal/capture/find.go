package capture

import (
	"strings"
	"unicode"
)

// window is how long a value must be to be looked for within other texts.
// Shorter ones are looked for as words.
const window = 6

// finder finds values in texts, in whatever letter case.
type finder struct {
	known map[string]bool // words that everybody knows
	whole map[string]bool // values that are looked for as words
	parts map[string][]string
	n     int
}

func newFinder(known map[string]bool) *finder {
	return &finder{known: known, whole: map[string]bool{}, parts: map[string][]string{}}
}

// add makes the finder look for a value. What consists of known words alone
// stands everywhere and tells nothing, as do short numbers and times.
func (f *finder) add(value string) {
	value = fold(strings.TrimSpace(value))
	if len(value) < 3 || f.whole[value] || f.public(value) || isTime(strings.ToUpper(value)) {
		return
	}
	if isNumeric(value) && len(value) < 7 {
		return
	}
	f.whole[value] = true
	f.n++
	if len(value) >= window && !isNumeric(value) {
		f.parts[value[:window]] = append(f.parts[value[:window]], value)
	}
}

// public tells whether a text is made of known words, and of single letters and
// short numbers beside them.
func (f *finder) public(text string) bool { return public(f.known, text) }

func public(known map[string]bool, text string) bool {
	some := false
	for _, w := range splitWords(text) {
		stem := strings.Trim(w, "0123456789")
		switch {
		case known[w] && stem != "", len(stem) >= 3 && known[stem]:
			some = true
		case len(w) == 1, len(w) <= 4 && stem == "", len(w) == 2 && len(stem) < 2:
		default:
			return false
		}
	}
	return some
}

// find tells whether a text holds one of the values.
func (f *finder) find(text string) bool {
	text = fold(text)
	if f.whole[strings.TrimSpace(text)] {
		return true
	}
	for i := 0; i+window <= len(text); i++ {
		for _, value := range f.parts[text[i:i+window]] {
			if strings.HasPrefix(text[i:], value) {
				return true
			}
		}
	}
	for _, token := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if f.whole[token] {
			return true
		}
	}
	return false
}

// fold makes values comparable that differ by letter case alone.
func fold(s string) string { return strings.ToLower(s) }
