package apiclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// Connecting takes at most so long.
const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
)

// TransportConfig says how the API's hosts are reached. ProxyURL may hold a
// password, so the whole prints as <secret>.
type TransportConfig struct {
	hidden

	TLS promconfig.TLSConfig
	// ProxyURL is the proxy of every request. If it is empty, HTTPS_PROXY,
	// HTTP_PROXY and NO_PROXY of the environment hold.
	ProxyURL string
}

// NewTransport makes a transport that keeps at most four idle connections to a
// host. Certificate files are read again when they are changed. The time to
// wait for an answer is left to the context of the request.
func NewTransport(cfg TransportConfig) (http.RoundTripper, error) {
	proxy, err := proxyFunc(cfg.ProxyURL)
	if err != nil {
		return nil, err
	}
	for _, version := range []promconfig.TLSVersion{cfg.TLS.MinVersion, cfg.TLS.MaxVersion} {
		if version != 0 && version < tls.VersionTLS12 {
			return nil, fmt.Errorf("tls_config: %s is not safe; TLS12 is the least version", tls.VersionName(uint16(version)))
		}
	}
	tlsConfig, err := promconfig.NewTLSConfig(&cfg.TLS)
	if err != nil {
		return nil, fmt.Errorf("tls_config: %w", err)
	}
	if tlsConfig.MinVersion == 0 {
		tlsConfig.MinVersion = tls.VersionTLS12
	}
	newTransport := func(tlsConfig *tls.Config) (http.RoundTripper, error) {
		return &http.Transport{
			Proxy:                  proxy,
			DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:        tlsConfig,
			TLSHandshakeTimeout:    handshakeTimeout,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 256 << 10,
			// Each request on the wire is paid for: HTTP/2 would repeat refused
			// streams by itself, and send an empty frame for the body that keeps
			// HTTP/1 from repeating a request (see newRequest).
			Protocols: http1Only(),
		}, nil
	}
	transport, err := promconfig.NewTLSRoundTripper(tlsConfig, tlsFiles(cfg.TLS), newTransport)
	if err != nil {
		return nil, fmt.Errorf("tls_config: %w", err)
	}
	return &advisedTransport{next: transport}, nil
}

func http1Only() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

// proxyFunc keeps raw, and errors that quote it, out of its own error: they
// may hold the proxy's password.
func proxyFunc(raw string) (func(*http.Request) (*url.URL, error), error) {
	if raw == "" {
		return http.ProxyFromEnvironment, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
		return nil, errors.New("proxy_url: not the address of a proxy; it has the form http://proxy.example.com:3128, or https or socks5")
	}
	if u.Fragment != "" || u.RawQuery != "" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("proxy_url: has a path, query or fragment: escape @ : / ? # % in the password, as %40 %3A %2F %3F %23 %25")
	}
	return http.ProxyURL(u), nil
}

// tlsFiles names the files to watch for changes.
func tlsFiles(cfg promconfig.TLSConfig) promconfig.TLSRoundTripperSettings {
	var files promconfig.TLSRoundTripperSettings
	if cfg.CAFile != "" {
		files.CA = promconfig.NewFileSecret(cfg.CAFile)
	}
	if cfg.CertFile != "" {
		files.Cert = promconfig.NewFileSecret(cfg.CertFile)
	}
	if cfg.KeyFile != "" {
		files.Key = promconfig.NewFileSecret(cfg.KeyFile)
	}
	return files
}

// advisedTransport adds to the commonest error of a company's network what to
// do about it.
type advisedTransport struct{ next http.RoundTripper }

func (t *advisedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return nil, fmt.Errorf("%w; if a proxy or the endpoint has a certificate of your own authority, name that authority in tls_config.ca_file", err)
	}
	return resp, err
}

// CloseIdleConnections makes http.Client's method of this name work.
func (t *advisedTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
