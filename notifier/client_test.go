package notifier

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// secret stands in everything that must not be told.
const secret = "canary-secret"

// demanding is an Alertmanager that wants a header, and answers like a
// careless server: with all it was sent.
func demanding(header, want string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get(header); got != want {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, "%q", fmt.Sprint(r.Header))
			return
		}
		if r.URL.Path != "/prefix/api/v2/alerts" {
			http.NotFound(w, r)
		}
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// send posts one alert and tells how it went, and everything that was logged.
func send(t *testing.T, a Alertmanager) error {
	t.Helper()
	c, err := newClient(a, Options{Logger: slog.Default(), UserAgent: "workspace_exporter/test"})
	if err != nil {
		t.Fatal(err)
	}
	err = postAlerts(t.Context(), c, []alert{{Labels: map[string]string{"alertname": "x"}}})
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("the error holds a secret: %v", err)
	}
	return err
}

func at(s *httptest.Server, h promconfig.HTTPClientConfig) Alertmanager {
	h.FollowRedirects = true
	return Alertmanager{URL: s.URL + "/prefix", Timeout: 5 * time.Second, HTTP: h}
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLogins(t *testing.T) {
	t.Parallel()
	basic := "Basic dXNlcjpjYW5hcnktc2VjcmV0" // user:canary-secret
	tests := map[string]struct {
		header, want string
		config       promconfig.HTTPClientConfig
	}{
		"none": {"Authorization", "", promconfig.HTTPClientConfig{}},
		"basic": {"Authorization", basic, promconfig.HTTPClientConfig{
			BasicAuth: &promconfig.BasicAuth{Username: "user", Password: secret},
		}},
		"basic from a file": {"Authorization", basic, promconfig.HTTPClientConfig{
			BasicAuth: &promconfig.BasicAuth{Username: "user", PasswordFile: writeFile(t, secret+"\n")},
		}},
		"bearer": {"Authorization", "Bearer " + secret, promconfig.HTTPClientConfig{
			Authorization: &promconfig.Authorization{Type: "Bearer", Credentials: secret},
		}},
		"bearer from a file": {"Authorization", "Bearer " + secret, promconfig.HTTPClientConfig{
			Authorization: &promconfig.Authorization{Type: "Bearer", CredentialsFile: writeFile(t, secret)},
		}},
		"header": {"X-Token", secret, promconfig.HTTPClientConfig{
			HTTPHeaders: &promconfig.Headers{Headers: map[string]promconfig.Header{"X-Token": {Secrets: []promconfig.Secret{secret}}}},
		}},
		"user agent": {"User-Agent", "workspace_exporter/test", promconfig.HTTPClientConfig{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(demanding(test.header, test.want))
			defer server.Close()
			if err := send(t, at(server, test.config)); err != nil {
				t.Errorf("refused: %v", err)
			}
			strict := httptest.NewServer(demanding(test.header, "something else"))
			defer strict.Close()
			if err := send(t, at(strict, test.config)); err == nil || !strings.HasPrefix(err.Error(), "HTTP 401 Unauthorized") {
				t.Errorf("with another password: %v", err)
			}
		})
	}
}

// TestAnswerRepeatsLogin: what refuses a request as Alertmanager does may say
// with which credentials it came.
func TestAnswerRepeatsLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config promconfig.HTTPClientConfig
		says   string
		told   bool
	}{
		"password":     {promconfig.HTTPClientConfig{BasicAuth: &promconfig.BasicAuth{Username: "user", Password: secret}}, "password " + secret, false},
		"basic":        {promconfig.HTTPClientConfig{BasicAuth: &promconfig.BasicAuth{Username: "user", Password: secret}}, "was dXNlcjpjYW5hcnktc2VjcmV0", false},
		"bearer":       {promconfig.HTTPClientConfig{Authorization: &promconfig.Authorization{Type: "Bearer", Credentials: secret}}, "token " + secret, false},
		"something":    {promconfig.HTTPClientConfig{BasicAuth: &promconfig.BasicAuth{Username: "user", Password: secret}}, "bad label", true},
		"header":       {headerConfig(promconfig.Header{Secrets: []promconfig.Secret{secret}}), "X-Token: " + secret, false},
		"header, file": {headerConfig(promconfig.Header{Files: []string{writeFile(t, secret)}}), "X-Token: " + secret, false},
		"open header":  {headerConfig(promconfig.Header{Values: []string{"vdi"}}), "no tenant vdi", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprintf(w, "%q", test.says)
			}))
			defer server.Close()
			want := "HTTP 400 Bad Request"
			if test.told {
				want += ": " + test.says
			}
			if err := send(t, at(server, test.config)); err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func headerConfig(h promconfig.Header) promconfig.HTTPClientConfig {
	return promconfig.HTTPClientConfig{HTTPHeaders: &promconfig.Headers{Headers: map[string]promconfig.Header{"x-token": h}}}
}

// TestTokenServerRepeatsSecret: it says why it hands out no token, maybe with
// what it was asked.
func TestTokenServerRepeatsSecret(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"error":"invalid_client","error_description":"no client with ` + secret + `"}`: `oauth2: "invalid_client"`,
		secret: "oauth2: cannot fetch token: 401 Unauthorized",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, answer)
		}))
		defer server.Close()
		err := send(t, at(server, promconfig.HTTPClientConfig{
			OAuth2: &promconfig.OAuth2{ClientID: "id", ClientSecret: secret, TokenURL: server.URL + "/token"},
		}))
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", answer, err, want)
		}
	}
}

// TestSecretFileChanges: the file is read again without a restart.
func TestSecretFileChanges(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "old")
	server := httptest.NewServer(demanding("Authorization", "Bearer "+secret))
	defer server.Close()
	c, err := newClient(at(server, promconfig.HTTPClientConfig{
		Authorization: &promconfig.Authorization{Type: "Bearer", CredentialsFile: file},
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	alerts := []alert{{Labels: map[string]string{"alertname": "x"}}}
	if err := postAlerts(t.Context(), c, alerts); err == nil {
		t.Error("the old token is accepted")
	}
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := postAlerts(t.Context(), c, alerts); err != nil {
		t.Error(err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(demanding("Authorization", ""))
	defer server.Close()
	ca := writeFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	if err := send(t, at(server, promconfig.HTTPClientConfig{EnableHTTP2: true, TLSConfig: promconfig.TLSConfig{CAFile: ca}})); err != nil {
		t.Error(err)
	}
	if err := send(t, at(server, promconfig.HTTPClientConfig{})); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown certificate: %v", err)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String() + " " + r.Header.Get("Proxy-Authorization")
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	u, err := url.Parse(strings.Replace(proxy.URL, "http://", "http://user:"+secret+"@", 1))
	if err != nil {
		t.Fatal(err)
	}
	a := Alertmanager{URL: "http://alertmanager.invalid:9093", Timeout: 5 * time.Second}
	a.HTTP.ProxyURL = promconfig.URL{URL: u}
	if err := send(t, a); err == nil || err.Error() != "HTTP 502 Bad Gateway" {
		t.Errorf("got %v", err)
	}
	if asked != "http://alertmanager.invalid:9093/api/v2/alerts Basic dXNlcjpjYW5hcnktc2VjcmV0" {
		t.Errorf("the proxy was asked for %s", asked)
	}
	proxy.Close()
	if err := send(t, a); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("without the proxy: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer  func(http.ResponseWriter, *http.Request)
		want    string // "" for success
		refused bool
	}{
		"204": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "", false},
		"400": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `"bad label"`)
		}, "HTTP 400 Bad Request: bad label", true},
		"422": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"code":602,"message":"no labels"}`)
		}, "HTTP 422 Unprocessable Entity: no labels", true},
		"404": {http.NotFound, "HTTP 404 Not Found: no Alertmanager with API v2 at this URL; a path prefix belongs to the URL", false},
		"413": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			fmt.Fprint(w, "<html>"+secret)
		}, "HTTP 413 Request Entity Too Large", false}, // it is halved
		"429": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, "HTTP 429 Too Many Requests", false},
		"500": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `"`+secret+`"`)
		}, "HTTP 500 Internal Server Error", false},
		"lost by redirect": {func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				http.Redirect(w, r, "/login", http.StatusFound)
			}
		}, "the request was redirected and lost its alerts: configure the URL it leads to", true},
		"kept by redirect": {func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/other") {
				http.Redirect(w, r, "/other"+r.URL.Path, http.StatusPermanentRedirect)
			}
		}, "", false},
		"breaks off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF", false},
		"hangs":      {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, "no answer within 200ms", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(test.answer))
			defer server.Close()
			a := at(server, promconfig.HTTPClientConfig{})
			a.Timeout = 200 * time.Millisecond
			if name != "hangs" {
				a.Timeout = 10 * time.Second
			}
			err := send(t, a)
			if fmt.Sprint(err) != test.want && (err != nil || test.want != "") {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if _, is := err.(permanentError); is != test.refused { //nolint:errorlint // it is never wrapped
				t.Errorf("refused: %v, want %v", is, test.refused)
			}
		})
	}
}

// TestRealServer sends over the network, from Update to the log.
func TestRealServer(t *testing.T) {
	t.Parallel()
	got := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	defer server.Close()
	c := testConfig()
	c.Alertmanagers = []Alertmanager{at(server, promconfig.HTTPClientConfig{
		BasicAuth: &promconfig.BasicAuth{Username: "user", Password: secret},
	})}
	n, log := begin(t, c, nil)
	n.Update(hq, []Alarm{alarmNamed("ah1", "d-01", time.Now())}, time.Now().Add(time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	select {
	case body := <-got:
		if !strings.Contains(body, `"resource_id":"d-01"`) || strings.Contains(body, secret) {
			t.Errorf("got %s", body)
		}
	case <-ctx.Done():
		t.Fatal("nothing came")
	}
	n.Stop()
	if strings.Contains(log.String(), secret) {
		t.Errorf("the log holds a secret: %s", log)
	}
}

// TestBadClient: what cannot work is refused before anything changes.
func TestBadClient(t *testing.T) {
	t.Parallel()
	c := testConfig("a")
	c.Alertmanagers[0].HTTP.TLSConfig.CAFile = filepath.Join(t.TempDir(), "absent")
	if _, err := New(c, Options{Logger: slog.Default()}); err == nil || !strings.Contains(err.Error(), "alertmanager http://a: ") {
		t.Errorf("got %v", err)
	}
}
