package apiclient

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// get returns status, protocol and body of one request.
func get(t *testing.T, transport http.RoundTripper, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s %s", resp.StatusCode, resp.Proto, body), nil
}

func newTestTransport(t *testing.T, cfg TransportConfig) http.RoundTripper {
	t.Helper()
	transport, err := NewTransport(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}

// tlsServer answers "hello" and keeps its complaints to itself.
func tlsServer(t *testing.T, change func(*httptest.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{}
	change(server)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func certificatePEM(raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// otherCA is an authority that has signed nothing.
func otherCA(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return certificatePEM(raw)
}

func TestTransportCA(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(s *httptest.Server) { s.EnableHTTP2 = true })
	good := certificatePEM(server.Certificate().Raw)
	file := filepath.Join(t.TempDir(), "ca.pem")
	other := otherCA(t)

	const refused = "certificate signed by unknown authority; if a proxy or the endpoint has a certificate of your own authority, name that authority in tls_config.ca_file"
	for _, c := range []struct {
		name string
		tls  promconfig.TLSConfig
		want string // of the error, "" for none
	}{
		{"system's authorities", promconfig.TLSConfig{}, refused},
		{"another authority", promconfig.TLSConfig{CA: other}, refused},
		{"text", promconfig.TLSConfig{CA: good}, ""},
		{"other name", promconfig.TLSConfig{CA: good, ServerName: "other.invalid"}, "not other.invalid"},
		{"no verification", promconfig.TLSConfig{InsecureSkipVerify: true}, ""},
	} {
		got, err := get(t, newTestTransport(t, TransportConfig{TLS: c.tls}), server.URL)
		switch {
		case c.want == "" && (err != nil || got != "200 HTTP/1.1 hello"):
			t.Errorf("%s: %q, %v", c.name, got, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error is %v, want %q", c.name, err, c.want)
		}
	}

	// A file is read again when it is changed.
	overwrite(t, file, other)
	transport := newTestTransport(t, TransportConfig{TLS: promconfig.TLSConfig{CAFile: file}})
	if _, err := get(t, transport, server.URL); err == nil || !strings.Contains(err.Error(), refused) {
		t.Errorf("the wrong file: error is %v", err)
	}
	overwrite(t, file, good)
	if got, err := get(t, transport, server.URL); err != nil || got != "200 HTTP/1.1 hello" {
		t.Errorf("the right file: %q, %v", got, err)
	}
	overwrite(t, file, other)
	if _, err := get(t, transport, server.URL); err == nil || !strings.Contains(err.Error(), refused) {
		t.Errorf("the wrong file again: error is %v", err)
	}
}

func TestTransportRefusesOldTLS(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(s *httptest.Server) {
		s.TLS.MinVersion, s.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	})
	cfg := TransportConfig{TLS: promconfig.TLSConfig{CA: certificatePEM(server.Certificate().Raw)}}
	if got, err := get(t, newTestTransport(t, cfg), server.URL); err == nil {
		t.Errorf("accepted: %s", got)
	}
}

func TestTransportMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing, empty, noPEM := filepath.Join(dir, "missing.pem"), filepath.Join(dir, "empty.pem"), filepath.Join(dir, "text.pem")
	overwrite(t, empty, "")
	overwrite(t, noPEM, "SECRET")
	const badProxy = "proxy_url: not the address of a proxy; it has the form http://proxy.example.com:3128, or https or socks5"
	for _, c := range []struct {
		name string
		cfg  TransportConfig
		want string
	}{
		{"missing CA", TransportConfig{TLS: promconfig.TLSConfig{CAFile: missing}}, "tls_config: unable to read CA cert: unable to read file " + missing},
		{"empty CA", TransportConfig{TLS: promconfig.TLSConfig{CAFile: empty}}, "tls_config: unable to use specified CA cert file " + empty},
		{"CA without PEM", TransportConfig{TLS: promconfig.TLSConfig{CAFile: noPEM}}, "tls_config: unable to use specified CA cert file " + noPEM},
		{"certificate without key", TransportConfig{TLS: promconfig.TLSConfig{CertFile: noPEM}}, "tls_config: exactly one of key or key_file"},
		{"bad key", TransportConfig{TLS: promconfig.TLSConfig{CertFile: noPEM, Key: "SECRET"}}, "tls_config: unable to use specified client cert"},
		{"TLS 1.0", TransportConfig{TLS: promconfig.TLSConfig{MinVersion: tls.VersionTLS10}}, "tls_config: TLS 1.0 is not safe; TLS12 is the least version"},
		{"TLS 1.1 at most", TransportConfig{TLS: promconfig.TLSConfig{MaxVersion: tls.VersionTLS11}}, "tls_config: TLS 1.1 is not safe"},
		{"proxy without scheme", TransportConfig{ProxyURL: "user:SECRET@proxy:3128"}, badProxy},
		{"proxy without host", TransportConfig{ProxyURL: "http://user:SECRET@:3128"}, badProxy},
		{"proxy of another kind", TransportConfig{ProxyURL: "ftp://user:SECRET@proxy"}, badProxy},
		{"proxy that is no URL", TransportConfig{ProxyURL: "http://user:SECRET%zz@proxy"}, badProxy},
		{"proxy with a bad port", TransportConfig{ProxyURL: "http://user:SEC:RET@proxy:SECRET"}, badProxy},
	} {
		_, err := NewTransport(c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: the error holds a secret: %v", c.name, err)
		}
	}
}

// proxy passes on what it is asked for, if the password is right, and says on
// what it did so.
func proxy(t *testing.T) (url string, seen chan string) {
	t.Helper()
	seen = make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth(); !ok || user != "user" || password != "PASSWORD" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		seen <- r.Method + " " + r.RequestURI
		if r.Method != http.MethodConnect {
			fmt.Fprint(w, "from the proxy")
			return
		}
		target, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = target.Close() }()
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = client.Close() }()
		fmt.Fprint(client, "HTTP/1.1 200 OK\r\n\r\n")
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(target, client)
			_ = target.Close()
		}()
		_, _ = io.Copy(client, target)
		_ = client.Close()
		<-done
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "http://user:PASSWORD@", 1), seen
}

func TestTransportProxy(t *testing.T) {
	t.Parallel()
	proxyURL, seen := proxy(t)
	server := tlsServer(t, func(s *httptest.Server) { s.EnableHTTP2 = true })
	ca := promconfig.TLSConfig{CA: certificatePEM(server.Certificate().Raw)}

	got, err := get(t, newTestTransport(t, TransportConfig{TLS: ca, ProxyURL: proxyURL}), server.URL)
	if err != nil || got != "200 HTTP/1.1 hello" {
		t.Errorf("https: %q, %v", got, err)
	}
	if got, want := <-seen, "CONNECT "+server.Listener.Addr().String(); got != want {
		t.Errorf("https: the proxy saw %s, want %s", got, want)
	}

	got, err = get(t, newTestTransport(t, TransportConfig{ProxyURL: proxyURL}), "http://workspace.invalid/v2?a=1")
	if err != nil || got != "200 HTTP/1.1 from the proxy" {
		t.Errorf("http: %q, %v", got, err)
	}
	if got, want := <-seen, "GET http://workspace.invalid/v2?a=1"; got != want {
		t.Errorf("http: the proxy saw %s, want %s", got, want)
	}

	wrong := strings.Replace(proxyURL, "PASSWORD", "WRONGWORD", 1)
	_, err = get(t, newTestTransport(t, TransportConfig{TLS: ca, ProxyURL: wrong}), server.URL)
	if err == nil || !strings.Contains(err.Error(), "Proxy Authentication Required") {
		t.Errorf("wrong password: error is %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "WRONGWORD") {
		t.Errorf("the error holds the password: %v", err)
	}
}

func TestTransportProxyDown(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = get(t, newTestTransport(t, TransportConfig{ProxyURL: "http://user:PASSWORD@" + address}), "https://workspace.invalid/")
	if err == nil || !strings.Contains(err.Error(), "proxyconnect") || !strings.Contains(err.Error(), address) {
		t.Errorf("error is %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "PASSWORD") {
		t.Errorf("the error holds the password: %v", err)
	}
}

// net/http reads the proxy of the environment once in a process, so a process
// of its own does the request.
func TestTransportProxyOfEnvironment(t *testing.T) {
	t.Parallel()
	const role = "WORKSPACE_EXPORTER_TEST_PROXY_CHILD"
	if os.Getenv(role) != "" {
		got, err := get(t, newTestTransport(t, TransportConfig{}), "http://workspace.invalid/")
		fmt.Printf("child: %s, %v\n", got, err)
		return
	}
	proxyURL, seen := proxy(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTransportProxyOfEnvironment$")
	child.Env = append(os.Environ(), role+"=1", "HTTP_PROXY="+proxyURL, "http_proxy="+proxyURL, "NO_PROXY=", "no_proxy=")
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "child: 200 HTTP/1.1 from the proxy, <nil>") {
		t.Fatalf("%v: %s", err, out)
	}
	if got, want := <-seen, "GET http://workspace.invalid/"; got != want {
		t.Errorf("the proxy saw %s, want %s", got, want)
	}
}
