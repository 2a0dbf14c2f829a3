package apiclient

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// defaultTimeout bounds each attempt for which nothing else is said.
const defaultTimeout = 30 * time.Second

// ProjectConfig names a project of an account.
type ProjectConfig struct {
	Name, Region string
	// ID is the project id; "" asks IAM for the project named as the region.
	ID string
	// Endpoint is the base URL of the API; "" means that of the region.
	Endpoint string
}

// Project is one project in one region. It is safe for concurrent use.
type Project struct {
	account  *Account
	config   ProjectConfig
	endpoint string

	lock     chan struct{} // held by the caller that asks for the id
	id       string        // guarded by lock, as the following
	failure  error         // of the latest question
	failedAt time.Time

	foundID atomic.Pointer[string] // the id that was asked for
}

// Project returns a project of the account. It shares the account's budgets
// with all others in the same region. The same configuration gives the same
// project, until Apply changes whose it is.
func (a *Account) Project(cfg ProjectConfig) *Project {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.projects[cfg]
	if p == nil {
		p = &Project{
			account:  a,
			config:   cfg,
			endpoint: strings.TrimRight(cmp.Or(cfg.Endpoint, RegionOf(cfg.Region).Workspace), "/"),
			lock:     make(chan struct{}, 1),
			id:       cfg.ID,
		}
		a.projects[cfg] = p
	}
	return p
}

// Endpoint returns the base URL of the API.
func (p *Project) Endpoint() string { return p.endpoint }

// IAMEndpoint returns the base URL of IAM, which is asked for the project id.
func (p *Project) IAMEndpoint() string {
	return iamEndpoint(p.config.Region, p.account.config.Load().IAMEndpoint)
}

// KnownID returns the project id without asking for it, "" if it is not known
// yet.
func (p *Project) KnownID() string {
	if id := p.foundID.Load(); id != nil {
		return *id
	}
	return p.config.ID
}

// ID returns the project id. Unless configured it is asked for once; callers
// that come meanwhile share the answer.
func (p *Project) ID(ctx context.Context) (string, error) {
	arrived := time.Now()
	select {
	case p.lock <- struct{}{}:
		defer func() { <-p.lock }()
	case <-ctx.Done():
		failure := contextError(ctx)
		failure.Operation = Discovery
		return "", failure
	}
	if p.id != "" {
		return p.id, nil
	}
	// The question that failed while this caller waited was asked for it too.
	if p.failure != nil && p.failedAt.After(arrived) {
		return "", p.failure
	}
	id, err := p.findID(ctx)
	switch {
	case err == nil:
		p.id, p.failure = id, nil
		p.foundID.Store(&id)
	case ctx.Err() != nil: // this caller's own end says nothing to the others
		return "", err
	default:
		p.failure, p.failedAt = err, time.Now()
	}
	return p.id, p.failure
}

// Poll returns the view of the API for one poll, a Caller that counts its
// requests. attemptTimeout bounds each attempt of a call from the moment it
// has its token; 0 means 30 s.
func (p *Project) Poll(attemptTimeout time.Duration) *Poll {
	if attemptTimeout <= 0 {
		attemptTimeout = defaultTimeout
	}
	return &Poll{project: p, timeout: attemptTimeout, calls: make(map[string]int)}
}

// Poll is a Caller for one poll of a project.
type Poll struct {
	project *Project
	timeout time.Duration

	mu    sync.Mutex
	calls map[string]int
}

// Call implements Caller.
func (p *Poll) Call(ctx context.Context, req Request) ([]byte, error) {
	id := p.project.config.ID
	if strings.Contains(req.Endpoint.Path, "{project_id}") {
		var err error
		if id, err = p.project.ID(ctx); err != nil {
			return nil, err
		}
	}
	u, err := requestURL(p.project.endpoint, id, req)
	if err != nil {
		return nil, &Error{Operation: req.Endpoint.Operation, Kind: Client, Err: err}
	}
	body, failure := p.project.account.do(ctx, &call{
		endpoint:  req.Endpoint,
		url:       u,
		body:      req.Body,
		project:   p.project.config.Name,
		projectID: id,
		timeout:   p.timeout,
		limiter:   p.project.account.limiter(p.project.config.Region, req.Endpoint),
		sent:      p.count,
	})
	if failure != nil {
		return nil, failure
	}
	if answers := p.project.account.config.Load().Answers; answers != nil {
		answers.ObserveAnswer(Answer{
			Account: p.project.account.Name(), Region: p.project.config.Region, Project: p.project.config.Name,
			Endpoint: req.Endpoint, Query: req.Query, Body: body,
		})
	}
	return body, nil
}

func (p *Poll) count(operation string) {
	p.mu.Lock()
	p.calls[operation]++
	p.mu.Unlock()
}

// Calls returns how many requests went out so far, by operation.
func (p *Poll) Calls() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.calls)
}

// requestURL fills the path template of a request.
func requestURL(endpoint, projectID string, req Request) (*url.URL, error) {
	base, err := url.Parse(endpoint)
	if err != nil || base.Host == "" {
		return nil, errors.New("endpoint " + endpoint + " is no URL: it has the form https://host")
	}
	segments := strings.Split(strings.TrimPrefix(req.Endpoint.Path, "/"), "/")
	for i, segment := range segments {
		name, isMember := strings.CutPrefix(segment, "{")
		if !isMember {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		value := req.Path[name]
		if name == "project_id" {
			value = projectID
		}
		if value == "" || value == "." || value == ".." {
			return nil, errors.New("path member " + name + " has no usable value")
		}
		segments[i] = url.PathEscape(value)
	}
	if base.Path == "" {
		base.Path = "/"
	}
	// JoinPath keeps the escapes beside the plain path.
	u := base.JoinPath(segments...)
	// "+" means a blank only to forms; "%20" does to everybody.
	u.RawQuery = strings.ReplaceAll(req.Query.Encode(), "+", "%20")
	return u, nil
}
