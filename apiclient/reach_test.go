package apiclient

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// certificate makes one that signs itself, and writes it to a file.
func certificate(t *testing.T, name string, from, to time.Time) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of the test"}, DNSNames: []string{name},
		NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// secureServer fails the test if it is asked anything.
func secureServer(t *testing.T, c tls.Certificate) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("a request: %s", r.URL) }))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{c}}
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestReach(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good, goodCA := certificate(t, "127.0.0.1", now.Add(-time.Hour), now.Add(90*24*time.Hour))
	expired, expiredCA := certificate(t, "127.0.0.1", now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	other, otherCA := certificate(t, "workspace.example.com", now.Add(-time.Hour), now.Add(time.Hour))
	secure := secureServer(t, good)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	trust := func(file string) TransportConfig { return TransportConfig{TLS: promconfig.TLSConfig{CAFile: file}} }

	tests := map[string]struct {
		config   TransportConfig
		endpoint string
		// step is where it fails, "" where it does not.
		step string
		say  []string
	}{
		"known authority":   {trust(goodCA), secure.URL, "", nil},
		"without TLS":       {TransportConfig{}, plain.URL, "", nil},
		"unknown authority": {TransportConfig{}, secure.URL, "TLS", []string{"authority that this machine does not know", "authority of the test", "tls_config.ca_file"}},
		"expired":           {trust(expiredCA), secureServer(t, expired).URL, "TLS", []string{"good from " + now.Add(-48*time.Hour).UTC().Format(time.DateOnly), "clock of this machine"}},
		"another host":      {trust(otherCA), secureServer(t, other).URL, "TLS", []string{"not for 127.0.0.1 but for workspace.example.com"}},
		"no TLS there":      {TransportConfig{}, "https://" + strings.TrimPrefix(plain.URL, "http://"), "TLS", []string{"does not speak TLS"}},
		"nobody listens":    {TransportConfig{}, "https://" + nobody.Addr().String(), "TCP", []string{"refused", "firewall"}},
		"no such host":      {TransportConfig{}, "https://workspace.invalid", "DNS", []string{"workspace.invalid", "name server"}},
		"no URL":            {TransportConfig{}, "workspace", "URL", nil},
		"dead proxy":        {TransportConfig{ProxyURL: "http://user:proxy-password@" + nobody.Addr().String()}, "https://workspace.invalid", "TCP", []string{"the proxy cannot be reached: connection refused", "proxy_url"}},
		"proxy":             {TransportConfig{ProxyURL: "http://user:proxy-password@" + plain.Listener.Addr().String()}, "https://workspace.invalid", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached, err := Reach(t.Context(), tt.config, tt.endpoint)
			if tt.step == "" {
				if err != nil {
					t.Fatal(err)
				}
				if secured := name == "known authority"; (reached.TLS != "") != secured || (reached.Certificate != nil) != secured {
					t.Errorf("reached %+v", reached)
				}
				if (reached.Proxy != "") != (tt.config.ProxyURL != "") || strings.Contains(reached.Proxy, "proxy-password") {
					t.Errorf("the proxy is %q", reached.Proxy)
				}
				return
			}
			failure, ok := errors.AsType[*ReachError](err)
			if !ok || failure.Step != tt.step {
				t.Fatalf("the error is %v, want one of %s", err, tt.step)
			}
			if strings.Contains(err.Error(), "proxy-password") {
				t.Errorf("the error holds the password: %v", err)
			}
			for _, want := range tt.say {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
		})
	}
}

// TestReachHanging: a host that takes connections and says nothing is given
// up with the context.
func TestReachHanging(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = Reach(ctx, TransportConfig{}, "https://"+silent.Addr().String())
	failure, ok := errors.AsType[*ReachError](err)
	if !ok || failure.Step != "TLS" || !strings.Contains(failure.Message, "no answer to the handshake") {
		t.Errorf("the error is %v", err)
	}
}

// TestHoldersOfCertificate names addresses, too, and says when there is nothing
// to name.
func TestHoldersOfCertificate(t *testing.T) {
	t.Parallel()
	for want, certificate := range map[string]*x509.Certificate{
		"a.example, 10.0.0.7": {DNSNames: []string{"a.example"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 7)}},
		`no host at all: it has no subject alternative names, and the subject "CN=old.example" does not count`: {
			Subject: pkix.Name{CommonName: "old.example"},
		},
	} {
		failure := explainTLS(x509.HostnameError{Certificate: certificate, Host: "b.example"}, "b.example")
		if want = "the certificate is not for b.example but for " + want; failure.Message != want {
			t.Errorf("%s\nwant %s", failure.Message, want)
		}
	}
}
