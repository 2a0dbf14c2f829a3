package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const testProject = "0123456789abcdef0123456789abcdef"

// Test vectors: two are the SDK's own, two were computed with an independent
// implementation.
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	const host = "workspace.ap-southeast-3.myhuaweicloud.com"
	tests := map[string]struct {
		method, target, body, date, token string
		accessKey, secret, signed, want   string
	}{
		"1 get": {
			method: "GET", target: "https://example.com/path?limit=1", date: "20060102T150405Z",
			accessKey: "AccessKey", secret: "SecretKey", signed: "x-sdk-date",
			want: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
		},
		"2 post with a newline": {
			method: "POST", target: "https://example.com/path?key=value", date: "20060102T150405Z", body: "{\"Name\":\"test\",\"Id\":1}\n",
			accessKey: "AccessKey", secret: "SecretKey", signed: "x-sdk-date",
			want: "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
		},
		"3 host and project": {
			method: "GET", date: "20260102T030405Z",
			target: "https://" + host + "/v2/" + testProject + "/statistics/metrics?start_time=2026-01-01T00:00:00Z&end_time=2026-01-02T00:00:00Z" +
				"&metric_names=user_usage&metric_names=desktop_usage&period=DAY",
			accessKey: "EXAMPLEAK", secret: "EXAMPLESK", signed: "host;x-project-id;x-sdk-date",
			want: "50bdfdb7f0f28ce24b756f7f4f369ebda4a91d9d242876ae7797e3cd5dc9869e",
		},
		"4 security token": {
			method: "POST", date: "20260102T030405Z", token: "EXAMPLETOKEN", body: `{"limit":100,"offset":0}`,
			target:    "https://" + host + "/v2/" + testProject + "/desktops/statistics/used",
			accessKey: "EXAMPLEAK", secret: "EXAMPLESK", signed: "host;x-project-id;x-sdk-date;x-security-token",
			want: "40c998df54f4c5ae4e0d1629aadaf429674587ea3c3b59972e4dcfa6832c8986",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signed := func(sum string) *http.Request {
				r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
				r.Header.Set("X-Sdk-Date", test.date)
				if strings.Contains(test.signed, "x-project-id") {
					r.Header.Set("X-Project-Id", testProject)
				}
				if test.token != "" {
					r.Header.Set("X-Security-Token", test.token)
				}
				r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access="+test.accessKey+", SignedHeaders="+test.signed+", Signature="+sum)
				return r
			}
			now, err := time.Parse(signatureDate, test.date)
			if err != nil {
				t.Fatal(err)
			}
			check := func(r *http.Request, now time.Time) string {
				v := newVerifier(map[string]string{test.accessKey: test.secret}, test.token, true)
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Fatal(err)
				}
				if _, refused := v.check(r, r.URL.Query(), body, now); refused != nil {
					return refused.Problem.Message
				}
				return ""
			}
			for _, skew := range []time.Duration{0, 15 * time.Minute} {
				if got := check(signed(test.want), now.Add(skew)); got != "" {
					t.Errorf("refusal at a skew of %s = %q", skew, got)
				}
			}

			for change, r := range map[string]*http.Request{
				"signature": signed("0" + test.want[1:]),
				"query":     signed(test.want),
				"body":      signed(test.want),
				"date":      signed(test.want),
			} {
				switch change {
				case "query":
					r.URL.RawQuery += "&more=1"
				case "body":
					r.Body = io.NopCloser(strings.NewReader("other"))
				case "date":
					r.Header.Set("X-Sdk-Date", now.Add(time.Minute).Format(signatureDate))
				}
				if check(r, now) == "" {
					t.Errorf("a changed %s is accepted", change)
				}
			}
			if got := check(signed(test.want), now.Add(-15*time.Minute-time.Second)); !strings.Contains(got, "expired") {
				t.Errorf("refusal past 15 minutes' skew = %q", got)
			}
		})
	}
}

func TestCanonicalQuery(t *testing.T) {
	t.Parallel()
	query := url.Values{"limit": {"1"}, "enable": {"true"}, "test": {"一 (&=?!#%.*)"}, "path": {"/a/123"}, "multi": {"2", "1", "3"}}
	want := "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Fa%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"
	if got := canonicalQuery(query); got != want {
		t.Errorf("canonical query = %s, want %s", got, want)
	}
}

// What identifies the caller must be signed.
func TestUnsignedHeadersAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"X-Sdk-Date", "X-Project-Id", "X-Security-Token"} {
		r := httptest.NewRequest(http.MethodGet, "/path", nil)
		r.Header.Set("X-Sdk-Date", "20260102T030405Z")
		r.Header.Set(name, "20260102T030405Z")
		r.Header.Set("Other", "value")
		r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access=ak, SignedHeaders=other, Signature=00")
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		_, refused := newVerifier(map[string]string{"ak": "sk"}, "", true).check(r, nil, nil, now)
		if refused == nil || !strings.Contains(refused.Problem.Message, "is not signed") {
			t.Errorf("%s: refusal = %v", name, refused)
		}
	}
}
