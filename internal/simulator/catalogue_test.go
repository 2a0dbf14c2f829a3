package simulator

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// What the product can call exists here, and nothing else does.
func TestEveryCatalogueRowHasAnAnswer(t *testing.T) {
	t.Parallel()
	left := answers()
	for _, endpoint := range append(apiclient.Catalogue(), listProjects) {
		answer, ok := left[endpoint.Operation]
		if !ok {
			t.Errorf("%s is in the catalogue and has no answer", endpoint.Operation)
			continue
		}
		delete(left, endpoint.Operation)
		if (answer.reply == nil) == (answer.global == nil) {
			t.Errorf("%s needs either reply or global", endpoint.Operation)
		}
		if (answer.reply != nil) != strings.Contains(endpoint.Path, "{project_id}") {
			t.Errorf("%s: reply is for operations of a project, global for others", endpoint.Operation)
		}
		seen := map[string]bool{}
		for _, p := range answer.params {
			if seen[p.name] {
				t.Errorf("%s: parameter %s has two rules", endpoint.Operation, p.name)
			}
			seen[p.name] = true
		}
		path := strings.ReplaceAll(strings.ReplaceAll(endpoint.Path, "{", ""), "}", "")
		if route, _ := match(routes(), endpoint.Method, path); route == nil || route.Operation != endpoint.Operation {
			t.Errorf("%s %s is routed to %v", endpoint.Method, path, route)
		}
	}
	for operation := range left {
		t.Errorf("%s has an answer and is not in the catalogue", operation)
	}
}

// The page size in the catalogue is the largest that is taken.
func TestPageSizes(t *testing.T) {
	t.Parallel()
	answers := answers()
	for _, endpoint := range apiclient.Catalogue() {
		rules := answers[endpoint.Operation].params
		i := slices.IndexFunc(rules, func(p param) bool { return p.name == "limit" })
		if (i >= 0) != (endpoint.Page.Size > 0) {
			t.Errorf("%s: the catalogue's page size is %d, a limit parameter exists: %t", endpoint.Operation, endpoint.Page.Size, i >= 0)
		}
		if i < 0 {
			continue
		}
		limit := rules[i : i+1]
		for size, allowed := range map[int]bool{0: false, 1: true, endpoint.Page.Size: true, endpoint.Page.Size + 1: false} {
			if err := check(limit, url.Values{"limit": {fmt.Sprint(size)}}); (err == nil) != allowed {
				t.Errorf("%s: limit=%d: %v", endpoint.Operation, size, err)
			}
		}
	}
}

func TestSpecificRoutesGoFirst(t *testing.T) {
	t.Parallel()
	all := []route{}
	for _, path := range []string{"/v2/{project_id}/desktops/detail", "/v2/{project_id}/desktops/{desktop_id}"} {
		all = append(all, route{Endpoint: apiclient.Endpoint{Operation: path, Method: "GET", Path: path}, segments: strings.Split(path, "/")})
	}
	for path, want := range map[string]string{
		"/v2/p/desktops/detail": "/v2/{project_id}/desktops/detail",
		"/v2/p/desktops/d-1":    "/v2/{project_id}/desktops/{desktop_id}",
		"/v2/p/desktops/":       "",
		"/v2/p/desktops":        "",
		"/v2/p/desktops/d-1/":   "",
	} {
		got := ""
		r, members := match(all, "GET", path)
		if r != nil {
			got = r.Operation
		}
		is(t, path, got, want)
		if path == "/v2/p/desktops/d-1" {
			is(t, "desktop_id", members["desktop_id"], "d-1")
		}
	}
}
