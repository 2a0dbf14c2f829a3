package apiclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Discovery is the operation that asks IAM for a project id.
const Discovery = "KeystoneListProjects"

// FindProjects is IAM's operation that finds a project by its name. It is not
// in the catalogue: it is no part of the Workspace API and is called once, if
// at all. No page confirms the name of its action. Its limit is not published:
// 60 is far more than it needs.
func FindProjects() Endpoint {
	return Endpoint{
		Operation: Discovery,
		Method:    http.MethodGet,
		Path:      "/v3/projects",
		Action:    "iam:projects:listProjects",
		Limit:     60,
		Assumed:   true,
	}
}

// iamEndpoint returns the base URL of IAM for a region: override if there is
// one, else that of the table of regions.
func iamEndpoint(region, override string) string {
	if override != "" {
		return strings.TrimSuffix(override, "/")
	}
	return RegionOf(region).IAM
}

// findID asks IAM for the id of the project that has the name of the region,
// which is the region's default project.
func (p *Project) findID(ctx context.Context) (string, error) {
	e, region := FindProjects(), p.config.Region
	u, err := url.Parse(p.IAMEndpoint() + e.Path + "?" + url.Values{"name": {region}}.Encode())
	if err != nil {
		return "", &Error{Operation: e.Operation, Kind: Client, Err: fmt.Errorf("project id of region %s: iam_endpoint: %w", region, err)}
	}
	body, failure := p.account.do(ctx, &call{
		endpoint: e,
		url:      u,
		project:  p.config.Name,
		timeout:  defaultTimeout,
		limiter:  p.account.limiter(region, e),
		sent:     func(string) {},
	})
	var id string
	if failure == nil {
		id, failure = pickProject(body, region)
	}
	if failure != nil {
		return "", fmt.Errorf("project id of region %s: %w", region, failure)
	}
	return id, nil
}

// pickProject returns the id of the one project in a successful answer that is
// named region.
func pickProject(body []byte, region string) (string, *Error) {
	failed := func(kind Kind, format string, args ...any) *Error {
		return &Error{Operation: Discovery, Kind: kind, Status: http.StatusOK, Err: fmt.Errorf(format, args...)}
	}
	var answer struct {
		Projects *[]struct{ ID, Name string }
	}
	if json.Unmarshal(body, &answer) != nil || answer.Projects == nil {
		return "", failed(Malformed, "the answer is not a list of projects; check iam_endpoint")
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
		return "", failed(Client, "there is no project named %s: the account has never opened this region or the key may not list projects; set project_id", region)
	}
	return "", failed(Client, "%d projects are named %s: set project_id to one of %s", len(ids), region, strings.Join(ids, ", "))
}
