package gateway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
)

// Operation is an API that is answered.
type Operation struct {
	apiclient.Endpoint
	// Params are the query parameters it takes; any other is refused.
	Params []query.Param
	// Answer makes the JSON value to a request that is in order.
	Answer func(query.Request) any
}

// limit of calls a minute, 0 for none.
func (o Operation) limit(scale float64) int {
	if o.Limit == 0 {
		return 0
	}
	return max(1, int(float64(o.Limit)*scale))
}

// inProject reports whether the path names a project.
func (o Operation) inProject() bool { return strings.Contains(o.Path, "{project_id}") }

// Router finds the operation of a request.
type Router []route

type route struct {
	Operation
	segments []string // of the path template
}

// NewRouter puts the most specific paths first: /desktops/detail before
// /desktops/{desktop_id}.
func NewRouter(operations []Operation) Router {
	var all Router
	for _, o := range operations {
		all = append(all, route{o, strings.Split(o.Path, "/")})
	}
	slices.SortStableFunc(all, func(a, b route) int { return cmp.Compare(strings.Count(a.Path, "{"), strings.Count(b.Path, "{")) })
	return all
}

// Match finds the operation of a request and the members of its path, nil if
// there is none.
func (r Router) Match(method, path string) (*Operation, map[string]string) {
	segments := strings.Split(path, "/")
	for i := range r {
		if r[i].Method != method {
			continue
		}
		if members, ok := r[i].members(segments); ok {
			return &r[i].Operation, members
		}
	}
	return nil, nil
}

func (r *route) members(segments []string) (map[string]string, bool) {
	if len(r.segments) != len(segments) {
		return nil, false
	}
	members := map[string]string{}
	for i, template := range r.segments {
		switch {
		case strings.HasPrefix(template, "{"):
			if segments[i] == "" {
				return nil, false
			}
			members[strings.Trim(template, "{}")] = segments[i]
		case template != segments[i]:
			return nil, false
		}
	}
	return members, true
}
