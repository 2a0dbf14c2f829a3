package foreign

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

func TestAnonymous(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"user a.b+c@mail.example.com is gone":          "user <mail> is gone",
		"mail='x_y@corp.example', ip=10.1.2.3:443":     "mail='<mail>', ip=<ip>:443",
		"from fa:16:3e:00:aa:0B and FA-16-3E-00-AA-0B": "from <mac> and <mac>",
		"cisco 0123.4567.89ab":                         "cisco <mac>",
		"at fe80::1 or 2001:db8:0:1:2:3:4:5 or ::1":    "at <ip> or <ip> or <ip>",
		"mapped ::ffff:10.0.0.1":                       "mapped <ip>",
		"call +86 138 0013 8000 or +49 (30) 1234567":   "call <phone> or <phone>",
		"mobile 13800138000, office (010) 6655-7788":   "mobile <phone>, office <phone>",
		"office 030/12345678":                          "office <phone>",
		"at 12:34:56 on 2026-11-27T12:34:56Z":          "at 12:34:56 on 2026-11-27T12:34:56Z",
		"WKS.00010099 limit:1,time:1 minute HTTP 500":  "WKS.00010099 limit:1,time:1 minute HTTP 500",
		"on DESK-00004 and DESKTOP-4F7K2P1":            "on <machine> and <machine>",
		"SDK-HMAC-SHA256, UTF-8, E-1":                  "SDK-HMAC-SHA256, UTF-8, E-1",
		"quota 100000 of 200000":                       "quota 100000 of 200000",
	} {
		if got := Anonymous(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestHoldsJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"user_name":"alice"}`: true, "\uFEFF{ \"a\": 1}": true, `oops: [{"a":1}]`: true, `["alice"]`: true,
		`x "user_name":"alice"`: true, `{\"a\":1}`: true,
		"Bad Gateway": false, "no such {project_id} [1]": false, `HTML page "Login"`: false,
	} {
		if got := HoldsJSON(text); got != want {
			t.Errorf("%q holds JSON: %v", text, got)
		}
	}
}

func TestNetworkError(t *testing.T) {
	t.Parallel()
	const secret = "S3cretPart"
	lookup := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: secret, Err: "no such host", IsNotFound: true}}
	for _, err := range []error{
		&net.OpError{Op: "proxyconnect", Net: "tcp", Err: lookup},
		&net.OpError{Op: "socks connect", Net: "tcp", Err: errors.New("dial " + secret)},
		errors.New(`malformed HTTP response "` + secret + `"`),
		errors.New("net/http: HTTP/1.x transport connection broken: malformed MIME header line: " + secret),
		errors.New(`malformed MIME header: missing colon: "` + secret + `"`),
	} {
		if text := NetworkError(err); strings.Contains(text, secret) || len(text) < 20 {
			t.Errorf("%v became %q", err, text)
		}
	}
	if text := NetworkError(lookup); !strings.Contains(text, secret) {
		t.Errorf("%q does not name the host that is configured", text)
	}
}

func TestAhead(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 2, 3, 4, 5, 700_000_000, time.UTC)
	dated := func(at time.Time) http.Header { return http.Header{"Date": {at.Format(http.TimeFormat)}} }
	for _, took := range []time.Duration{0, 300 * time.Millisecond, 4 * time.Second} {
		for _, skew := range []time.Duration{0, 300 * time.Second, -300 * time.Second, time.Hour} {
			got, ok := Ahead(begin, begin.Add(took), dated(begin.Add(took/2-skew)))
			if off := (got - skew).Abs(); !ok || off > took/2+time.Second || skew == 0 && got != 0 {
				t.Errorf("an answer after %v by a clock %v off: %v %v", took, skew, got, ok)
			}
		}
	}
	old := dated(begin.Add(-time.Hour))
	old.Set("Age", "3600")
	for name, ok := range map[string]bool{
		"cached": func() bool { _, ok := Ahead(begin, begin, old); return ok }(),
		"slow":   func() bool { _, ok := Ahead(begin, begin.Add(time.Minute), dated(begin)); return ok }(),
		"none":   func() bool { _, ok := Ahead(begin, begin, http.Header{}); return ok }(),
	} {
		if ok {
			t.Errorf("%s: tells the time", name)
		}
	}
}

// TestSkewIsToldOnce, and once that it is over.
func TestSkewIsToldOnce(t *testing.T) {
	t.Parallel()
	out := &testutil.Buffer{}
	log := slog.New(slog.NewTextHandler(out, nil))
	now := time.Now()
	var s Skew
	if _, known := s.Ahead(); known {
		t.Error("known from the start")
	}
	for _, off := range []time.Duration{0, 20, 31, 40, 20, 31, 3, 0, 20} {
		s.Observe(log, now, now, http.Header{"Date": {now.Add(off * time.Second).UTC().Format(http.TimeFormat)}})
	}
	if text := out.String(); strings.Count(text, "\n") != 2 || strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, "right again") {
		t.Errorf("log:\n%s", text)
	}
	if ahead, known := s.Ahead(); !known || ahead > -19*time.Second || ahead < -21*time.Second {
		t.Errorf("ahead by %v", ahead)
	}
}
