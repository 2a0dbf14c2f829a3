package check

import (
	"crypto/x509"
	"net/http"
	"sync"
	"time"
)

// watch is a transport that notes what answers tell beside their content: the
// server's clock and certificate. Every answer counts, refusals too.
type watch struct {
	next http.RoundTripper

	mu           sync.Mutex
	skew         time.Duration // the largest of this machine's clock
	seen         bool          // an answer had a Date
	certificates map[string]*x509.Certificate
}

func newWatch(next http.RoundTripper) *watch {
	return &watch{next: next, certificates: map[string]*x509.Certificate{}}
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	begin := time.Now()
	resp, err := w.next.RoundTrip(req)
	if err == nil {
		w.note(req.URL.Host, resp, begin, time.Now())
	}
	return resp, err
}

func (w *watch) note(host string, resp *http.Response, sent, received time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		w.certificates[host] = resp.TLS.PeerCertificates[0]
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
	w.seen = true
	if skew.Abs() > w.skew.Abs() {
		w.skew = skew
	}
}

// takeSkew returns the largest skew since the last time, and whether there
// was any answer to tell it by.
func (w *watch) takeSkew() (skew time.Duration, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	skew, known = w.skew, w.seen
	w.skew, w.seen = 0, false
	return skew, known
}

// certificate returns the one that a host showed, nil if none.
func (w *watch) certificate(host string) *x509.Certificate {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.certificates[host]
}
