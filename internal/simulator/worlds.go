package simulator

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/answers"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// operations are those of the catalogue that have an answer, and IAM's.
func operations(worlds worlds) []gateway.Operation {
	var all []gateway.Operation
	replies := answers.All()
	for _, endpoint := range append(apiclient.Catalogue(), answers.ListProjects) {
		a, ok := replies[endpoint.Operation]
		if !ok {
			continue
		}
		all = append(all, gateway.Operation{Endpoint: endpoint, Params: a.Params, Answer: func(r query.Request) (value any) {
			if a.Global != nil {
				return a.Global(worlds, r)
			}
			w := worlds.find(r.Path["project_id"])
			w.View(r.Now, func() { value = a.Reply(w, r) })
			return value
		}})
	}
	return all
}

// worlds are the projects that the gateway leads to.
type worlds []*world.World

func (all worlds) find(projectID string) *world.World {
	i := slices.IndexFunc(all, func(w *world.World) bool { return w.Project.ID == projectID })
	if i < 0 {
		return nil
	}
	return all[i]
}

func (all worlds) Region(projectID string) string {
	if w := all.find(projectID); w != nil {
		return w.Project.Region
	}
	return ""
}

func (all worlds) Allows(projectID, accessKey string) bool {
	w := all.find(projectID)
	return w != nil && w.Project.Allows(accessKey)
}
