package check

import (
	"crypto/x509"
	"net/http"
	"sync"
	"time"
)

// responseRecorder is a transport that records the clock and the certificate of
// the server from every answer, errors too.
type responseRecorder struct {
	next http.RoundTripper

	mu           sync.Mutex
	skew         time.Duration // the largest of this machine's clock
	seen         bool          // an answer had a Date
	certificates map[string]*x509.Certificate
}

func newResponseRecorder(next http.RoundTripper) *responseRecorder {
	return &responseRecorder{next: next, certificates: map[string]*x509.Certificate{}}
}

// RoundTrip implements http.RoundTripper.
func (r *responseRecorder) RoundTrip(req *http.Request) (*http.Response, error) {
	begin := time.Now()
	resp, err := r.next.RoundTrip(req)
	if err == nil {
		r.record(req.URL.Host, resp, begin, time.Now())
	}
	return resp, err
}

func (r *responseRecorder) record(host string, resp *http.Response, sent, received time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		r.certificates[host] = resp.TLS.PeerCertificates[0]
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	// The server wrote the header between request and answer, and it has
	// whole seconds: within these bounds the clocks may agree.
	skew := time.Duration(0)
	if ahead := sent.Sub(date) - time.Second; ahead > 0 {
		skew = ahead
	} else if behind := received.Sub(date); behind < 0 {
		skew = behind
	}
	r.seen = true
	if skew.Abs() > r.skew.Abs() {
		r.skew = skew
	}
}

// takeSkew returns the largest skew since the last time, and whether there
// was any answer to tell it by.
func (r *responseRecorder) takeSkew() (skew time.Duration, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	skew, known = r.skew, r.seen
	r.skew, r.seen = 0, false
	return skew, known
}

// certificate returns the one that a host showed, nil if none.
func (r *responseRecorder) certificate(host string) *x509.Certificate {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.certificates[host]
}
