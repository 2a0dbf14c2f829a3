package simulator

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
func projectList(s *Simulator, r request) any {
	list := iamProjects{Projects: []iamProject{}, Links: iamLinks{Self: "https://iam.example.com/v3/projects"}}
	wanted := filters[iamProject]{
		"name":      exactly(func(p iamProject) string { return p.Name }),
		"domain_id": exactly(func(p iamProject) string { return p.DomainID }),
		"parent_id": exactly(func(p iamProject) string { return p.ParentID }),
		"enabled":   flagged(func(p iamProject) bool { return p.Enabled }),
	}.of(r)
	for _, w := range s.worlds {
		p := iamProject{
			ID: w.project.ID, Name: w.project.Name, DomainID: w.domain, ParentID: w.domain, Enabled: true,
			Links: iamLinks{Self: "https://iam.example.com/v3/projects/" + w.project.ID},
		}
		if w.allows(r.accessKey, "") && wanted(p) {
			list.Projects = append(list.Projects, p)
		}
	}
	size := r.number("per_page", 5000)
	from := min((r.number("page", 1)-1)*size, len(list.Projects))
	list.Projects = list.Projects[from:min(from+size, len(list.Projects))]
	return list
}
