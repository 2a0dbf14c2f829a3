package apiclient

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// The verifier below is written from the API Request Signing Guide and knows nothing of
// the SDK; the vectors prove it, and it proves the signer.

// escape is rule 3.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// canonicalQuery is rule 4.
func canonicalQuery(query url.Values) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[key])) {
			pairs = append(pairs, escape(key)+"="+escape(value))
		}
	}
	return strings.Join(pairs, "&")
}

// canonicalRequest is section 2.1 for the headers named in signed.
func canonicalRequest(method, path string, query url.Values, header func(string) string, signed []string, body []byte) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	uri := strings.Join(segments, "/")
	if !strings.HasSuffix(uri, "/") {
		uri += "/"
	}
	var headers strings.Builder
	for _, name := range signed {
		fmt.Fprintf(&headers, "%s:%s\n", name, strings.TrimSpace(header(name)))
	}
	hash := sha256.Sum256(body)
	return strings.Join([]string{
		strings.ToUpper(method), uri, canonicalQuery(query), headers.String(), strings.Join(signed, ";"), hex.EncodeToString(hash[:]),
	}, "\n")
}

// signature is section 2.2.
func signature(canonical, date, secret string) string {
	hash := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "SDK-HMAC-SHA256\n%s\n%s", date, hex.EncodeToString(hash[:]))
	return hex.EncodeToString(mac.Sum(nil))
}

// verify checks a request as a server has received it.
func verify(r *http.Request, body []byte, c Credentials) error {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "SDK-HMAC-SHA256 ")
	parts := strings.Split(rest, ", ")
	if !ok || len(parts) != 3 {
		return fmt.Errorf("malformed Authorization %q", r.Header.Get("Authorization"))
	}
	access, _ := strings.CutPrefix(parts[0], "Access=")
	names, _ := strings.CutPrefix(parts[1], "SignedHeaders=")
	got, _ := strings.CutPrefix(parts[2], "Signature=")
	if access != c.AccessKey {
		return fmt.Errorf("access key is %q", access)
	}
	signed := strings.Split(names, ";")
	if !slices.IsSorted(signed) || !slices.Contains(signed, "x-sdk-date") {
		return fmt.Errorf("SignedHeaders is %q", names)
	}
	header := func(name string) string {
		if name == "host" {
			return r.Host
		}
		return r.Header.Get(name)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	canonical := canonicalRequest(r.Method, r.URL.Path, query, header, signed, body)
	if want := signature(canonical, r.Header.Get("X-Sdk-Date"), c.SecretKey); got != want {
		return fmt.Errorf("signature is %s, want %s over\n%s", got, want, canonical)
	}
	return nil
}

// overTheWire returns req as a server reads it.
func overTheWire(req *http.Request) (*http.Request, []byte, error) {
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		return nil, nil, err
	}
	r, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	return r, body, err
}

func TestVerifierVectors(t *testing.T) {
	t.Parallel()
	query := url.Values{"limit": {"1"}, "enable": {"true"}, "test": {"一 (&=?!#%.*)"}, "path": {"/a/123"}, "multi": {"3", "1", "2"}}
	want := "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Fa%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"
	if got := canonicalQuery(query); got != want {
		t.Errorf("canonical query is\n%s, want\n%s", got, want)
	}
	hash := sha256.Sum256(nil)
	if got := hex.EncodeToString(hash[:]); got != emptyHash {
		t.Errorf("hash of the empty body is %s", got)
	}
}

// Vectors 1 and 2 are the SDK's own and sign the date alone.
func TestAuthorizeVectors(t *testing.T) {
	t.Parallel()
	const date = "20060102T150405Z"
	keys := Credentials{AccessKey: "AccessKey", SecretKey: "SecretKey"}
	for _, v := range []struct {
		method, query, body, signature string
	}{
		{"GET", "limit=1", "", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		{"POST", "key=value", `{"Name":"test","Id":1}` + "\n", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	} {
		query, err := url.ParseQuery(v.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := authorize(v.method, "/path", query, map[string]string{headerDate: date}, []byte(v.body), keys)
		if err != nil {
			t.Fatal(err)
		}
		if want := "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=" + v.signature; got != want {
			t.Errorf("%s: got  %s\nwant %s", v.method, got, want)
		}
		canonical := canonicalRequest(v.method, "/path", query, func(string) string { return date }, []string{"x-sdk-date"}, []byte(v.body))
		if got := signature(canonical, date, keys.SecretKey); got != v.signature {
			t.Errorf("%s: the verifier computes %s", v.method, got)
		}
	}
}

// Vectors 3 and 4 are requests as the exporter sends them.
func TestSignVectors(t *testing.T) {
	t.Parallel()
	const base = "https://workspace.ap-southeast-3.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef"
	at := time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600)) // 03:04:05 UTC
	for _, v := range []struct {
		name, method, url, body, token string
		signed, canonical, signature   string
	}{
		{
			name: "3", method: "GET",
			url:       base + "/statistics/metrics?metric_names=user_usage&start_time=2026-01-01T00:00:00Z&period=DAY&metric_names=desktop_usage&end_time=2026-01-02T00%3A00%3A00Z",
			signed:    "host;x-project-id;x-sdk-date",
			canonical: "8d07f852357a087de8feed47b0e89b3594f8e9b8d66465f59b9ab74385d32550",
			signature: "50bdfdb7f0f28ce24b756f7f4f369ebda4a91d9d242876ae7797e3cd5dc9869e",
		},
		{
			name: "4", method: "POST", body: `{"limit":100,"offset":0}`, token: "EXAMPLETOKEN",
			url:       base + "/desktops/statistics/used",
			signed:    "host;x-project-id;x-sdk-date;x-security-token",
			canonical: "1edadda145d963d10b29b49cc1a3e723051415110e5d8c7e1c849ce3ef309d98",
			signature: "40c998df54f4c5ae4e0d1629aadaf429674587ea3c3b59972e4dcfa6832c8986",
		},
	} {
		keys := Credentials{AccessKey: "EXAMPLEAK", SecretKey: "EXAMPLESK", SecurityToken: v.token}
		req, err := http.NewRequest(v.method, v.url, strings.NewReader(v.body))
		if err != nil {
			t.Fatal(err)
		}
		// What is not stable on the way must not be signed.
		req.Header.Set("User-Agent", "workspace_exporter/1")
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set(headerProject, "0123456789abcdef0123456789abcdef")
		if err := NewSigner().Sign(req, []byte(v.body), keys, at); err != nil {
			t.Fatal(err)
		}
		want := "SDK-HMAC-SHA256 Access=EXAMPLEAK, SignedHeaders=" + v.signed + ", Signature=" + v.signature
		if got := req.Header.Get("Authorization"); got != want {
			t.Errorf("vector %s: got  %s\nwant %s", v.name, got, want)
		}
		if got := req.Header.Get("X-Sdk-Date"); got != "20260102T030405Z" {
			t.Errorf("vector %s: X-Sdk-Date is %s", v.name, got)
		}
		header := func(name string) string {
			if name == "host" {
				return req.URL.Host
			}
			return req.Header.Get(name)
		}
		canonical := sha256.Sum256([]byte(canonicalRequest(v.method, req.URL.Path, req.URL.Query(), header, strings.Split(v.signed, ";"), []byte(v.body))))
		if got := hex.EncodeToString(canonical[:]); got != v.canonical {
			t.Errorf("vector %s: the verifier's canonical request has hash %s", v.name, got)
		}
	}
}

func TestSignRoundTrip(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`[a-z0-9_.:/=&+%, -]{0,12}`), rapid.String())
	printable := rapid.StringMatching(`[!-~]{1,40}`)
	rapid.Check(t, func(t *rapid.T) {
		query := url.Values{}
		for range rapid.IntRange(0, 5).Draw(t, "pairs") {
			key := rapid.OneOf(rapid.SampledFrom([]string{"limit", "metric_names", "dim.0", "dim.1", "name"}), text).Draw(t, "key")
			query.Add(key, text.Draw(t, "value"))
		}
		u := &url.URL{Scheme: "https", Host: "workspace.example.com:8443", Path: "/" + text.Draw(t, "path"), RawQuery: query.Encode()}
		body := []byte(text.Draw(t, "body"))
		req, err := http.NewRequest(rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method"), "https://workspace.example.com:8443", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.URL = u
		keys := Credentials{AccessKey: "AK", SecretKey: printable.Draw(t, "secret")}
		if rapid.Bool().Draw(t, "temporary") {
			keys.SecurityToken = printable.Draw(t, "token")
		}
		if rapid.Bool().Draw(t, "project") {
			req.Header.Set(headerProject, "0123456789abcdef0123456789abcdef")
		}
		if rapid.Bool().Draw(t, "language") {
			req.Header.Set(headerLanguage, "en-us")
		}
		if err := NewSigner().Sign(req, body, keys, time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0)); err != nil {
			t.Fatal(err)
		}
		r, received, err := overTheWire(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(r, received, keys); err != nil {
			t.Fatal(err)
		}
	})
}

// A verifier that accepts everything would prove nothing.
func TestSignCoversTheRequest(t *testing.T) {
	t.Parallel()
	keys := Credentials{AccessKey: "AK", SecretKey: "SK", SecurityToken: "TOKEN"}
	for name, change := range map[string]func(r *http.Request, body *[]byte){
		"path":     func(r *http.Request, _ *[]byte) { r.URL.Path += "x" },
		"query":    func(r *http.Request, _ *[]byte) { r.URL.RawQuery = "limit=2" },
		"host":     func(r *http.Request, _ *[]byte) { r.Host = "other.example.com" },
		"date":     func(r *http.Request, _ *[]byte) { r.Header.Set("X-Sdk-Date", "20260102T030406Z") },
		"project":  func(r *http.Request, _ *[]byte) { r.Header.Set("X-Project-Id", "other") },
		"language": func(r *http.Request, _ *[]byte) { r.Header.Set("X-Language", "zh-cn") },
		"token":    func(r *http.Request, _ *[]byte) { r.Header.Set("X-Security-Token", "other") },
		"method":   func(r *http.Request, _ *[]byte) { r.Method = "PUT" },
		"body":     func(_ *http.Request, b *[]byte) { *b = []byte("other") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequest(http.MethodPost, "https://workspace.example.com/v2/p/desktops?limit=1", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(headerProject, "p")
			req.Header.Set(headerLanguage, "en-us")
			if err := NewSigner().Sign(req, []byte("{}"), keys, time.Now()); err != nil {
				t.Fatal(err)
			}
			r, body, err := overTheWire(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := verify(r, body, keys); err != nil {
				t.Fatal(err)
			}
			change(r, &body)
			if verify(r, body, keys) == nil {
				t.Error("the change is not noticed")
			}
		})
	}
}

func TestSignAgain(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequest(http.MethodGet, "https://workspace.example.com/v2/p/desktops", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, keys := range []Credentials{
		{AccessKey: "AK1", SecretKey: "SK1", SecurityToken: "TOKEN"},
		{AccessKey: "AK2", SecretKey: "SK2"}, // nothing of the first attempt may stay
	} {
		if err := NewSigner().Sign(req, nil, keys, time.Now().Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Get("X-Security-Token"); got != keys.SecurityToken {
			t.Errorf("attempt %d: X-Security-Token is %q", i, got)
		}
		r, body, err := overTheWire(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(r, body, keys); err != nil {
			t.Errorf("attempt %d: %v", i, err)
		}
		if got := len(req.Header.Values("Authorization")); got != 1 {
			t.Errorf("attempt %d: %d Authorization headers", i, got)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query, message string
		keys                 Credentials
	}{
		{"no access key", "", "without an access key", Credentials{SecretKey: "SK"}},
		{"no secret key", "", "without an access key and its secret key", Credentials{AccessKey: "AK"}},
		{"bad query", "a=%zz", "query is malformed", Credentials{AccessKey: "AK", SecretKey: "SK"}},
		{"semicolon", "a=1;b=2", "query is malformed", Credentials{AccessKey: "AK", SecretKey: "SK"}},
	} {
		req, err := http.NewRequest(http.MethodGet, "https://workspace.example.com/v2?"+c.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = NewSigner().Sign(req, nil, c.keys, time.Now())
		if err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: error is %v, want %q", c.name, err, c.message)
		}
		if req.Header.Get("Authorization") != "" {
			t.Errorf("%s: signed nevertheless", c.name)
		}
	}
}

func TestSignConcurrently(t *testing.T) {
	t.Parallel()
	s := NewSigner()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			keys := Credentials{AccessKey: fmt.Sprint("AK", i), SecretKey: fmt.Sprint("SK", i)}
			for range 20 {
				req, err := http.NewRequest(http.MethodGet, "https://workspace.example.com/v2/p?limit=1", nil)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Sign(req, nil, keys, time.Now()); err != nil {
					t.Error(err)
					return
				}
				r, body, err := overTheWire(req)
				if err != nil {
					t.Error(err)
					return
				}
				if err := verify(r, body, keys); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
