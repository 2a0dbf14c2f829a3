package apiclient

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

// maxMessage bounds the text of an answer in an error, in runes.
const maxMessage = 300

var (
	// Some gateways echo the canonical request they computed, with "|" for
	// each line break: it repeats the query and the headers of the request.
	echoedRequest  = regexp.MustCompile(`(?is)[\s,;:.(\[{-]*(canonical[ _-]?request|(GET|POST|PUT|HEAD|PATCH|DELETE)\|).*$`)
	signatureValue = regexp.MustCompile(`(?i)(signature|access|credential)=[^\s,;&"']+`)
	// Query values hold user names.
	queryString = regexp.MustCompile(`\?[^\s"'<>?]*=[^\s"'<>]*`)

	htmlTitle   = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title`)
	htmlHeading = regexp.MustCompile(`(?is)<h1[^>]*>(.*?)</h1`)
	htmlTag     = regexp.MustCompile(`(?s)<[^>]*>`)
)

// cleanText makes text of foreign origin fit for one line of a log: bounded,
// printable, and without what may be private in it.
func cleanText(s string) string {
	// Longer input cannot show, and need not be searched.
	if len(s) > 16<<10 {
		s = s[:16<<10]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = echoedRequest.ReplaceAllString(s, "")
	s = signatureValue.ReplaceAllString(s, "$1=<secret>")
	s = queryString.ReplaceAllString(s, "?...")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage]) + "..."
	}
	return s
}

// said is text of foreign origin that may be told to who asks for it: clean,
// without addresses, and "" if it is an answer that came out of place.
func said(text string) string {
	if text = cleanText(text); foreign.HoldsJSON(text) {
		return ""
	}
	return foreign.Anonymous(text)
}

// shownValue is the end of an error about a value, which shows it.
var shownValue = regexp.MustCompile(`[,:]? have .*$`)

// withoutValue takes the value out of an error about one: it may be a name.
func withoutValue(text string) string { return shownValue.ReplaceAllString(text, "") }

// describe says what a body is that is no JSON, and what it says.
func describe(body []byte) (what, text string) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return "empty answer", ""
	}
	if body[0] != '<' {
		return fmt.Sprintf("%d bytes of text", len(body)), said(string(body))
	}
	head := body[:min(len(body), 16<<10)]
	for _, part := range []*regexp.Regexp{htmlTitle, htmlHeading} {
		if m := part.FindSubmatch(head); m != nil {
			if title := said(htmlTag.ReplaceAllString(string(m[1]), " ")); title != "" {
				return "HTML page", title
			}
		}
	}
	return "HTML page", ""
}
