package gateway_test

import (
	"net/http"
	"reflect"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	sdk "github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

// sign signs a request without a body with the official signer: the tests of
// the verifier do not rely on its own idea of a signature.
func sign(r *http.Request, accessKey, secret string, now time.Time) {
	builder := sdk.NewHttpRequestBuilder().
		WithMethod(r.Method).WithEndpoint("http://"+r.Host).WithPath(r.URL.Path).
		AddHeaderParam("X-Sdk-Date", now.UTC().Format("20060102T150405Z"))
	for key, values := range r.URL.Query() {
		builder.AddQueryParam(key, reflect.ValueOf(values))
	}
	headers, err := signer.Sign(builder.Build(), accessKey, secret)
	if err != nil {
		panic(err) // only empty keys fail
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
}
