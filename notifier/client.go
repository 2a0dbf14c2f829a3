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
	"time"

	promconfig "github.com/prometheus/common/config"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

const (
	alertsPath = "/api/v2/alerts"
	// maxReason bounds what is read of an answer, maxMessage what is shown.
	maxReason  = 4 << 10
	maxMessage = 200
)

// client posts alerts to one Alertmanager.
type client struct {
	Alertmanager
	userAgent string
	text      func(string) string // takes out names
	http      *http.Client
}

func newClient(a Alertmanager, options Options) (*client, error) {
	c := &client{Alertmanager: a, userAgent: options.UserAgent, text: foreign.Anonymous}
	if options.Clean != nil {
		c.text = options.Clean
	}
	var err error
	c.http, err = promconfig.NewClientFromConfig(a.HTTP, "alertmanager")
	if options.Transport != nil {
		c.http = &http.Client{Transport: options.Transport}
	}
	return c, err
}

func (c *client) close() { c.http.CloseIdleConnections() }

// permanentError is a failure that another attempt would not change.
type permanentError struct{ error }

// errTooLarge is the refusal of a request because of its size, by Alertmanager
// or a proxy.
var errTooLarge = errors.New("HTTP 413 " + http.StatusText(http.StatusRequestEntityTooLarge))

// encode makes a body of alerts, of as many as it holds and of one at least, for
// a receiver whose clock ours is so far ahead of.
func encode(alerts []alert, ahead time.Duration, most int) (body []byte, n int, err error) {
	body = []byte("[")
	for n < len(alerts) {
		one, err := json.Marshal(alerts[n].corrected(ahead))
		if err != nil {
			return nil, 0, err
		}
		if n > 0 && len(body)+len(one)+len(",]") > most {
			break
		}
		if n > 0 {
			body = append(body, ',')
		}
		body = append(body, one...)
		n++
	}
	return append(body, ']'), n, nil
}

// post sends a body of alerts once. answered gets the times and the header of an
// answer.
func (c *client) post(ctx context.Context, body []byte, answered func(begin, end time.Time, header http.Header)) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+alertsPath, bytes.NewReader(body))
	if err != nil {
		return permanentError{err}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	begin := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return c.clean(ctx, err)
	}
	answered(begin, time.Now(), response.Header)
	defer func() { _ = response.Body.Close() }()
	reason, _ := io.ReadAll(io.LimitReader(response.Body, maxReason)) // for the next use of the connection, too
	return c.check(response, reason)
}

// clean takes the URL out of an error: that of the Alertmanager is logged beside
// it, and that of a redirect must not be shown.
func (c *client) clean(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", c.Timeout)
	}
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	if !strings.HasPrefix(err.Error(), "oauth2: ") {
		return errors.New(bounded(withoutTokenAnswer(foreign.NetworkError(err)), maxMessage))
	}
	return errors.New(bounded(c.text(withoutTokenAnswer(err.Error())), maxMessage))
}

// withoutTokenAnswer cuts the free text in an error of the OAuth 2 token server,
// which may repeat the secret: it comes as oauth2: "code" "text" "URI", or as
// the whole answer on further lines.
func withoutTokenAnswer(message string) string {
	message, _, _ = strings.Cut(message, "\nResponse:")
	if before, _, words := strings.Cut(message, `" "`); words && strings.HasPrefix(message, "oauth2: ") {
		return before + `"`
	}
	return message
}

// check returns an error unless the response is a success. It shows what
// Alertmanager says about a bad request; other answers may come from any proxy
// and repeat the request with its credentials.
func (c *client) check(response *http.Response, reason []byte) error {
	code := response.StatusCode
	status := strings.TrimSpace(fmt.Sprintf("HTTP %d %s", code, http.StatusText(code)))
	switch {
	case response.Request != nil && response.Request.Method != http.MethodPost:
		// A redirect made it a GET, which may succeed without any alert.
		return permanentError{errors.New("the request was redirected and lost its alerts: configure the URL it leads to")}
	case code/100 == 2:
		return nil
	case code == http.StatusRequestEntityTooLarge:
		return errTooLarge
	case code == http.StatusNotFound:
		return errors.New(status + ": no Alertmanager with API v2 at this URL; a path prefix belongs to the URL")
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return errors.New(status + ": check basic_auth, authorization, oauth2 or the client certificate")
	case code == http.StatusProxyAuthRequired, code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code/100 != 4:
		return errors.New(status)
	default: // it would be refused again
		message := errorMessage(reason)
		if message == "" || c.containsCredentials(message, response.Request) || foreign.HoldsJSON(message) {
			return permanentError{errors.New(status)}
		}
		return permanentError{errors.New(status + ": " + bounded(c.text(message), maxMessage))}
	}
}

// errorMessage is the text of an error as Alertmanager sends it: a string, or
// an object with a message.
func errorMessage(answer []byte) string {
	var message string
	if json.Unmarshal(answer, &message) != nil {
		var object struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(answer, &object) != nil {
			return ""
		}
		message = object.Message
	}
	return message
}

// containsCredentials tells whether a text holds credentials of the request: a
// server in the place of Alertmanager may show what it was sent.
func (c *client) containsCredentials(text string, request *http.Request) bool {
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
