package apiclient

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

// This is the one file of the product that imports the Huawei SDK: what the
// SDK changes stays in here.

// Signer signs requests with an access key. It is safe for concurrent use.
type Signer interface {
	// Sign sets X-Sdk-Date, X-Security-Token (if c has one) and Authorization
	// of req, replacing what an earlier attempt left there. body must be the
	// exact bytes that req will send. req must not be changed afterwards.
	Sign(req *http.Request, body []byte, c Credentials, at time.Time) error
}

// NewSigner returns a signer for SDK-HMAC-SHA256, the algorithm of access keys
// (API Request Signing Guide).
func NewSigner() Signer { return sdkSigner{} }

const (
	headerDate          = "X-Sdk-Date"
	headerProject       = "X-Project-Id"
	headerLanguage      = "X-Language"
	headerSecurityToken = "X-Security-Token"
	headerAuthorization = "Authorization"
)

type sdkSigner struct{}

func (sdkSigner) Sign(req *http.Request, body []byte, c Credentials, at time.Time) error {
	if c.AccessKey == "" || c.SecretKey == "" {
		return errors.New("a request cannot be signed without an access key and its secret key; check the account's credentials")
	}
	// The gateway sees the pairs of the query, not its text, so they are what
	// is signed. A pair that cannot be read would be sent but not signed.
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("a request cannot be signed: its query is malformed: %w", err)
	}

	req.Header.Set(headerDate, at.UTC().Format(signer.BasicDateFormat))
	req.Header.Del(headerSecurityToken)
	if c.SecurityToken != "" {
		req.Header.Set(headerSecurityToken, c.SecurityToken)
	}
	// The SDK signs every header that it gets but Content-Type, so it gets only
	// those that no proxy changes: User-Agent, for one, is left out.
	headers := map[string]string{signer.HeaderHost: cmp.Or(req.Host, req.URL.Host)}
	for _, name := range []string{headerDate, headerProject, headerLanguage, headerSecurityToken} {
		if v := req.Header.Get(name); v != "" {
			headers[name] = v
		}
	}

	method := strings.ToUpper(cmp.Or(req.Method, http.MethodGet))
	authorization, err := authorize(method, req.URL.Path, query, headers, body, c)
	if err != nil {
		return fmt.Errorf("a request cannot be signed: %w", err)
	}
	req.Header.Set(headerAuthorization, authorization)
	return nil
}

// authorize returns the Authorization header for exactly the given headers,
// which must have X-Sdk-Date among them. path is not escaped.
func authorize(method, path string, query url.Values, headers map[string]string, body []byte, c Credentials) (string, error) {
	b := request.NewHttpRequestBuilder().WithMethod(method).WithPath(path).WithBody("body", string(body))
	for key, values := range query {
		b.AddQueryParam(key, reflect.ValueOf(values))
	}
	for name, value := range headers {
		b.AddHeaderParam(name, value)
	}
	signed, err := signer.Sign(b.Build(), c.AccessKey, c.SecretKey)
	if err != nil {
		return "", err
	}
	return signed[signer.HeaderAuthorization], nil
}
