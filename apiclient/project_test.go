package apiclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const regionsProject = `{"projects":[{"id":"0123","name":"ap-southeast-3"}]}`

func TestRequestURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		endpoint, path string
		members        map[string]string
		query          url.Values
		want           string
	}{
		{"https://h", "/v2/{project_id}/desktops", nil, nil, "https://h/v2/p1/desktops"},
		{"http://127.0.0.1:8080/base", "/v2/{project_id}/desktops", nil, nil, "http://127.0.0.1:8080/base/v2/p1/desktops"},
		{"https://h", "/v2/{project_id}/desktops/{id}/x", map[string]string{"id": "a/b c%?#"}, nil, "https://h/v2/p1/desktops/a%2Fb%20c%25%3F%23/x"},
		{"https://h", "/v3/users/x", nil, url.Values{"a": {"1", "2"}, "user_name": {"j d+e&f"}}, "https://h/v3/users/x?a=1&a=2&user_name=j%20d%2Be%26f"},
	} {
		u, err := requestURL(c.endpoint, "p1", Request{Endpoint: Endpoint{Path: c.path}, Path: c.members, Query: c.query})
		if err != nil || u.String() != c.want {
			t.Errorf("%s: %v, %v; want %s", c.path, u, err, c.want)
		}
	}
	for _, c := range []struct {
		endpoint string
		members  map[string]string
	}{
		{"https://h", nil},
		{"https://h", map[string]string{"id": ""}},
		{"https://h", map[string]string{"id": ".."}},
		{"https://h", map[string]string{"id": "."}},
		{"h", map[string]string{"id": "x"}},
		{"https://h:port", map[string]string{"id": "x"}},
	} {
		if u, err := requestURL(c.endpoint, "p1", Request{Endpoint: Endpoint{Path: "/v2/{id}"}, Path: c.members}); err == nil {
			t.Errorf("%+v: %s, want an error", c, u)
		}
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		_ = b.get(t.Context(), ListAlarms)
		_, _ = b.project.Poll(time.Second).Call(t.Context(), Request{
			Endpoint: Endpoint{Operation: "Post", Method: http.MethodPost, Path: "/v2/{project_id}/x", Limit: 100}, Body: []byte(`{"a":1}`),
		})
		sent := b.wire.requests()
		get, post := sent[0].req, sent[1].req
		for name, want := range map[string]string{
			"Accept": "application/json", "User-Agent": "workspace_exporter/test", "X-Project-Id": "p1", "Content-Type": "application/json",
			"X-Language": "en-us",
		} {
			if got := get.Header.Get(name); got != want {
				t.Errorf("GET %s: %q, want %q", name, got, want)
			}
		}
		if post.Header.Get("Content-Type") != "application/json" || post.ContentLength != 7 {
			t.Errorf("POST: %v, length %d", post.Header, post.ContentLength)
		}
		if _, limited := get.Context().Deadline(); !limited {
			t.Error("the attempt has no deadline")
		}
		if got := b.observer.seen[0]; got.Account != "prod" || got.Region != "ap-southeast-3" || got.Project != "hq" || got.Operation != "ListAlarms" || got.Code != "200" || got.Status != 200 {
			t.Errorf("observation = %+v", got)
		}
	})
}

func TestEndpointOfTheRegion(t *testing.T) {
	t.Parallel()
	a := newBench(1, nil).Account
	if got, want := a.Project(ProjectConfig{Region: "r-1"}).Endpoint(), "https://workspace.r-1.myhuaweicloud.com"; got != want {
		t.Errorf("endpoint %s, want %s", got, want)
	}
	if got, want := a.Project(ProjectConfig{Endpoint: "https://h/base/"}).Endpoint(), "https://h/base"; got != want {
		t.Errorf("endpoint %s, want %s", got, want)
	}
}

// undiscovered is a project whose id is not configured.
func undiscovered(b *bench) *Project {
	return b.Project(ProjectConfig{Name: "hq", Region: "ap-southeast-3"})
}

func TestProjectIDIsAskedForOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
			time.Sleep(time.Second)
			if req.URL.Path == "/v3/projects" {
				if req.Header.Get("Authorization") == "" || req.Header.Get("X-Project-Id") != "" {
					t.Errorf("headers of discovery: %v", req.Header)
				}
				return respond(200, regionsProject), nil
			}
			return respond(200, "{}"), nil
		})
		p := undiscovered(b)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := p.Poll(time.Minute).Call(t.Context(), Request{Endpoint: ListAlarms}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		asked := 0
		for _, r := range b.wire.requests() {
			if strings.HasPrefix(r.path, "GET iam.ap-southeast-3.myhuaweicloud.com/v3/projects") {
				asked++
			} else if !strings.HasSuffix(r.path, "/v2/0123/alarms") || r.req.Header.Get("X-Project-Id") != "0123" {
				t.Errorf("request %s", r.path)
			}
		}
		if asked != 1 {
			t.Errorf("IAM was asked %d times", asked)
		}
		if id, err := p.ID(t.Context()); id != "0123" || err != nil {
			t.Errorf("%s, %v", id, err)
		}
	})
}

func TestProjectIDFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := respondLater(403, `{"error":{"code":403,"message":"no","title":"Forbidden"}}`)
		b := newBench(1, func(req *http.Request, n int) (*http.Response, error) { return answer(req, n) })
		p := undiscovered(b)
		var all sync.WaitGroup
		for range 10 { // one question, one failure for all who waited
			all.Go(func() {
				_, err := p.Poll(time.Minute).Call(t.Context(), Request{Endpoint: ListAlarms})
				var e *Error
				if !errors.As(err, &e) || e.Kind != Forbidden || e.Operation != "KeystoneListProjects" || !strings.Contains(e.Error(), "iam:projects:listProjects") {
					t.Errorf("error = %v", err)
				}
			})
		}
		all.Wait()
		if n := len(b.wire.requests()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
		answer = respondLater(200, regionsProject) // and the next one asks again
		if id, err := p.ID(t.Context()); id != "0123" || err != nil {
			t.Errorf("%s, %v", id, err)
		}
	})
}

func respondLater(status int, body string) func(*http.Request, int) (*http.Response, error) {
	return func(*http.Request, int) (*http.Response, error) {
		time.Sleep(time.Second)
		return respond(status, body), nil
	}
}

// One caller that gives up must not fail the others.
func TestProjectIDCallerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, func(req *http.Request, _ int) (*http.Response, error) {
			select {
			case <-req.Context().Done():
				return nil, req.Context().Err()
			case <-time.After(time.Second):
				return respond(200, regionsProject), nil
			}
		})
		p := undiscovered(b)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel)
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := p.ID(ctx); KindOf(err) != Canceled {
				t.Errorf("error = %v", err)
			}
		})
		time.Sleep(time.Millisecond)
		all.Go(func() {
			if _, err := p.ID(t.Context()); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := p.ID(ctx); KindOf(err) != Canceled {
				t.Errorf("error = %v", err)
			}
		})
		all.Wait()
	})
}

func TestProjectsOfOneRegionShareTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(1, statuses(200))
		other := b.Project(ProjectConfig{Name: "lab", Region: "ap-southeast-3", ID: "p2"})
		far := b.Project(ProjectConfig{Name: "far", Region: "eu-west-101", ID: "p3"})
		e := endpointN(0, 60)
		start := time.Now()
		_ = b.get(t.Context(), e)
		_, _ = far.Poll(time.Second).Call(t.Context(), Request{Endpoint: e})
		_, _ = other.Poll(time.Second).Call(t.Context(), Request{Endpoint: e})
		times := b.wire.times(start)
		if times[1] != 0 || times[2].Round(time.Millisecond) != 1010*time.Millisecond {
			t.Errorf("requests at %v", times)
		}
		if budgets := b.Budgets(); len(budgets) != 2 || budgets[0].Region != "ap-southeast-3" || budgets[0].Used != 2 || budgets[1].Used != 1 {
			t.Errorf("budgets = %+v", budgets)
		}
	})
}
