package simulator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

// listProjects is the project list of IAM. The catalogue is of Workspace only;
// a client that discovers its project needs this one too.
var listProjects = apiclient.Endpoint{Operation: "KeystoneListProjects", Method: "GET", Path: "/v3/projects"}

// route is an API that is answered.
type route struct {
	apiclient.Endpoint
	answer   answer
	segments []string // of the path template
	wild     int      // number of members in braces
}

// routes of all operations of the catalogue that have an answer, the most
// specific first: /desktops/detail before /desktops/{desktop_id}.
func routes() []route {
	var all []route
	answers := answers()
	for _, endpoint := range slices.Concat(apiclient.Catalogue(), []apiclient.Endpoint{listProjects}) {
		answer, ok := answers[endpoint.Operation]
		if !ok {
			continue
		}
		all = append(all, route{
			Endpoint: endpoint,
			answer:   answer,
			segments: strings.Split(endpoint.Path, "/"),
			wild:     strings.Count(endpoint.Path, "{"),
		})
	}
	slices.SortStableFunc(all, func(a, b route) int { return cmp.Compare(a.wild, b.wild) })
	return all
}

// match finds the route of a request and the members of its path, nil if
// there is none.
func match(routes []route, method, path string) (*route, map[string]string) {
	segments := strings.Split(path, "/")
	for i := range routes {
		r := &routes[i]
		if r.Method != method || len(r.segments) != len(segments) {
			continue
		}
		if members, ok := r.members(segments); ok {
			return r, members
		}
	}
	return nil, nil
}

func (r *route) members(segments []string) (map[string]string, bool) {
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

// inProject tells whether the path names a project.
func (r *route) inProject() bool { return slices.Contains(r.segments, "{project_id}") }

// limit of calls a minute, 0 for none.
func (r *route) limit(scale float64) int {
	if r.Limit == 0 {
		return 0
	}
	return max(1, int(float64(r.Limit)*scale))
}
