package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The metadata service of an ECS or CCE node hands out the temporary keys of
// the agency attached to it (the SDK's metadata accessor). The SDK's provider is not
// used: it takes no context, hides the expiry and races when it is refreshed
// concurrently.
const (
	metadataURL           = "http://169.254.169.254"
	metadataSessionPath   = "/meta-data/latest/api/token"
	metadataKeyPath       = "/openstack/latest/securitykey"
	metadataSessionHeader = "X-Metadata-Token"
	metadataTTLHeader     = "X-Metadata-Token-Ttl-Seconds"
	metadataNoAgency      = "Please configure Cloud Service Agency first"
	metadataTimeout       = 3 * time.Second
	metadataSessionLife   = 6 * time.Hour
	metadataSessionProbe  = 24 * time.Hour // until a service without sessions is asked for one again
	maxMetadataBody       = 64 << 10
)

const (
	// renewLead is how long before their end keys are replaced.
	renewLead = 40 * time.Minute
	// renewGap is the least time between two renewals that succeed: near the
	// end of its keys the service may go on giving out the same ones.
	renewGap = time.Minute
	// renewBackOff bounds the wait after a failed renewal. It is short enough
	// for recovery within a polling interval.
	renewBackOff = 30 * time.Second
)

// metadataSource holds the keys of an agency and replaces them before they
// end. All callers share one renewal; while the keys held are valid nobody
// waits for it.
type metadataSource struct {
	hidden
	client *metadataClient // used by one renewal at a time
	log    *slog.Logger

	mu       sync.Mutex // never held while the service is asked
	held     Credentials
	renewAt  time.Time // from here on held should be replaced
	renewal  *renewal  // the one under way, nil if none
	failures int       // in a row
	retryAt  time.Time // no renewal before, after failures
	problem  error     // of the last renewal
}

// renewal is one attempt to get keys; keys and err are set before done closes.
type renewal struct {
	done chan struct{}
	keys Credentials
	err  error
}

func newMetadataSource(base string, transport http.RoundTripper, log *slog.Logger) (*metadataSource, error) {
	if base == "" {
		base = metadataURL
	}
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("credentials from the metadata service: the base URL is not of the form %s", metadataURL)
	}
	return &metadataSource{
		client: &metadataClient{
			base: strings.TrimSuffix(base, "/"),
			http: &http.Client{
				Transport:     transport,
				Timeout:       metadataTimeout,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			},
		},
		log: log,
	}, nil
}

// metadataTransport never uses a proxy: the service answers only to the node
// itself, and its answers are secrets. Calls are too rare to keep connections.
func metadataTransport() http.RoundTripper {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: metadataTimeout}).DialContext,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxMetadataBody,
	}
}

// Credentials returns the keys held, and waits for new ones only if there are
// none or they have ended.
func (s *metadataSource) Credentials(ctx context.Context) (Credentials, error) {
	s.mu.Lock()
	now := time.Now()
	r := s.renewal
	valid := now.Before(s.held.Expiry)
	if due := !valid || !now.Before(s.renewAt); due && r == nil && !now.Before(s.retryAt) {
		r = s.renew(ctx)
	}
	held, problem := s.held, s.problem
	s.mu.Unlock()

	if valid {
		return held, nil
	}
	if r == nil {
		return Credentials{}, problem
	}
	if err := r.wait(ctx); err != nil {
		return Credentials{}, err
	}
	return r.keys, nil
}

// Refresh asks the service at once, unless it has failed a moment ago: then
// that error is repeated.
func (s *metadataSource) Refresh(ctx context.Context) (bool, error) {
	s.mu.Lock()
	before, problem := s.held, s.problem
	r := s.renewal
	if r == nil && !time.Now().Before(s.retryAt) {
		r = s.renew(ctx)
	}
	s.mu.Unlock()

	if r == nil {
		return false, problem
	}
	if err := r.wait(ctx); err != nil {
		return false, err
	}
	return !r.keys.sameKeys(before), nil
}

func (r *renewal) wait(ctx context.Context) error {
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the metadata service: %w", ctx.Err())
	}
}

// renew starts a renewal; s.mu is held. The renewal outlives the call that
// caused it, because others may wait for it too; the client's own timeouts
// end it.
func (s *metadataSource) renew(ctx context.Context) *renewal {
	r := &renewal{done: make(chan struct{})}
	s.renewal = r
	go func() {
		r.keys, r.err = s.client.keys(context.WithoutCancel(ctx))
		s.settle(r)
		close(r.done)
	}()
	return r
}

func (s *metadataSource) settle(r *renewal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.renewal = nil
	if r.err == nil && !now.Before(r.keys.Expiry) {
		r.err = fmt.Errorf("the metadata service gave keys that ended at %s; check the clock of this machine", r.keys.Expiry.Format(time.RFC3339))
	}
	if r.err != nil {
		if s.failures == 0 && now.Before(s.held.Expiry) {
			s.log.Warn("agency keys cannot be renewed; the ones held stay in use", "until", s.held.Expiry, "err", r.err)
		}
		s.retryAt = now.Add(min(time.Second<<min(s.failures, 10), renewBackOff))
		s.failures++
		s.problem = r.err
		return
	}
	if s.failures > 0 && s.held != (Credentials{}) {
		s.log.Info("agency keys are renewed again", "until", r.keys.Expiry)
	}
	life := r.keys.Expiry.Sub(now)
	s.held = r.keys
	s.renewAt = now.Add(max(life-min(renewLead, life/2), renewGap))
	s.failures, s.retryAt, s.problem = 0, time.Time{}, nil
}

// metadataClient speaks the protocol. It is not safe for concurrent use.
type metadataClient struct {
	base string
	http *http.Client

	session      string    // "" where the service has no sessions
	sessionUntil time.Time // then the session, or its absence, is asked for again
}

// keys returns the agency's keys.
func (c *metadataClient) keys(ctx context.Context) (Credentials, error) {
	if !time.Now().Before(c.sessionUntil) {
		if err := c.openSession(ctx, true); err != nil {
			return Credentials{}, err
		}
	}
	status, body, err := c.do(ctx, http.MethodGet, metadataKeyPath, metadataSessionHeader, c.session)
	if err != nil {
		return Credentials{}, err
	}
	if status == http.StatusUnauthorized && !strings.Contains(body, metadataNoAgency) {
		if err := c.openSession(ctx, false); err != nil {
			return Credentials{}, err
		}
		if status, body, err = c.do(ctx, http.MethodGet, metadataKeyPath, metadataSessionHeader, c.session); err != nil {
			return Credentials{}, err
		}
	}
	switch {
	case status == http.StatusOK:
		return parseAgencyKeys(body)
	case strings.Contains(body, metadataNoAgency):
		return Credentials{}, errors.New("the metadata service has no keys: no agency is attached to this machine; attach one that may read Workspace")
	}
	return Credentials{}, fmt.Errorf("the metadata service answered GET %s with status %d; check that an agency is attached to this machine", metadataKeyPath, status)
}

// openSession gets the session token that version 2 of the service asks for.
// A service without sessions is an error unless optional.
func (c *metadataClient) openSession(ctx context.Context, optional bool) error {
	ttl := fmt.Sprint(int(metadataSessionLife.Seconds()))
	status, body, err := c.do(ctx, http.MethodPut, metadataSessionPath, metadataTTLHeader, ttl)
	if err != nil {
		return err
	}
	now := time.Now()
	switch status {
	case http.StatusOK:
		c.session, c.sessionUntil = strings.TrimSpace(body), now.Add(metadataSessionLife)
		return nil
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusServiceUnavailable:
		if optional {
			c.session, c.sessionUntil = "", now.Add(metadataSessionProbe)
			return nil
		}
	}
	return fmt.Errorf("the metadata service answered PUT %s with status %d and opens no session", metadataSessionPath, status)
}

// do makes one call with one header, which is left out if its value is empty.
func (c *metadataClient) do(ctx context.Context, method, path, header, value string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, http.NoBody)
	if err != nil {
		return 0, "", fmt.Errorf("metadata service: %w", err)
	}
	if value != "" {
		req.Header.Set(header, value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("metadata service: %w; it answers only on an ECS or a CCE node", err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxMetadataBody+1))
	if err != nil {
		return 0, "", fmt.Errorf("metadata service: reading the answer to %s %s: %w", method, path, err)
	}
	if len(b) > maxMetadataBody {
		return 0, "", fmt.Errorf("metadata service: the answer to %s %s is larger than %d KiB", method, path, maxMetadataBody>>10)
	}
	return resp.StatusCode, string(b), nil
}

// parseAgencyKeys reads the answer of the key path in both spellings that are
// known. Its errors quote nothing of the answer, which is all secrets.
func parseAgencyKeys(body string) (Credentials, error) {
	var answer struct {
		Credential map[string]string `json:"credential"`
	}
	if json.Unmarshal([]byte(body), &answer) != nil {
		return Credentials{}, fmt.Errorf("the metadata service answered GET %s with something else than keys in JSON", metadataKeyPath)
	}
	either := func(name, other string) string {
		if v := answer.Credential[name]; v != "" {
			return v
		}
		return answer.Credential[other]
	}
	keys := Credentials{
		AccessKey:     either("access", "accessKeyId"),
		SecretKey:     either("secret", "secretAccessKey"),
		SecurityToken: either("securitytoken", "securityToken"),
	}
	if err := keys.check(); err != nil {
		return Credentials{}, fmt.Errorf("keys of the metadata service: %w", err)
	}
	if keys.SecurityToken == "" {
		return Credentials{}, errors.New("keys of the metadata service: the security token is missing")
	}
	expiry, err := time.Parse(time.RFC3339, either("expires_at", "expiration"))
	if err != nil {
		return Credentials{}, errors.New("keys of the metadata service: expires_at is missing or not a time in RFC 3339 form")
	}
	keys.Expiry = expiry.UTC()
	return keys, nil
}
