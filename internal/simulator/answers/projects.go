package answers

import (
	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/filter"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func projectsAnswers() map[string]Answer {
	return map[string]Answer{
		"KeystoneListProjects": {
			Params: query.Params(query.Text("name", "domain_id", "parent_id"), query.Bool("enabled"), query.Number(1, 5000, "page", "per_page")),
			Global: projectList,
		},
	}
}

// ListProjects is the project list of IAM. The catalogue is of Workspace only;
// a client that discovers its project needs this one too.
var ListProjects = apiclient.Endpoint{Operation: "KeystoneListProjects", Method: "GET", Path: "/v3/projects"}

// iamProject is one entry of IAM's project list.
type iamProject struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	DomainID    string   `json:"domain_id"`
	ParentID    string   `json:"parent_id"`
	Enabled     bool     `json:"enabled"`
	IsDomain    bool     `json:"is_domain"`
	Description string   `json:"description"`
	Links       iamLinks `json:"links"`
}

type iamLinks struct {
	Self string `json:"self"`
}

type iamProjects struct {
	Projects []iamProject `json:"projects"`
	Links    iamLinks     `json:"links"`
}

// projectList answers which projects the caller's account has.
func projectList(worlds []*world.World, r query.Request) any {
	list := iamProjects{Projects: []iamProject{}, Links: iamLinks{Self: "https://iam.example.com/v3/projects"}}
	wanted := filter.Set[iamProject]{
		"name":      filter.Equal(func(p iamProject) string { return p.Name }),
		"domain_id": filter.Equal(func(p iamProject) string { return p.DomainID }),
		"parent_id": filter.Equal(func(p iamProject) string { return p.ParentID }),
		"enabled":   filter.Bool(func(p iamProject) bool { return p.Enabled }),
	}.For(r)
	for _, w := range worlds {
		p := iamProject{
			ID: w.Project.ID, Name: w.Project.Name, DomainID: w.Domain, ParentID: w.Domain, Enabled: true,
			Links: iamLinks{Self: "https://iam.example.com/v3/projects/" + w.Project.ID},
		}
		if w.Project.Allows(r.AccessKey) && wanted(p) {
			list.Projects = append(list.Projects, p)
		}
	}
	size := r.Number("per_page", 5000)
	from := min((r.Number("page", 1)-1)*size, len(list.Projects))
	list.Projects = list.Projects[from:min(from+size, len(list.Projects))]
	return list
}
