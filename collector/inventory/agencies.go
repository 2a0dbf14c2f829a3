package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// agency is what an agency lacks in a scene.
type agency struct {
	Name    string           `json:"name"`
	Scene   string           `json:"scene"`
	Missing apiclient.Number `json:"missing"`
}

func agenciesArea() area.Collector {
	return area.Declaration[[]agency]{
		Name:     "agencies",
		Help:     "The agencies by which the service acts for the tenant, and the permissions they lack.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListAgencies)},
		Series:   area.Series(2, nil),
		Fetch:    fetchAgencies,
		Families: []area.Family[[]agency]{{
			Name: "agency_missing_permissions",
			Help: "Number of permissions that the agency should have and has not; scheduled tasks, pools and notifications fail without them.",
			Type: area.Gauge, Labels: []string{"agency", "scene"},
			Map: area.Each(func(a agency, put area.Put) { put.Number(a.Missing, a.Name, a.Scene) }),
		}},
	}
}

// agencyAnswer is an entry of ListAgencies.
type agencyAnswer struct {
	Name        apiclient.Text `json:"name"`
	Scene       apiclient.Text `json:"scene"`
	Permissions []struct {
		Has    []apiclient.Text `json:"system_permission_display_names"`
		Should []apiclient.Text `json:"should_have_system_permission_display_names"`
	} `json:"permissions"`
}

// missing counts the permissions that should be there and are not. It has no
// value where the answer leaves out one of the lists.
func (a agencyAnswer) missing() apiclient.Number {
	if a.Permissions == nil {
		return apiclient.Number{}
	}
	n := 0.0
	for _, p := range a.Permissions {
		if p.Has == nil || p.Should == nil {
			return apiclient.Number{}
		}
		for _, wanted := range p.Should {
			if !slices.Contains(p.Has, wanted) {
				n++
			}
		}
	}
	return apiclient.NumberOf(n)
}

func fetchAgencies(ctx context.Context, in area.Input, _ []agency) ([]agency, error) {
	e := apiclient.ListAgencies
	answers, err := decode.Entries(ctx, in, apiclient.Request{Endpoint: e}, func(agencyAnswer) string { return "" })
	if err != nil {
		return nil, err
	}
	all, nameless := make([]agency, 0, len(answers)), 0
	for _, a := range answers {
		if a.Name == "" {
			nameless++
			continue
		}
		missing := a.missing()
		if _, known := missing.Value(); !known {
			in.Skip(1, e.Page.Items+"[].permissions", "absent")
		}
		name, scene := string(a.Name), string(a.Scene)
		i := slices.IndexFunc(all, func(other agency) bool { return other.Name == name && other.Scene == scene })
		if i < 0 {
			all = append(all, agency{name, scene, missing})
			continue
		}
		// What is not known of one is not known of the sum.
		all[i].Missing = decode.Difference(all[i].Missing, decode.Scale(missing, -1))
	}
	return all, decode.Nameless(in, e, "name", nameless, len(answers))
}
