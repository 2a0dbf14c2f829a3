package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
)

const (
	signatureAlgorithm = "SDK-HMAC-SHA256"
	signatureDate      = "20060102T150405Z"
	// maxSignedBody is the largest body that may be signed with AK/SK (API
	// Gateway FAQ).
	maxSignedBody = 12 << 20
	maxClockSkew  = 15 * time.Minute
	// A key is locked after more than this many failures in a row.
	maxFailures = 5
	lockTime    = 5 * time.Minute
)

// verifier checks signatures as the gateway does (API reference).
type verifier struct {
	enabled bool

	mu       sync.Mutex
	keys     map[string]string
	token    string
	failures map[string]*failures // of known keys only: bounded
}

// failures in a row of one access key.
type failures struct {
	count  int
	locked time.Time // until
}

func newVerifier(keys map[string]string, token string, enabled bool) *verifier {
	v := &verifier{enabled: enabled}
	v.setKeys(keys, token)
	return v
}

func (v *verifier) setKeys(keys map[string]string, token string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys, v.token, v.failures = maps.Clone(keys), token, map[string]*failures{}
}

// claimed is the access key a request says it comes from, or "unknown": calls
// are counted for it even if the signature turns out wrong.
func (v *verifier) claimed(r *http.Request) string {
	auth, err := parseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return "unknown"
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.keys[auth.accessKey]; !known {
		return "unknown"
	}
	return auth.accessKey
}

// check returns the caller's access key, or the answer that refuses it.
func (v *verifier) check(r *http.Request, query url.Values, body []byte, now time.Time) (string, *response.Response) {
	if !v.enabled {
		return v.claimed(r), nil
	}
	auth, err := parseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return "", unauthorized(err.Error())
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	secret, known := v.keys[auth.accessKey]
	if !known {
		return "", unauthorized("Get secretKey failed")
	}
	history := v.failures[auth.accessKey]
	if history == nil {
		history = &failures{}
		v.failures[auth.accessKey] = history
	}
	if now.Before(history.locked) {
		return "", unauthorized("AK access failed to reach the limit,forbidden")
	}
	if flaw := v.flaw(r, auth, query, body, secret, now); flaw != "" {
		history.count++
		if history.count > maxFailures {
			*history = failures{locked: now.Add(lockTime)}
		}
		return "", unauthorized(flaw)
	}
	history.count = 0
	return auth.accessKey, nil
}

// flaw is what is wrong with a signed request, "" if nothing is.
func (v *verifier) flaw(r *http.Request, auth authorization, query url.Values, body []byte, secret string, now time.Time) string {
	const failed = "verify aksk signature fail"
	date, err := time.Parse(signatureDate, r.Header.Get("X-Sdk-Date"))
	if err != nil {
		return failed + ": X-Sdk-Date is missing or malformed"
	}
	if now.Sub(date).Abs() > maxClockSkew {
		return failed + ", signature expired"
	}
	// What identifies the caller must not be exchangeable under a signature.
	for _, name := range []string{"X-Sdk-Date", "X-Security-Token", "X-Project-Id"} {
		if r.Header.Get(name) != "" && !slices.Contains(auth.signed, strings.ToLower(name)) {
			return failed + ": " + name + " is not signed"
		}
	}
	if v.token != "" && r.Header.Get("X-Security-Token") != v.token {
		return "Get secretKey failed: the security token is missing or wrong"
	}
	canonical, err := canonicalRequest(r, auth.signed, query, body)
	if err != nil {
		return failed + ": " + err.Error()
	}
	if !hmac.Equal([]byte(signature(canonical, r.Header.Get("X-Sdk-Date"), secret)), []byte(auth.signature)) {
		return failed
	}
	return ""
}

func unauthorized(text string) *response.Response {
	r := response.Refuse(http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+text)
	return &r
}

// authorization is the parsed header of that name.
type authorization struct {
	accessKey string
	signed    []string // header names, lower case, as listed
	signature string
}

func parseAuthorization(header string) (authorization, error) {
	if header == "" {
		return authorization{}, errors.New("the Authorization header is missing")
	}
	rest, ok := strings.CutPrefix(header, signatureAlgorithm+" ")
	parts := strings.Split(rest, ", ")
	if !ok || len(parts) != 3 {
		return authorization{}, errors.New("the Authorization header is malformed")
	}
	access, ok1 := strings.CutPrefix(parts[0], "Access=")
	names, ok2 := strings.CutPrefix(parts[1], "SignedHeaders=")
	sum, ok3 := strings.CutPrefix(parts[2], "Signature=")
	if !ok1 || !ok2 || !ok3 {
		return authorization{}, errors.New("the Authorization header is malformed")
	}
	return authorization{accessKey: access, signed: strings.Split(names, ";"), signature: sum}, nil
}

// canonicalRequest is what was signed, if the client signed what it sent.
func canonicalRequest(r *http.Request, signed []string, query url.Values, body []byte) (string, error) {
	if !slices.IsSorted(signed) {
		return "", errors.New("SignedHeaders are not sorted")
	}
	hash := r.Header.Get("X-Sdk-Content-Sha256")
	if hash == "" {
		sum := sha256.Sum256(body)
		hash = hex.EncodeToString(sum[:])
	}
	var b strings.Builder
	b.WriteString(strings.ToUpper(r.Method) + "\n")
	b.WriteString(canonicalPath(r.URL.Path) + "\n")
	b.WriteString(canonicalQuery(query) + "\n")
	for _, name := range signed {
		values := r.Header.Values(name)
		if name == "host" {
			values = []string{r.Host}
		}
		if len(values) == 0 {
			return "", fmt.Errorf("signed header %s is missing", name)
		}
		for _, value := range slices.Sorted(slices.Values(values)) {
			b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
		}
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + hash)
	return b.String(), nil
}

// signature of a canonical request. The secret key is the HMAC key as it is.
func signature(canonical, date, secret string) string {
	sum := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signatureAlgorithm + "\n" + date + "\n" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(mac.Sum(nil))
}

func canonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = escape(segment)
	}
	// The closing slash is in the signed text only.
	return strings.TrimSuffix(strings.Join(segments, "/"), "/") + "/"
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(query)) {
		for _, value := range slices.Sorted(slices.Values(query[key])) {
			pairs = append(pairs, escape(key)+"="+escape(value))
		}
	}
	return strings.Join(pairs, "&")
}

// escape keeps the unreserved characters of RFC 3986 and encodes every other
// byte.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
