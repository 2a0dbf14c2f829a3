package answers

import (
	"slices"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func quotasAnswers() map[string]Answer {
	return map[string]Answer{
		"ShowQuotas":       {Reply: quotas},
		"ShowQuotaDetails": {Params: query.Text("site_id", "az_code"), Reply: quotaDetails},
	}
}

type quotaResource struct {
	Type  string `json:"type"`
	Quota int    `json:"quota"`
	Used  int    `json:"used"`
	Unit  string `json:"unit"`
}

type quotaResources struct {
	SiteID    string          `json:"site_id,omitempty"`
	Resources []quotaResource `json:"resources"`
}

type quotasAnswer struct {
	Quotas quotaResources   `json:"quotas"`
	Sites  []quotaResources `json:"site_quotas"`
}

func resources(list []world.Quota) []quotaResource {
	out := []quotaResource{}
	for _, q := range list {
		out = append(out, quotaResource{Type: q.Type, Quota: q.Limit, Used: q.Used, Unit: q.Unit})
	}
	return out
}

// quotas lists the main site's and, apart, each edge site's.
func quotas(w *world.World, _ query.Request) any {
	answer := quotasAnswer{Quotas: quotaResources{Resources: resources(w.QuotasOf(w.Sites[0], ""))}, Sites: []quotaResources{}}
	for _, s := range w.Sites[1:] {
		answer.Sites = append(answer.Sites, quotaResources{SiteID: s.ID, Resources: resources(w.QuotasOf(s, ""))})
	}
	return answer
}

// quotaDetails is one site's, the main one if none is named.
func quotaDetails(w *world.World, r query.Request) any {
	s := w.Sites[0]
	if r.Has("site_id") {
		i := slices.IndexFunc(w.Sites, func(s *world.Site) bool { return s.ID == r.Text("site_id") })
		if i < 0 {
			return response.Refusal("the site does not exist")
		}
		s = w.Sites[i]
	}
	if r.Has("az_code") && !slices.Contains(s.Zones, r.Text("az_code")) {
		return response.Refusal("the availability zone does not exist")
	}
	return quotaResources{SiteID: s.ID, Resources: resources(w.QuotasOf(s, r.Text("az_code")))}
}
