// Package foreign takes what other programs say with care: their text, which
// may name people, and their clocks.
package foreign

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"
)

// What can name a person or a machine of one, the longest forms first.
var (
	mail  = regexp.MustCompile(`(?i)[^\s"'<>(),;:=\[\]{}]+@[a-z0-9.-]*[a-z0-9]`)
	mac   = regexp.MustCompile(`(?i)\b[0-9a-f]{2}([:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){4}\b|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b`)
	ipv6  = regexp.MustCompile(`(?i)[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(?:%\w+)?`)
	ipv4  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	phone = regexp.MustCompile(`(?:\+|\b00)[1-9](?:[ ./()-]{0,2}\d){6,13}\b|\b0?1[3-9]\d{9}\b|\(0\d{1,4}\)[ -]?\d[\d -]{4,}\d|\b0\d{1,4}[ /-]\d[\d -]{4,}\d\b`)
)

// machine is a name as computers of people get it: DESKTOP-4F7K2P1, PC-000123.
var machine = regexp.MustCompile(`\b[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*-[A-Z]*\d[A-Z0-9]{3,}\b`)

// Anonymous replaces mails, addresses, names of computers and phone numbers in
// a text.
func Anonymous(text string) string {
	text = mail.ReplaceAllString(text, "<mail>")
	text = mac.ReplaceAllString(text, "<mac>")
	text = ipv6.ReplaceAllStringFunc(text, func(found string) string {
		// Times of the day and lists of numbers look alike.
		for _, end := range []string{"", ".", ":", ".:"} {
			bare := strings.TrimRight(found, end)
			address, _, _ := strings.Cut(bare, "%")
			if net.ParseIP(address) != nil {
				return "<ip>" + found[len(bare):]
			}
		}
		return found
	})
	text = ipv4.ReplaceAllString(text, "<ip>")
	text = machine.ReplaceAllString(text, "<machine>")
	return phone.ReplaceAllString(text, "<phone>")
}

// HoldsJSON tells whether a text is or contains JSON. Such text is an answer
// that came out of place, and whatever the answer holds would be quoted.
func HoldsJSON(text string) bool { return json.MatchString(text) }

var json = regexp.MustCompile(`[{\[]\s*(?:["'{\[]|\\")|"\s*:\s*["{\[\w-]`)

// malformed is what net/http says of an answer before it quotes it.
var malformed = regexp.MustCompile(`(malformed [A-Za-z/ ]*[A-Za-z])\b[^A-Za-z ].*`)

// NetworkError is the text of an error of net/http, without what the server
// said. Of a proxy that cannot be reached it names no host: a password that is
// not escaped makes the rest of it a host.
func NetworkError(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")) {
		return "the proxy cannot be reached: " + Reason(op.Err)
	}
	return malformed.ReplaceAllString(quoted.ReplaceAllString(err.Error(), `"..."`), "$1")
}

// quoted is what net/http quotes of an answer.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*(?:"|$)`)

// Reason is why a host cannot be reached, without its name.
func Reason(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return "there is no such host; a password in its URL must be escaped"
		}
		return "its name cannot be looked up"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate is from an authority that this machine does not know"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "its certificate is not valid for it"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "it does not speak TLS"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "no answer in time"
	}
	if errors.Is(err, io.EOF) {
		return "it closed the connection"
	}
	return "the connection failed"
}
