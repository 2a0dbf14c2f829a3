package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// response is an answer before it is written.
type response struct {
	status      int
	contentType string
	retryAfter  string
	// body is written as it is; problem, if set, instead of it.
	body    []byte
	problem *problem
	// abort closes the connection without an answer.
	abort bool
}

// problem is the error body of gateway and service. Only the gateway sends a
// request id.
type problem struct {
	Code      string `json:"error_code"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id,omitempty"`
}

// refuse is an error answer.
func refuse(status int, code, message string) response {
	return response{status: status, problem: &problem{Code: code, Message: message}}
}

// badRequest is the service's answer to a parameter it does not take.
func badRequest(err error) response {
	return refuse(http.StatusBadRequest, "WKS.0001", "Invalid request: "+err.Error())
}

// refusal lets an answer function refuse a request that the parameter rules
// let pass.
type refusal string

// encode turns what an answer function returned into a response.
func encode(value any) response {
	switch value := value.(type) {
	case refusal:
		return badRequest(fmt.Errorf("%s", string(value)))
	case response:
		return value
	}
	body, err := json.Marshal(value)
	if err != nil {
		return refuse(http.StatusInternalServerError, "APIGW.0601", "cannot encode the answer: "+err.Error())
	}
	return response{status: http.StatusOK, body: body}
}

func (r response) write(w http.ResponseWriter, requestID string) {
	body := r.body
	if r.problem != nil {
		p := *r.problem
		if strings.HasPrefix(p.Code, "APIGW.") {
			p.RequestID = requestID
		}
		body, _ = json.Marshal(p) // three strings always encode
	}
	contentType := r.contentType
	if contentType == "" {
		contentType = "application/json;charset=UTF-8"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.retryAfter != "" {
		w.Header().Set("Retry-After", r.retryAfter)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // a client that has gone away needs no answer
}
