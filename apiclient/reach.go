package apiclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	promconfig "github.com/prometheus/common/config"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

// Reached tells how a host was reached.
type Reached struct {
	// Address is what was connected to: that of the host or of the proxy.
	Address string
	// Proxy is the host of the proxy on the way, "" if there is none. Beyond
	// it nothing is known without a request.
	Proxy string
	// TLS is the version in use, "" without TLS or behind a proxy.
	TLS string
	// Certificate is the server's, nil without TLS or behind a proxy.
	Certificate *x509.Certificate
}

// ReachError says at which step a host could not be reached.
type ReachError struct {
	// Step is DNS, TCP or TLS.
	Step    string
	Message string
	// Advice says what to do about it.
	Advice string
	Err    error
}

func (e *ReachError) Error() string {
	return e.Step + ": " + e.Message + ": " + e.Advice
}

// Unwrap returns the cause.
func (e *ReachError) Unwrap() error { return e.Err }

// Reach connects to the host of a URL as a transport of the same
// configuration would, and sends no request. Errors are *ReachError.
func Reach(ctx context.Context, cfg TransportConfig, endpoint string) (Reached, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" {
		return Reached{}, &ReachError{Step: "URL", Message: "the endpoint is no URL", Advice: "it has the form https://host", Err: err}
	}
	proxy, err := proxyOf(cfg, u)
	if err != nil {
		return Reached{}, &ReachError{Step: "proxy", Message: err.Error(), Advice: "check proxy_url, HTTPS_PROXY and NO_PROXY", Err: err}
	}
	if proxy != nil {
		conn, err := connect(ctx, proxy)
		if err != nil {
			err.Message = "the proxy cannot be reached: " + foreign.Reason(err.Err)
			err.Advice = "check proxy_url, HTTPS_PROXY and NO_PROXY"
			return Reached{}, err
		}
		defer func() { _ = conn.Close() }()
		return Reached{Address: conn.RemoteAddr().String(), Proxy: proxy.Host}, nil
	}
	conn, failure := connect(ctx, u)
	if failure != nil {
		return Reached{}, failure
	}
	defer func() { _ = conn.Close() }()
	reached := Reached{Address: conn.RemoteAddr().String()}
	if u.Scheme != "https" {
		return reached, nil
	}
	state, failure := handshake(ctx, cfg, conn, u.Hostname())
	if failure != nil {
		return Reached{}, failure
	}
	reached.TLS, reached.Certificate = tls.VersionName(state.Version), state.PeerCertificates[0]
	return reached, nil
}

func proxyOf(cfg TransportConfig, to *url.URL) (*url.URL, error) {
	proxy, err := proxyFunc(cfg.ProxyURL)
	if err != nil {
		return nil, err
	}
	u, err := proxy(&http.Request{URL: to})
	if err != nil {
		return nil, errors.New("the address of the proxy cannot be read") // the error quotes it
	}
	return u, nil
}

// connect looks up the host of u and connects to it.
func connect(ctx context.Context, u *url.URL) (net.Conn, *ReachError) {
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if port == "" {
		port = "1080" // SOCKS
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err == nil {
		return conn, nil
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		failure := &ReachError{Step: "DNS", Message: "the name " + host + " cannot be looked up: " + dns.Err, Advice: "check the name server of this machine", Err: err}
		if dns.IsNotFound {
			failure.Message, failure.Advice = "there is no host "+host, "check region and endpoint, or the name server of this machine"
		}
		return nil, failure
	}
	return nil, &ReachError{Step: "TCP", Message: "no connection: " + err.Error(), Advice: "check endpoint, firewall and proxy", Err: err}
}

// handshake makes TLS of a connection.
func handshake(ctx context.Context, cfg TransportConfig, conn net.Conn, host string) (tls.ConnectionState, *ReachError) {
	tlsConfig, err := promconfig.NewTLSConfig(&cfg.TLS)
	if err != nil {
		return tls.ConnectionState{}, &ReachError{Step: "TLS", Message: err.Error(), Advice: "check tls_config", Err: err}
	}
	if tlsConfig.ServerName == "" {
		tlsConfig.ServerName = host
	}
	if tlsConfig.MinVersion == 0 {
		tlsConfig.MinVersion = tls.VersionTLS12
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	secured := tls.Client(conn, tlsConfig)
	if err := secured.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, explainTLS(err, host)
	}
	return secured.ConnectionState(), nil
}

// holders are the hosts that a certificate is for. The common name, all that
// many old ones have, does not make one.
func holders(c *x509.Certificate) string {
	hosts := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	if len(hosts) == 0 {
		return fmt.Sprintf("no host at all: it has no subject alternative names, and the subject %q does not count", c.Subject)
	}
	return strings.Join(hosts, ", ")
}

// explainTLS says in plain words what is wrong with a handshake.
func explainTLS(err error, host string) *ReachError {
	failure := &ReachError{Step: "TLS", Message: err.Error(), Advice: "check endpoint, proxy and tls_config", Err: err}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		failure.Message = "the certificate of " + host + " is from an authority that this machine does not know"
		if unknown.Cert != nil {
			failure.Message += " (issuer " + unknown.Cert.Issuer.String() + ")"
		}
		failure.Advice = "if a proxy or the endpoint has a certificate of your own authority, name that authority in tls_config.ca_file"
	} else if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		failure.Message = fmt.Sprintf("the certificate of %s is good from %s to %s, and by the clock of this machine it is %s",
			host, day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter), day(time.Now()))
		failure.Advice = "check the clock of this machine; if it is right the server needs a new certificate"
	} else if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		failure.Message = fmt.Sprintf("the certificate is not for %s but for %s", host, holders(wrong.Certificate))
		failure.Advice = "check endpoint and proxy, or tls_config.server_name"
	} else if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		failure.Message = "what answers does not speak TLS"
		failure.Advice = "check the port of the endpoint, and whether a proxy stands in between"
	} else if errors.Is(err, context.DeadlineExceeded) {
		failure.Message = "no answer to the handshake in time"
		failure.Advice = "check firewall and proxy"
	}
	return failure
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
