// Package response is how answers and refusals are written.
package response

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Response is an answer before it is written.
type Response struct {
	Status      int
	ContentType string
	RetryAfter  string
	// Body is written as it is; problem, if set, instead of it.
	Body    []byte
	Problem *Problem
	// Abort closes the connection without an answer.
	Abort bool
}

// Problem is the error body of gateway and service. Only the gateway sends a
// request id.
type Problem struct {
	Code      string `json:"error_code"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id,omitempty"`
}

// Refuse is an error answer.
func Refuse(status int, code, message string) Response {
	return Response{Status: status, Problem: &Problem{Code: code, Message: message}}
}

// BadRequest is the service's answer to a parameter it does not take.
func BadRequest(err error) Response {
	return Refuse(http.StatusBadRequest, "WKS.0001", "Invalid request: "+err.Error())
}

// Refusal lets an answer function refuse a request that the parameter rules
// let pass.
type Refusal string

// Encode turns what an answer function returned into a response.
func Encode(value any) Response {
	switch value := value.(type) {
	case Refusal:
		return BadRequest(fmt.Errorf("%s", string(value)))
	case Response:
		return value
	}
	body, err := json.Marshal(value)
	if err != nil {
		return Refuse(http.StatusInternalServerError, "APIGW.0601", "cannot encode the answer: "+err.Error())
	}
	return Response{Status: http.StatusOK, Body: body}
}

func (r Response) Write(w http.ResponseWriter, requestID string) {
	body := r.Body
	if r.Problem != nil {
		p := *r.Problem
		if strings.HasPrefix(p.Code, "APIGW.") {
			p.RequestID = requestID
		}
		body, _ = json.Marshal(p) // three strings always encode
	}
	contentType := r.ContentType
	if contentType == "" {
		contentType = "application/json;charset=UTF-8"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.RetryAfter != "" {
		w.Header().Set("Retry-After", r.RetryAfter)
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(body) // a client that has gone away needs no answer
}
