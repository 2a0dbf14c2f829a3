package apiclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

const (
	// maxBody is twenty times the largest page seen, as unpacked.
	maxBody = 32 << 20
	// maxErrorBody suffices for any error object.
	maxErrorBody = 64 << 10
)

var errTooLarge = errors.New("answer is larger than 32 MiB")

func newRequest(ctx context.Context, c *call, userAgent, language string) *http.Request {
	req := &http.Request{
		Method: c.endpoint.Method,
		URL:    c.url,
		Host:   c.url.Host,
		Header: http.Header{
			"Accept": {"application/json"},
			// The SDKs send it without a body too, and some regions refuse
			// requests that lack it.
			"Content-Type": {"application/json"},
			headerLanguage: {language},
		},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		// A body that cannot be read twice, even an empty one, keeps net/http
		// from sending the request again by itself when a kept connection
		// breaks: every request must wait for its token.
		Body:          io.NopCloser(bytes.NewReader(c.body)),
		ContentLength: int64(len(c.body)),
	}
	if userAgent != "" {
		req.Header.Set("User-Agent", userAgent)
	}
	if c.projectID != "" {
		req.Header.Set(headerProject, c.projectID)
	}
	return req.WithContext(ctx)
}

// send is the last step of the chain: one request on the wire.
func (a *Account) send(ctx context.Context, at *attempt) ([]byte, *Error) {
	begin := time.Now()
	at.sent(at.endpoint.Operation)
	resp, err := a.roundTrip(ctx, at)
	if err != nil {
		a.observe(at, 0, false, begin)
		return nil, transportError(ctx, err, at.keys)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 300 || resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		// Other answers may come from a proxy on the way, with a clock of its own.
		a.skew.Observe(a.log, begin, time.Now(), resp.Header)
	}

	ok := resp.StatusCode >= 200 && resp.StatusCode < 300
	limit := maxErrorBody
	if ok {
		limit = maxBody
	}
	body, err := readBody(resp, limit)
	a.observe(at, resp.StatusCode, err == nil || !ok, begin) // a refusal needs no whole text
	header := at.keys.redactHeader(resp.Header)
	switch {
	case !ok || err == nil && containsError(body): // of an error what could be read must do
		failure := responseError(at.endpoint, resp.StatusCode, header, at.keys.redact(body))
		if failure.Kind == Throttled {
			failure.RetryAt = retryAfter(header, resp.Header.Get("Date"), time.Now())
		}
		if failure.Kind == Unauthorized {
			failure.Message = strings.TrimPrefix(failure.Message+clockSkew(resp.Header.Get("Date"), time.Now()), "; ")
		}
		a.debugSaid(at, failure)
		return nil, failure
	case err != nil:
		failure := transportError(ctx, err, at.keys)
		failure.Status, failure.RequestID = resp.StatusCode, requestID(header)
		return nil, failure
	}
	if message, text := notJSON(at.keys.redact, body); message != "" {
		failure := &Error{Kind: Malformed, Status: resp.StatusCode, Message: message, Said: text, RequestID: requestID(header)}
		a.debugSaid(at, failure)
		return nil, failure
	}
	return body, nil
}

// debugSaid logs what an answer said, for who looks for a reason that code and
// request id do not give.
func (a *Account) debugSaid(at *attempt, failure *Error) {
	if failure.Said == "" {
		return
	}
	text := failure.Said
	if clean := a.config.Load().Clean; clean != nil {
		text = clean(text)
	}
	a.log.Debug("what the API said", "project", at.project, "api", at.endpoint.Operation, "status", failure.Status,
		"code", failure.Code, "request_id", failure.RequestID, "said", text)
}

// roundTrip ends the attempt's token: it is spent when the request is written,
// and canceled only if it surely was not.
func (a *Account) roundTrip(ctx context.Context, at *attempt) (*http.Response, error) {
	var dialing, connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { dialing.Store(true) },
		GotConn: func(httptrace.GotConnInfo) {
			connected.Store(true)
			at.limiter.reserve(time.Now()) // connecting may have taken long
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { at.token.spend() },
	})
	at.limiter.reserve(time.Now())
	resp, err := a.config.Load().Transport.RoundTrip(at.request.WithContext(ctx))
	if err != nil && dialing.Load() && !connected.Load() {
		at.token.cancel()
	} else {
		at.token.spend()
	}
	return resp, err
}

// readBody reads an answer of at most limit bytes, as unpacked.
func readBody(resp *http.Response, limit int) ([]byte, error) {
	var b bytes.Buffer
	if size := resp.ContentLength; size > 0 && size <= int64(limit) {
		b.Grow(int(size) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, int64(limit)+1))
	if err == nil && n > int64(limit) {
		err = errTooLarge
	}
	return b.Bytes(), err
}

// transportError makes an error of an exchange that did not come to its end.
func transportError(ctx context.Context, err error, keys Credentials) *Error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	cause := &brokenError{text: cleanText(string(keys.redact([]byte(foreign.NetworkError(err))))), err: err}
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case isNet && timeout.Timeout():
		return &Error{Kind: Timeout, Message: "no answer in time", Err: cause}
	case errors.Is(err, errTooLarge):
		return &Error{Kind: Malformed, Err: cause}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Malformed, Message: "answer breaks off", Err: cause}
	default:
		return &Error{Kind: Network, Message: "no complete answer", Err: cause}
	}
}

// brokenError shows the text of an error of net/http without what the server
// may have put into it.
type brokenError struct {
	text string
	err  error
}

func (e *brokenError) Error() string { return e.text }
func (e *brokenError) Unwrap() error { return e.err }

// notJSON says what is wrong with a body that is no JSON, "" if it is, and what
// such a body says.
func notJSON(redact func([]byte) []byte, body []byte) (message, text string) {
	if json.Valid(body) {
		return "", ""
	}
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return "answer is empty", ""
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		what, text := describe(redact(trimmed[:min(len(trimmed), maxErrorBody)]))
		return "answer is no JSON: " + what, text
	}
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(body, new(any)), &syntax) && !strings.Contains(syntax.Error(), "unexpected end") {
		return fmt.Sprintf("answer is no valid JSON at byte %d", syntax.Offset), ""
	}
	return fmt.Sprintf("answer breaks off after %d bytes", len(body)), ""
}

// retryAfter returns the moment a Retry-After header names, zero without one. A
// date in it is one of the server's clock, which date shows.
func retryAfter(header http.Header, date string, now time.Time) time.Time {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return now.Add(time.Duration(seconds) * time.Second)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return time.Time{}
	}
	if server, err := http.ParseTime(date); err == nil {
		return now.Add(at.Sub(server))
	}
	return at
}

// clockSkew reports a clock so wrong that signatures are refused: the server
// allows 15 minutes.
func clockSkew(date string, now time.Time) string {
	server, err := http.ParseTime(date)
	if err != nil {
		return ""
	}
	switch skew := now.Sub(server).Round(time.Second); {
	case skew > 5*time.Minute:
		return fmt.Sprintf("; the clock of this machine is %s ahead of the server's", skew)
	case skew < -5*time.Minute:
		return fmt.Sprintf("; the clock of this machine is %s behind the server's", -skew)
	default:
		return ""
	}
}

// redact removes the keys from text of foreign origin: some answers repeat
// what was sent.
func (c Credentials) redact(text []byte) []byte {
	for _, secret := range []string{c.SecretKey, c.SecurityToken, c.AccessKey} {
		// Shorter ones are no keys, and would blank out common words.
		if len(secret) >= 6 {
			text = bytes.ReplaceAll(text, []byte(secret), []byte(redacted))
		}
	}
	return text
}

// redactHeader returns the members of an answer's header that errors are made
// of.
func (c Credentials) redactHeader(header http.Header) http.Header {
	used := make(http.Header)
	for _, name := range []string{"X-Request-Id", "X-Iam-Trace-Id", "Location", "Retry-After"} {
		used.Set(name, string(c.redact([]byte(header.Get(name)))))
	}
	return used
}

func (a *Account) observe(at *attempt, status int, complete bool, begin time.Time) {
	observer := a.config.Load().Observer
	if observer == nil {
		return
	}
	code := "error"
	if complete {
		code = strconv.Itoa(status)
	}
	observer.Observe(Observation{
		Account: a.Name(), Region: at.limiter.region, Project: at.project, Operation: at.endpoint.Operation,
		Code: code, Status: status, Duration: time.Since(begin),
	})
}
