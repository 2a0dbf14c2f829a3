package decode

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// MergeRare counts under another key what has none of the most frequent
// values, of which at most limit are kept.
func MergeRare[K comparable](counts map[K]int, limit int, value func(K) string, rare func(K) K) map[K]int {
	totals := map[string]int{}
	for key, n := range counts {
		totals[value(key)] += n
	}
	frequent := slices.SortedFunc(maps.Keys(totals), func(a, b string) int {
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(a, b))
	})
	if len(frequent) <= limit {
		return counts
	}
	merged := map[K]int{}
	for key, n := range counts {
		if !slices.Contains(frequent[:limit], value(key)) {
			key = rare(key)
		}
		merged[key] += n
	}
	return merged
}

// CodeLabel makes a label value of a word that the API documents badly: what
// does not look like a name of something in a program counts as other.
func CodeLabel(s string) string {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Unknown
	case codeToken.MatchString(s):
		return s
	default:
		return Other
	}
}

// ErrorLabel is the label of an error code: never free text. Other stands for
// every error without a code.
func ErrorLabel(code string) string { return ReasonLabel(strings.TrimSpace(code), nil) }

// CodeSuccess stands for success where a code is expected (ShowUserAccessStages).
const CodeSuccess = "WKS.00000000"

// Label values that stand for many or for none.
const (
	Other   = "other"
	Unknown = "unknown"
)

// Bounded returns a function that keeps at most limit values and turns the
// rest into "other". Values once admitted stay; the new ones of a poll are
// admitted by name, so that the order of the answer does not matter.
func Bounded(known, candidates []string, limit int) func(string) string {
	admitted := map[string]bool{}
	for _, v := range known {
		admitted[v] = true
	}
	delete(admitted, Other)
	delete(admitted, Unknown)
	for _, v := range slices.Sorted(slices.Values(candidates)) {
		if len(admitted) < limit && v != Other && v != Unknown {
			admitted[v] = true
		}
	}
	return func(v string) string {
		if admitted[v] || v == Unknown {
			return v
		}
		return Other
	}
}

var (
	codeToken = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	// codeInText is a code as the service writes it, such as WKS.00010032.
	codeInText = regexp.MustCompile(`\b[A-Z]{2,16}\.[0-9]{3,12}\b`)
	// codeBeforeText is a code in front of a text, such as 400200 or
	// CONNECTION_TIMEOUT. It has a form that no name of a person has.
	codeBeforeText = regexp.MustCompile(`^(-?[0-9]{2,12}|0x[0-9A-Fa-f]{2,16}|[A-Z]{2,16}\.[0-9]{3,12}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\s*[:,;\]]`)
)

// Code is the code that a text of the service is or begins with, "" if it has
// none.
func Code(text string) string {
	text = strings.TrimSpace(text)
	if codeToken.MatchString(text) {
		return text
	}
	if m := codeBeforeText.FindStringSubmatch(strings.TrimLeft(text, "[( ")); m != nil {
		return m[1]
	}
	return codeInText.FindString(text)
}

// ReasonLabel makes a label value of a failure reason, which is free text and
// could name users or desktops: only codes and listed texts are kept.
func ReasonLabel(reason string, exact []string) string {
	if slices.Contains(exact, reason) && reason != "" {
		return reason
	}
	return cmp.Or(Code(reason), Other)
}

// ChargingMode names the two documented codes and keeps any other.
func ChargingMode(code string) string {
	switch code {
	case "0":
		return "yearly_monthly"
	case "1":
		return "pay_per_use"
	default:
		return code
	}
}
