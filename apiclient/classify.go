package apiclient

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/workspace-exporter/workspace_exporter/internal/foreign"
)

// codeSuccess is the one code that is no error (API reference).
const codeSuccess = "WKS.00000000"

// responseError makes an error of an answer that is not a success.
func responseError(e Endpoint, status int, header http.Header, body []byte) *Error {
	parsed := parseErrorBody(body)
	err := &Error{
		Operation: e.Operation,
		Kind:      kindOfAnswer(e, status, parsed.code),
		Status:    status,
		Code:      parsed.code,
		Message:   parsed.what,
		Said:      parsed.said,
		RequestID: parsed.requestID,
		Action:    e.Action,
	}
	if err.RequestID == "" {
		err.RequestID = requestID(header)
	}
	if status >= 300 && status < 400 {
		err.Message, err.Said = "redirects are not followed: fix the endpoint", redirection(header)
	}
	return err
}

func kindOfAnswer(e Endpoint, status int, code string) Kind {
	// The codes come first: "not subscribed" is a 403 like a missing
	// permission, and "no such object" can be a 500.
	if kind := kindOfCode(e, code); kind != "" {
		return kind
	}
	switch {
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusTooManyRequests:
		return Throttled
	case status == http.StatusRequestTimeout || status >= 500:
		return Server
	default:
		return Client
	}
}

// gatewayCode returns the digits of a code of the API gateway, "" for codes
// of other origin. Gateways spell the prefix APIGW or APIG.
func gatewayCode(code string) string {
	prefix, digits, found := strings.Cut(code, ".")
	if !found || !strings.HasPrefix(strings.ToUpper(prefix), "APIG") {
		return ""
	}
	return digits
}

// containsError tells whether a successful answer holds an error after all.
func containsError(body []byte) bool {
	if !bytes.Contains(body, []byte(`"error_code"`)) {
		return false // spares nearly every page a second reading
	}
	var top struct {
		Code Text `json:"error_code"`
	}
	return json.Unmarshal(body, &top) == nil && top.Code != "" && top.Code != codeSuccess
}

// errorBody is what the body of an error says, and what it is if it is no error
// object.
type errorBody struct {
	code, said, requestID, what string
}

// parseErrorBody understands every shape of the API reference and the SDK.
func parseErrorBody(body []byte) errorBody {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		if len(bytes.TrimSpace(body)) == 0 {
			return errorBody{}
		}
		what, text := describe(body)
		return errorBody{what: what, said: text}
	}
	s := searchError(members, 3)
	if s.requestID == "" {
		s.requestID = identifier(text(members["request_id"]))
	}
	return s
}

// searchError looks for a code and a message in an object, then in what is
// nested in it.
func searchError(members map[string]json.RawMessage, depth int) errorBody {
	for _, names := range [][2]string{{"error_code", "error_msg"}, {"code", "message"}, {"error_code", "error_message"}} {
		code, message := text(members[names[0]]), text(members[names[1]])
		if code == "" && message == "" {
			continue
		}
		if _, err := strconv.Atoi(code); err == nil {
			code = "" // IAM repeats the HTTP status here
		}
		return errorBody{code: identifier(code), said: said(message), requestID: identifier(text(members["request_id"]))}
	}
	if depth == 0 {
		return errorBody{}
	}
	for _, name := range errorMembers(members) {
		for _, nested := range objects(members[name]) {
			if s := searchError(nested, depth-1); s.code != "" || s.said != "" {
				return s
			}
		}
	}
	return errorBody{}
}

// errorMembers returns the names of the members, `error` first and the rest
// in a fixed order, so that the same answer always gives the same error.
func errorMembers(members map[string]json.RawMessage) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "error") != (b == "error") {
			if a == "error" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names
}

// objects returns data as objects: one, those of a list, or none.
func objects(data json.RawMessage) []map[string]json.RawMessage {
	var one map[string]json.RawMessage
	if json.Unmarshal(data, &one) == nil && one != nil {
		return []map[string]json.RawMessage{one}
	}
	var many []json.RawMessage
	if json.Unmarshal(data, &many) != nil {
		return nil
	}
	var found []map[string]json.RawMessage
	for _, item := range many {
		var o map[string]json.RawMessage
		if json.Unmarshal(item, &o) == nil && o != nil {
			found = append(found, o)
		}
	}
	return found
}

func text(data json.RawMessage) string {
	var t Text
	if json.Unmarshal(data, &t) != nil {
		return ""
	}
	return string(t)
}

// identifier is what should be short and without blanks; anything else is no
// identifier, and might be a name.
func identifier(s string) string {
	const most = 64
	s = cleanText(s)
	s = strings.ToValidUTF8(s[:min(len(s), most)], "")
	if strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-:/<>", r)
	}) || foreign.Anonymous(s) != s {
		return ""
	}
	return s
}

func requestID(header http.Header) string {
	if id := header.Get("X-Request-Id"); id != "" {
		return identifier(id)
	}
	return identifier(header.Get("X-Iam-Trace-Id"))
}

// redirection names the host alone: the rest of the address may hold what the
// query held.
func redirection(header http.Header) string {
	to, err := url.Parse(header.Get("Location"))
	if err != nil || to.Host == "" {
		return ""
	}
	return "to host " + said(to.Host)
}
