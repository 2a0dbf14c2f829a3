package check

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/iam"
)

// Result is the outcome of a check.
type Result string

// The results there are. Only the first three let the command succeed.
const (
	OK            Result = "OK"
	Warning       Result = "WARNING"
	Skipped       Result = "SKIPPED"
	Forbidden     Result = "FORBIDDEN"
	NotSubscribed Result = "NOT SUBSCRIBED"
	NotAvailable  Result = "NOT AVAILABLE"
	Throttled     Result = "THROTTLED"
	Failed        Result = "FAILED"
)

// Results lists all results.
func Results() []Result {
	return []Result{OK, Warning, Skipped, Forbidden, NotSubscribed, NotAvailable, Throttled, Failed}
}

// Good tells whether the result lets the command succeed.
func (r Result) Good() bool { return slices.Contains([]Result{OK, Warning, Skipped}, r) }

// Kinds of checks.
const (
	kindCredentials = "credentials"
	kindEndpoint    = "endpoint"
	kindProjectID   = "project_id"
	kindClock       = "clock"
	kindCall        = "call"
)

// Check is one thing that was checked. Its JSON form is documented in
// docs/check.md.
type Check struct {
	Account string `json:"account"`
	// Region and Project are empty where the check is about the account.
	Region  string `json:"region"`
	Project string `json:"project"`
	Kind    string `json:"kind"`
	// Name is what was checked: an operation, a URL, a source.
	Name string `json:"name"`
	// Request is the method and the path template of a call.
	Request string `json:"request"`
	// Collectors use the call.
	Collectors []string `json:"collectors"`
	Result     Result   `json:"result"`
	Seconds    float64  `json:"duration_seconds"`
	HTTPStatus int      `json:"http_status"`
	ErrorCode  string   `json:"error_code"`
	RequestID  string   `json:"request_id"`
	// Actions are the IAM actions to add where the call is forbidden.
	Actions []string `json:"iam_actions"`
	// Message says what was found, Advice what to do about it.
	Message string `json:"message"`
	Advice  string `json:"advice"`
}

// done returns the check with its result.
func (c Check) done(r Result, message, advice string) Check {
	c.Result, c.Message, c.Advice = r, message, advice
	return c
}

// took notes how long the check took.
func (c Check) took(d time.Duration) Check {
	c.Seconds = d.Seconds()
	return c
}

// failed returns the check of a call that failed.
func (c Check) failed(e apiclient.Endpoint, err error) Check {
	failure, ok := errors.AsType[*apiclient.Error](err)
	if !ok {
		return c.done(Failed, err.Error(), "")
	}
	c.HTTPStatus, c.ErrorCode, c.RequestID = failure.Status, failure.Code, failure.RequestID
	c = c.done(resultOf(e, failure), failure.FullFact(), adviceFor(failure))
	if c.Result == Forbidden && !shutOut(failure) {
		c.Actions = iam.Actions(e)
		c.Advice = "allow the IAM action " + strings.Join(c.Actions, ", ")
		if e.Action == "" {
			c.Advice += " (wildcards: no page of the reference confirms the name of this operation's action)"
		}
	}
	return c
}

// adviceFor is the advice of the failure, without what only a running exporter
// does.
func adviceFor(failure *apiclient.Error) string {
	switch failure.Kind {
	case apiclient.Server:
		return "try again later; if it lasts, give the request id to the support of the service"
	case apiclient.Throttled:
		return "other programs use this key, such as a running exporter: try again in a minute; if it lasts, lower budget.share"
	case apiclient.Client:
		return "check region and project_id; if they are right the API may have changed: report it with the request id"
	default:
		return failure.Advice()
	}
}

func resultOf(e apiclient.Endpoint, failure *apiclient.Error) Result {
	switch failure.Kind {
	case apiclient.Forbidden:
		return Forbidden
	case apiclient.Unsubscribed:
		return NotSubscribed
	case apiclient.Throttled:
		return Throttled
	case apiclient.NotFound:
		// Where the path names an object, it may be the object that is missing.
		if !e.NamesObject() || strings.HasSuffix(failure.Code, ".0101") {
			return NotAvailable
		}
	}
	return Failed
}

// shutOut tells whether the gateway keeps the key from the project or this
// machine from the service, so that no action can help.
func shutOut(failure *apiclient.Error) bool {
	return failure.Kind == apiclient.Forbidden && strings.HasPrefix(failure.Code, "APIG") &&
		(strings.HasSuffix(failure.Code, ".0310") || strings.HasSuffix(failure.Code, ".0401") || strings.HasSuffix(failure.Code, ".0402"))
}

// Report is the outcome of all checks.
type Report struct {
	// Version changes when a member of the report changes its meaning or goes.
	Version int `json:"version"`
	// OK says that the command succeeded.
	OK bool `json:"ok"`
	// Counts are the numbers of checks by result.
	Counts map[Result]int `json:"counts"`
	Checks []Check        `json:"checks"`
	// Drift is empty where all answers are as believed.
	Drift []Difference `json:"drift"`
}

// Difference is a place where answers of an operation differ from what the
// exporter believes of them. It holds no value of an answer.
type Difference struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Project string `json:"project"`
	API     string `json:"api"`
	Place   string `json:"place"`
	// Difference is a kind of package drift, Text the same in words.
	Difference string `json:"difference"`
	Text       string `json:"text"`
}

func newReport(checks []Check) Report {
	r := Report{Version: 1, OK: true, Counts: map[Result]int{}, Checks: checks, Drift: []Difference{}}
	for i, c := range checks {
		r.Counts[c.Result]++
		r.OK = r.OK && c.Result.Good()
		// Lists are never null in JSON.
		checks[i].Collectors = append([]string{}, c.Collectors...)
		checks[i].Actions = append([]string{}, c.Actions...)
	}
	return r
}

// Bad returns the number of checks that keep the command from succeeding.
func (r Report) Bad() int {
	n := 0
	for result, count := range r.Counts {
		if !result.Good() {
			n += count
		}
	}
	return n
}

// JSON returns the report as an indented document.
func (r Report) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}
