package notifier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

var (
	hq  = Project{Account: "prod", Region: "ap-southeast-3", Name: "hq"}
	lab = Project{Account: "prod", Region: "ap-southeast-3", Name: "lab"}
)

const resend = time.Minute

// testConfig sends to the named hosts.
func testConfig(hosts ...string) Config {
	c := Config{
		Projects:       map[Project]map[string]string{hq: {"site": "sg1"}, lab: nil},
		ResendInterval: resend, QueueCapacity: 1000,
		ExternalLabels: map[string]string{"cluster": "c1"},
		Severities:     map[string]string{"critical": "critical", "major": "warning", "minor": "warning", "info": "info"},
	}
	for _, host := range hosts {
		c.Alertmanagers = append(c.Alertmanagers, Alertmanager{URL: "http://" + host, Timeout: 10 * time.Second})
	}
	return c
}

// alarmNamed is an alarm of a resource that began a while before at.
func alarmNamed(record, resource string, at time.Time) Alarm {
	return Alarm{
		RecordID: record, AlarmID: "al-cpu", Name: "cpu high", Level: "major", Begin: at.Add(-10 * time.Second),
		Metric: "cpu_util", ResourceID: resource, ResourceName: "alice-pc",
		Condition: Condition{Filter: "average", Operator: ">=", Unit: "%", Threshold: new(90.0), Period: 5 * time.Minute, Count: 3},
		Observed:  new(97.2),
	}
}

// received is an alert with when it came.
type received struct {
	alert
	at time.Time
}

func (r received) resource() string { return r.Labels["resource_id"] }

// isResolved tells whether Alertmanager would show it as such.
func (r received) isResolved() bool { return !r.EndsAt.After(r.at) }

// fakes are Alertmanagers by host, behind a transport without a network.
type fakes struct {
	*testing.T
	mu      sync.Mutex
	got     map[string][]received
	batches map[string][]int
	broken  map[string]func(*http.Request) (int, error)
}

func newFakes(t *testing.T) *fakes {
	return &fakes{T: t, got: map[string][]received{}, batches: map[string][]int{}, broken: map[string]func(*http.Request) (int, error){}}
}

// fail lets requests to a host end with f until it is nil.
func (f *fakes) fail(host string, how func(*http.Request) (int, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken[host] = how
}

func status(code int) func(*http.Request) (int, error) {
	return func(*http.Request) (int, error) { return code, nil }
}

func hang(r *http.Request) (int, error) {
	<-r.Context().Done()
	return 0, r.Context().Err()
}

func (f *fakes) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	broken := f.broken[r.URL.Host]
	f.mu.Unlock()
	w := httptest.NewRecorder()
	if broken != nil {
		code, err := broken(r)
		if err != nil {
			return nil, err
		}
		w.WriteHeader(code)
	} else {
		f.take(r)
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// take checks a request the way Alertmanager does and notes its alerts.
func (f *fakes) take(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/api/v2/alerts" || r.Header.Get("Content-Type") != "application/json" {
		f.Errorf("%s %s %v: %v", r.Method, r.URL, r.Header, err)
	}
	var alerts []alert
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&alerts); err != nil || len(alerts) == 0 {
		f.Errorf("%v: %s", err, body)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches[r.URL.Host] = append(f.batches[r.URL.Host], len(alerts))
	for _, a := range alerts {
		if a.EndsAt.Before(a.StartsAt) || a.StartsAt.IsZero() {
			f.Errorf("the alert ends at %s and starts at %s", a.EndsAt, a.StartsAt)
		}
		a.key = key(a.Labels)
		f.got[r.URL.Host] = append(f.got[r.URL.Host], received{a, time.Now()})
	}
}

// since returns what a host got since the last call.
func (f *fakes) since(host string) []received {
	f.mu.Lock()
	defer f.mu.Unlock()
	got := f.got[host]
	f.got[host] = nil
	return got
}

// begin runs a notifier until the test ends.
func begin(t *testing.T, c Config, transport http.RoundTripper) (*Notifier, *testutil.Buffer) {
	t.Helper()
	log := &testutil.Buffer{}
	n, err := New(c, Options{
		Logger: slog.New(slog.NewTextHandler(log, nil)), UserAgent: "workspace_exporter/test", Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n.Start(ctx)
	t.Cleanup(func() {
		cancel()
		n.Stop()
	})
	return n, log
}

// summarize prints received alerts for messages.
func summarize(all []received) (s string) {
	for _, r := range all {
		s += fmt.Sprintf("\n%s resolved=%v ends=%s", r.resource(), r.isResolved(), r.EndsAt.Sub(r.at))
	}
	return s
}
