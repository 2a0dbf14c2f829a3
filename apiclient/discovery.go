package apiclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxProjectsBody bounds the list of projects of one name: it has one entry,
// of some hundred bytes.
const maxProjectsBody = 1 << 20

// Discovery is the operation that asks IAM for a project id.
const Discovery = "KeystoneListProjects"

// listProjects is IAM's operation. It is no row of the catalogue: it is not
// part of the Workspace API and is called once, if at all. The name of its
// action is common knowledge, not confirmed by a page.
func listProjects() Endpoint {
	return Endpoint{
		Operation: Discovery,
		Method:    http.MethodGet,
		Path:      "/v3/projects",
		Action:    "iam:projects:listProjects",
	}
}

// iamEndpoint returns the base URL of IAM for a region: override if there is
// one, the region's own host if it has one, else the global host.
func iamEndpoint(region, override string) string {
	if override != "" {
		return strings.TrimSuffix(override, "/")
	}
	switch region {
	// The regions with a host of their own: SDK v0.1.207,
	// core/auth/internal/iam_endpoint.go.
	case "ae-ad-1", "af-south-1",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
		"cn-east-2", "cn-east-3", "cn-east-4", "cn-east-5",
		"cn-north-1", "cn-north-12", "cn-north-2", "cn-north-4", "cn-north-9",
		"cn-south-1", "cn-south-2", "cn-southwest-2",
		"eu-west-0", "la-north-2", "la-south-2", "me-east-1", "my-kualalumpur-1",
		"na-mexico-1", "ru-moscow-1", "sa-brazil-1", "tr-west-1":
		return "https://iam." + region + ".myhuaweicloud.com"
	}
	return "https://iam.myhuaweicloud.com"
}

// discoverProjectID asks IAM for the id of the project that has the name of
// the region, which is the region's default project.
// do signs and sends one request. An answer that gives no id is an *Error;
// what do returns is passed on.
func discoverProjectID(ctx context.Context, iamEndpoint, region string, do func(*http.Request) (*http.Response, error)) (string, error) {
	id, err := findProject(ctx, iamEndpoint, region, do)
	if err != nil {
		return "", fmt.Errorf("project id of region %s: %w", region, err)
	}
	return id, nil
}

func findProject(ctx context.Context, iamEndpoint, region string, do func(*http.Request) (*http.Response, error)) (string, error) {
	e := listProjects()
	req, err := http.NewRequestWithContext(ctx, e.Method, iamEndpoint+e.Path+"?"+url.Values{"name": {region}}.Encode(), nil)
	if err != nil {
		return "", fmt.Errorf("iam_endpoint: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxProjectsBody+1))
	if err != nil {
		return "", fmt.Errorf("%s: reading the answer: %w", e.Operation, err)
	}
	if resp.StatusCode/100 != 2 {
		return "", refusal(e, resp.StatusCode, resp.Header, body)
	}
	id, failure := pickProject(body, region)
	if failure != nil {
		failure.Operation, failure.Status, failure.RequestID = e.Operation, resp.StatusCode, requestID(resp.Header)
		return "", failure
	}
	return id, nil
}

// pickProject returns the id of the one project in body that is named region.
func pickProject(body []byte, region string) (string, *Error) {
	var answer struct {
		Projects *[]struct{ ID, Name string }
	}
	if len(body) > maxProjectsBody || json.Unmarshal(body, &answer) != nil || answer.Projects == nil {
		return "", &Error{Kind: Malformed, Err: errors.New("the answer is not a list of projects; check iam_endpoint")}
	}
	var ids []string
	for _, p := range *answer.Projects {
		// An id of another name would make every number that of another
		// project, so the filter is not left to the server alone.
		if p.ID != "" && p.Name == region {
			ids = append(ids, p.ID)
		}
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", &Error{Kind: Client, Err: fmt.Errorf("there is no project named %s: the account has never opened this region or the key may not list projects; set project_id", region)}
	}
	return "", &Error{Kind: Client, Err: fmt.Errorf("%d projects are named %s: set project_id to one of %s", len(ids), region, strings.Join(ids, ", "))}
}
