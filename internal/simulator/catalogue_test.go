package simulator

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
)

// What the product can call exists here, and nothing else does.
func TestEveryCatalogueRowHasAnAnswer(t *testing.T) {
	t.Parallel()
	left := answers.All()
	router := gateway.NewRouter(operations(nil))
	for _, endpoint := range append(apiclient.Catalogue(), answers.ListProjects) {
		answer, ok := left[endpoint.Operation]
		if !ok {
			t.Errorf("%s is in the catalogue and has no answer", endpoint.Operation)
			continue
		}
		delete(left, endpoint.Operation)
		if (answer.Reply == nil) == (answer.Global == nil) {
			t.Errorf("%s needs either reply or global", endpoint.Operation)
		}
		if (answer.Reply != nil) != strings.Contains(endpoint.Path, "{project_id}") {
			t.Errorf("%s: reply is for operations of a project, global for others", endpoint.Operation)
		}
		seen := map[string]bool{}
		for _, p := range answer.Params {
			if seen[p.Name] {
				t.Errorf("%s: parameter %s has two rules", endpoint.Operation, p.Name)
			}
			seen[p.Name] = true
		}
		path := strings.ReplaceAll(strings.ReplaceAll(endpoint.Path, "{", ""), "}", "")
		if route, _ := router.Match(endpoint.Method, path); route == nil || route.Operation != endpoint.Operation {
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
	answers := answers.All()
	for _, endpoint := range apiclient.Catalogue() {
		rules := answers[endpoint.Operation].Params
		i := slices.IndexFunc(rules, func(p query.Param) bool { return p.Name == "limit" })
		if (i >= 0) != (endpoint.Page.Size > 0) {
			t.Errorf("%s: the catalogue's page size is %d, a limit parameter exists: %t", endpoint.Operation, endpoint.Page.Size, i >= 0)
		}
		if i < 0 {
			continue
		}
		limit := rules[i : i+1]
		for size, allowed := range map[int]bool{0: false, 1: true, endpoint.Page.Size: true, endpoint.Page.Size + 1: false} {
			if err := query.Check(limit, url.Values{"limit": {fmt.Sprint(size)}}); (err == nil) != allowed {
				t.Errorf("%s: limit=%d: %v", endpoint.Operation, size, err)
			}
		}
	}
}
