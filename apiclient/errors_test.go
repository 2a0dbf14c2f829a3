package apiclient

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	const action = "workspace:statistics:listAlarm"
	for _, c := range []struct {
		name   string
		status int
		body   string
		header []string
		kind   Kind
		text   string
	}{
		{
			"Workspace", 403, `{"error_code":"WKS.0403","error_msg":"You are not allowed.","error_detail":"x","encoded_authorization_message":"long"}`,
			[]string{"X-Request-Id", "abc"},
			Forbidden, "ListAlarms: HTTP 403 WKS.0403: You are not allowed (request id abc): ask your administrator to allow " + action,
		},
		{
			"not subscribed", 403, `{"error_code":"WKS.00010099","error_msg":"The Workspace service is disabled."}`, nil,
			Unsubscribed, "ListAlarms: HTTP 403 WKS.00010099: The Workspace service is disabled: Workspace is not in use in this project: subscribe to it or remove the project from the configuration",
		},
		{
			"not subscribed, of a list of groups", 400, `{"error_code":"WKS.00170117","error_msg":"The tenant does not exist"}`, nil,
			Unsubscribed, "ListAlarms: HTTP 400 WKS.00170117: The tenant does not exist: Workspace is not in use in this project: subscribe to it or remove the project from the configuration",
		},
		{
			"not subscribed, of a list of users", 400, `{"error_code":"WKS.00170312","error_msg":"The tanant(Workspace service) not exist"}`, nil,
			Unsubscribed, "ListAlarms: HTTP 400 WKS.00170312: The tanant(Workspace service) not exist: Workspace is not in use in this project: subscribe to it or remove the project from the configuration",
		},
		{
			"gateway", 429, `{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached: policy user over ratelimit,limit:200,time:1 minute","request_id":"r1"}`,
			[]string{"X-Request-Id", "other"},
			Throttled, "ListAlarms: HTTP 429 APIGW.0308: The throttling threshold has been reached: policy user over ratelimit,limit:200,time:1 minute (request id r1): calls are slowed down; if other programs use this key, lower budget.share",
		},
		{"other gateway's prefix", 400, `{"error_code":"APIG.0308","error_msg":"x"}`, nil, Throttled, "ListAlarms: HTTP 400 APIG.0308: x: calls are slowed down; if other programs use this key, lower budget.share"},
		{
			"wrong key", 401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: Get secretKey failed","request_id":"r2"}`, nil,
			Unauthorized, "ListAlarms: HTTP 401 APIGW.0301: Incorrect IAM authentication information: Get secretKey failed (request id r2): check access key, secret key, security token and the clock of this machine",
		},
		{
			"not published", 404, `{"error_code":"APIGW.0101","error_msg":"The API does not exist or has not been published in the environment","request_id":"r3"}`, nil,
			NotFound, "ListAlarms: HTTP 404 APIGW.0101: The API does not exist or has not been published in the environment (request id r3): this API is not published in this region: check region and endpoint, or disable the collector",
		},
		{
			"project not accessible", 403, `{"error_code":"APIGW.0310","error_msg":"The project is not accessible"}`, nil,
			Forbidden, "ListAlarms: HTTP 403 APIGW.0310: The project is not accessible: the key has no access to this project: check project_id",
		},
		{
			"source address", 403, `{"error_code":"APIGW.0401","error_msg":"Unauthorized IP address"}`, nil,
			Forbidden, "ListAlarms: HTTP 403 APIGW.0401: Unauthorized IP address: access control refuses this source address or account: ask your administrator to allow it",
		},
		{
			"IAM", 401, `{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}`,
			[]string{"X-Iam-Trace-Id", "trace"},
			Unauthorized, "ListAlarms: HTTP 401: The request you have made requires authentication (request id trace): check access key, secret key, security token and the clock of this machine",
		},
		{"IAM with a code", 400, `{"error_code":"IAM.0101","error_msg":"The request is invalid"}`, nil, Client, "ListAlarms: HTTP 400 IAM.0101: The request is invalid"},
		{"wrapped", 400, `{"error":{"error_msg":"m","error_code":"IAM.0011"}}`, nil, Client, "ListAlarms: HTTP 400 IAM.0011: m"},
		{"generic", 400, `{"code":"C.1","message":"m"}`, nil, Client, "ListAlarms: HTTP 400 C.1: m"},
		{"generic nested", 400, `{"fault":{"code":"C.2","message":"m"}}`, nil, Client, "ListAlarms: HTTP 400 C.2: m"},
		{"generic list", 400, `{"status":"bad","details":[1,{"error_code":"C.3","error_msg":"m"}]}`, nil, Client, "ListAlarms: HTTP 400 C.3: m"},
		{"message alone", 409, `{"error_msg":"operation conflicts"}`, nil, Client, "ListAlarms: HTTP 409: operation conflicts"},
		{"other JSON", 400, `{"reason":"because"}`, nil, Client, "ListAlarms: HTTP 400: Bad Request"},
		{"null members", 400, `{"error_code":null,"error_msg":null}`, nil, Client, "ListAlarms: HTTP 400: Bad Request"},
		{
			"HTML", 502, "<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title></head><body><h1>No</h1>long text</body></html>", nil,
			Server, `ListAlarms: HTTP 502: HTML page: 502 Bad Gateway: the service is in trouble: calls go on`,
		},
		{"HTML without title", 503, "<html><body><h1>Out <b>of</b> order</h1></body></html>", nil, Server, `ListAlarms: HTTP 503: HTML page: Out of order: the service is in trouble: calls go on`},
		{"bare HTML", 503, "<p>no", nil, Server, "ListAlarms: HTTP 503: HTML page: the service is in trouble: calls go on"},
		{"plain text", 500, "upstream\r\n\tfailed\x00\n", nil, Server, "ListAlarms: HTTP 500: 18 bytes of text: upstream failed: the service is in trouble: calls go on"},
		{"empty", 503, "", nil, Server, "ListAlarms: HTTP 503: Service Unavailable: the service is in trouble: calls go on"},
		{"empty, unknown status", 599, " ", nil, Server, "ListAlarms: HTTP 599: no further text: the service is in trouble: calls go on"},
		{"array", 400, `["a"]`, nil, Client, "ListAlarms: HTTP 400: 5 bytes of text"},
		{
			"redirect", 307, "", []string{"Location", "https://other.example.com/v2/x?user_name=alice"},
			Client, "ListAlarms: HTTP 307: redirects are not followed: fix the endpoint: to host other.example.com",
		},
		{"redirect to nowhere", 302, "<html>", nil, Client, "ListAlarms: HTTP 302: redirects are not followed: fix the endpoint"},
		{
			"echoed request", 401, `{"error_code":"APIG.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v2/p/users/|user_name=alice|host:h|"}`, nil,
			Unauthorized, "ListAlarms: HTTP 401 APIG.0301: Incorrect IAM authentication information: verify aksk signature fail: check access key, secret key, security token and the clock of this machine",
		},
		{
			"echoed query", 400, `{"error_code":"WKS.0001","error_msg":"bad: GET /v2/p/users?user_name=alice&x=1 Signature=00ff"}`, nil,
			Client, "ListAlarms: HTTP 400 WKS.0001: bad: GET /v2/p/users?... Signature=<secret>",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			for i := 0; i < len(c.header); i += 2 {
				header.Set(c.header[i], c.header[i+1])
			}
			err := responseError(ListAlarms, c.status, header, []byte(c.body))
			if err.Kind != c.kind || err.Detail() != c.text {
				t.Errorf("kind %q\ngot  %s\nwant %s (%s)", err.Kind, err.Detail(), c.text, c.kind)
			}
			if err.Said != "" && strings.Contains(err.Error(), ": "+err.Said) {
				t.Errorf("the error tells what the answer said: %v", err)
			}
		})
	}
}

func TestErrorsInSuccessfulAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error_code":"WKS.00000000","error_msg":"OK"}`:   "",
		`{"items":[{"error_code":"APP.1"}],"count":1}`:     "",
		`{"error_code":null}`:                              "",
		`{"error_code":""}`:                                "",
		`[{"error_code":"x"}]`:                             "",
		`{"error_code":"WKS.0001","error_msg":"no"}`:       "ListAlarms: HTTP 200 WKS.0001: no",
		`{"count":0,"error_code":"WKS.00010099"}`:          "ListAlarms: HTTP 200 WKS.00010099: OK",
		`{"error_msg":"no","error_code":"APIGW.0308"}`:     "ListAlarms: HTTP 200 APIGW.0308: no",
		`{"error_code":"APIGW.0301","error_msg":"key no"}`: "ListAlarms: HTTP 200 APIGW.0301: key no",
	} {
		got := ""
		if containsError([]byte(body)) {
			got = responseError(ListAlarms, 200, nil, []byte(body)).Detail()
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`:             "",
		` [1] `:          "",
		``:               "answer is empty",
		"\n ":            "answer is empty",
		`{"a":[1,2`:      "answer breaks off after 9 bytes",
		`{"a":"alice`:    "answer breaks off after 11 bytes",
		`{"a":1}}`:       "answer is no valid JSON at byte 8",
		`{"a":alice}`:    "answer is no valid JSON at byte 6",
		`Service down`:   "answer is no JSON: 12 bytes of text",
		"<html><title>x": "answer is no JSON: HTML page",
	} {
		same := func(b []byte) []byte { return b }
		if got, _ := notJSON(same, []byte(body)); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func TestMessagesAreBoundedLines(t *testing.T) {
	t.Parallel()
	long := cleanText(strings.Repeat("漢\n", 10_000))
	if n := utf8.RuneCountInString(long); n > maxMessage+3 {
		t.Errorf("%d runes", n)
	}
	id := requestID(http.Header{"X-Request-Id": {strings.Repeat("a", 1000)}})
	if len(id) != 64 {
		t.Errorf("request id of %d bytes", len(id))
	}
}

// Whatever an answer or the network says, the keys do not show.
func TestErrorsHoldNoKeys(t *testing.T) {
	t.Parallel()
	keys := Credentials{AccessKey: "AKIDAKIDAKID", SecretKey: "SKSKSKSKSKSK", SecurityToken: "TOKENTOKENTOKEN"}
	everything := fmt.Sprintf("%s %s %s", keys.AccessKey, keys.SecretKey, keys.SecurityToken)
	for name, answer := range map[string]func(*http.Request, int) (*http.Response, error){
		"message":      always(400, `{"error_code":"`+keys.SecretKey+`","error_msg":"`+everything+`","request_id":"`+keys.SecurityToken+`"}`),
		"plain":        always(500, everything),
		"HTML":         always(502, "<title>"+everything+"</title>"),
		"late":         always(502, strings.Repeat("x", maxMessage-5)+keys.SecretKey),
		"no JSON":      always(200, everything),
		"hidden error": always(200, `{"error_code":"WKS.1","error_msg":"`+everything+`"}`),
		"header":       always(500, "", "X-Request-Id", keys.SecretKey),
		"redirect":     always(302, "", "Location", "https://"+keys.SecretKey+".example.com/"),
		"network": func(*http.Request, int) (*http.Response, error) {
			return nil, errors.New("malformed HTTP response " + everything)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, answer)
				b.keys.keys = keys
				err := b.get(t.Context(), endpointN(0, 600))
				var e *Error
				errors.As(err, &e)
				all := fmt.Sprintf("%v %+v %s %s", err, err, e.Detail(), b.log)
				for _, secret := range []string{keys.AccessKey, keys.SecretKey, keys.SecurityToken, keys.SecretKey[:5]} {
					if strings.Contains(all, secret) {
						t.Errorf("%s shows in %s", secret, all)
					}
				}
			})
		})
	}
}

func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		kind Kind
		text string
	}{
		{errors.New("dial tcp: connection refused"), Network, "List0: no complete answer: dial tcp: connection refused: check endpoint, proxy and firewall"},
		{timeoutError{}, Timeout, "List0: no answer in time: TLS handshake timeout: check the network"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(1, func(*http.Request, int) (*http.Response, error) { return nil, c.err })
			e := wantKind(t, b.get(t.Context(), endpointN(0, 600)), c.kind)
			if !strings.HasPrefix(e.Error(), c.text) || !errors.Is(e, c.err) {
				t.Errorf("error = %q, want prefix %q", e, c.text)
			}
		})
	}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "TLS handshake timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestKindOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{nil, ""},
		{errors.New("x"), ""},
		{context.Canceled, Canceled},
		{context.DeadlineExceeded, Timeout},
		{fmt.Errorf("wrapped: %w", &Error{Kind: Forbidden}), Forbidden},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestForbiddenWithoutConfirmedAction(t *testing.T) {
	t.Parallel()
	err := responseError(ListDesktopsDetail, 403, nil, nil)
	if want := "ListDesktopsDetail: HTTP 403: Forbidden: ask your administrator to allow this read operation"; err.Error() != want {
		t.Errorf("got %s, want %s", err, want)
	}
}

// TestAnswersNameNobody: whatever stands where in an answer, the error has none
// of it, and its details have no mail, address or body.
func TestAnswersNameNobody(t *testing.T) {
	t.Parallel()
	const user, mail, ip, phone = "zoe.quill", "zoe.quill@example.com", "192.168.7.7", "+86 138 0013 8000"
	text := user + " " + mail + " " + ip + " " + phone + " fa:16:3e:01:02:03 fe80::1:2"
	body := `{"users":[{"user_name":"` + user + `","user_email":"` + mail + `"}]}`
	for name, answer := range map[string]func(*http.Request, int) (*http.Response, error){
		"message":       always(500, `{"error_code":"WKS.1","error_msg":"`+text+`"}`),
		"code":          always(400, `{"error_code":"`+text+`","error_msg":"x"}`),
		"request id":    always(400, `{"error_code":"WKS.1","request_id":"`+mail+`"}`),
		"header":        always(500, "", "X-Request-Id", text),
		"plain":         always(502, text),
		"HTML":          always(502, "<title>"+text+"</title>"),
		"redirect":      always(302, "", "Location", "https://"+user+".example.com/"),
		"body":          always(500, body),
		"BOM":           always(200, "\uFEFF"+body),
		"body in text":  always(500, "backend: "+body),
		"body in error": always(500, `{"error_code":"WKS.1","error_msg":"{\"user_name\":\"`+user+`\"}"}`),
		"no JSON":       always(200, text),
		"hidden error":  always(200, `{"error_code":"WKS.1","error_msg":"`+text+`"}`),
		"refused key":   always(401, `{"error_code":"APIGW.0301","error_msg":"`+text+`"}`),
		"network": func(*http.Request, int) (*http.Response, error) {
			return nil, fmt.Errorf("malformed HTTP response %q", text)
		},
		"proxy": func(*http.Request, int) (*http.Response, error) {
			return nil, &net.OpError{Op: "proxyconnect", Err: &net.DNSError{Name: user, Err: "no such host", IsNotFound: true}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(1, answer)
				b.config.Load().Clean = func(text string) string { return strings.ReplaceAll(text, user, "<name>") }
				b.Account.log = slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				err := b.get(t.Context(), endpointN(0, 600))
				var e *Error
				errors.As(err, &e)
				shown := map[string]string{"error": err.Error(), "log": b.log.String(), "details": strings.ReplaceAll(e.Detail(), user, "")}
				for where, shown := range shown {
					for _, private := range []string{user, "quill", "@example", ip, "138 0013", "fa:16", "fe80", "user_name"} {
						if strings.Contains(shown, private) {
							t.Errorf("%s shows %q: %s", where, private, shown)
						}
					}
				}
			})
		})
	}
}

// TestErrorsShowNoValue that is not as documented.
func TestErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`"zoe.quill"`, `{"user_name":"zoe.quill"}`, `["zoe.quill"]`} {
		var n Number
		var text Text
		numeric, textual := n.UnmarshalJSON([]byte(value)), text.UnmarshalJSON([]byte(value))
		for _, err := range []error{numeric, textual} {
			if err == nil {
				continue
			}
			for _, e := range []*Error{
				{Operation: "List", Kind: Malformed, Message: "answer is not as documented", Err: fmt.Errorf("member `x`: %w", err)},
				{Operation: "List", Kind: Malformed, Message: fmt.Sprintf("member `x`: %v", err)},
			} {
				if text := e.Error(); strings.Contains(text, "zoe") || !strings.Contains(text, "member `x`: want a") {
					t.Errorf("%s became %q", value, text)
				}
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Time{
		"":                              {},
		"10":                            now.Add(10 * time.Second),
		" 0 ":                           now,
		"-1":                            {},
		"1.5":                           {},
		"99999999999":                   {},
		"Fri, 02 Jan 2026 03:05:00 GMT": time.Date(2026, 1, 2, 3, 5, 0, 0, time.UTC),
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, "", now); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 30, 0, 0, time.UTC)
	for date, want := range map[string]string{
		"":                              "",
		"Fri, 02 Jan 2026 03:28:00 GMT": "",
		"Fri, 02 Jan 2026 03:10:00 GMT": "; the clock of this machine is 20m0s ahead of the server's",
		"Fri, 02 Jan 2026 04:00:00 GMT": "; the clock of this machine is 30m0s behind the server's",
	} {
		if got := clockSkew(date, now); got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
}
