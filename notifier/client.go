package notifier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	promconfig "github.com/prometheus/common/config"
)

const (
	alertsPath = "/api/v2/alerts"
	// maxReason bounds what is read of an answer, and what of it is told.
	maxReason = 4 << 10
	maxSaid   = 200
)

// client posts alerts to one Alertmanager.
type client struct {
	Alertmanager
	userAgent string
	http      *http.Client
}

func newClient(a Alertmanager, options Options) (*client, error) {
	c := &client{Alertmanager: a, userAgent: options.UserAgent}
	var err error
	c.http, err = promconfig.NewClientFromConfig(a.HTTP, "alertmanager")
	if options.Transport != nil {
		c.http = &http.Client{Transport: options.Transport}
	}
	return c, err
}

func (c *client) close() { c.http.CloseIdleConnections() }

// refused is an answer that will be the same next time.
type refused struct{ error }

// post sends alerts once.
func (c *client) post(ctx context.Context, alerts []alert) error {
	body, err := json.Marshal(alerts)
	if err != nil {
		return refused{err} // of strings and times: cannot happen
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+alertsPath, bytes.NewReader(body))
	if err != nil {
		return refused{err}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	response, err := c.http.Do(request)
	if err != nil {
		return c.explain(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	reason, _ := io.ReadAll(io.LimitReader(response.Body, maxReason)) // for the next use of the connection, too
	return c.judge(response, reason)
}

// explain takes the URL out of an error: the place is told beside it, and one
// that was redirected to is nobody's to know.
func (c *client) explain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", c.Timeout)
	}
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	return errors.New(bounded(withoutTokenAnswer(err.Error()), maxSaid))
}

// withoutTokenAnswer cuts what the server that hands out OAuth 2 tokens says
// in its own words, which may repeat the secret: oauth2: "code" "words" "URI",
// or its whole answer on further lines.
func withoutTokenAnswer(said string) string {
	said, _, _ = strings.Cut(said, "\nResponse:")
	if before, _, words := strings.Cut(said, `" "`); words && strings.HasPrefix(said, "oauth2: ") {
		return before + `"`
	}
	return said
}

// judge tells success from failure. What Alertmanager says about a bad
// request is told; other answers may come from anything on the way and
// repeat the request with its credentials.
func (c *client) judge(response *http.Response, reason []byte) error {
	code := response.StatusCode
	status := strings.TrimSpace(fmt.Sprintf("HTTP %d %s", code, http.StatusText(code)))
	switch {
	case response.Request != nil && response.Request.Method != http.MethodPost:
		// A redirect made it a GET, which whoever answered may like.
		return refused{errors.New("the request was redirected and lost its alerts: configure the URL it leads to")}
	case code/100 == 2:
		return nil
	case code == http.StatusNotFound:
		return errors.New(status + ": no Alertmanager with API v2 at this URL; a path prefix belongs to the URL")
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return errors.New(status + ": check basic_auth, authorization, oauth2 or the client certificate")
	case code == http.StatusProxyAuthRequired, code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code/100 != 4:
		return errors.New(status)
	default: // it would be refused again
		said := complaint(reason)
		if said == "" || c.repeats(said, response.Request) {
			return refused{errors.New(status)}
		}
		return refused{errors.New(status + ": " + bounded(said, maxSaid))}
	}
}

// complaint is the text of an error as Alertmanager sends it: a string, or an
// object with a message.
func complaint(answer []byte) string {
	var said string
	if json.Unmarshal(answer, &said) != nil {
		var object struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(answer, &object) != nil {
			return ""
		}
		said = object.Message
	}
	return said
}

// repeats tells whether a text holds credentials of the request: what answers
// in the place of Alertmanager may show what it was sent.
func (c *client) repeats(text string, request *http.Request) bool {
	if request == nil {
		return false
	}
	for name, values := range request.Header {
		if configured, ok := c.header(name); name != "Authorization" && (!ok || len(configured.Secrets)+len(configured.Files) == 0) {
			continue
		}
		for _, value := range values {
			_, token, _ := strings.Cut(value, " ") // of "Bearer token"
			for _, part := range []string{value, token} {
				if part != "" && strings.Contains(text, part) {
					return true
				}
			}
		}
	}
	_, password, _ := request.BasicAuth()
	return password != "" && strings.Contains(text, password)
}

// header returns what is configured for a header.
func (c *client) header(name string) (promconfig.Header, bool) {
	if c.HTTP.HTTPHeaders != nil {
		for configured, h := range c.HTTP.HTTPHeaders.Headers {
			if http.CanonicalHeaderKey(configured) == name {
				return h, true
			}
		}
	}
	return promconfig.Header{}, false
}
