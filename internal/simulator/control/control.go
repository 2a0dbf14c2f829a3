// Package control lets another process start and end the incidents of a
// simulator over HTTP.
package control

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Path begins the paths of the control. No path of the API begins so.
const Path = "/-/simulator/"

// Simulator is what is controlled.
type Simulator interface {
	StartIncident(kind world.Incident, projectIDs ...string) error
	EndIncident(kind world.Incident, projectIDs ...string) error
	// Incidents are those that are on: since when, by project and kind.
	Incidents(projectIDs ...string) map[string]map[world.Incident]time.Time
}

// Handler serves the API, and the control below Path to anybody without a
// signature:
//
//	POST   /-/simulator/incident?kind=KIND[&project=ID]   starts an incident
//	DELETE /-/simulator/incident?kind=KIND[&project=ID]   ends it
//	GET    /-/simulator/incident                          lists those that are on
//
// Each answers with the incidents that are on: since when, by project and kind.
func Handler(api http.Handler, s Simulator) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, Path):
			api.ServeHTTP(w, r)
		case r.URL.Path == Path+"incident":
			incident(w, r, s)
		default:
			http.Error(w, "the simulator is controlled at "+Path+"incident", http.StatusNotFound)
		}
	})
}

func incident(w http.ResponseWriter, r *http.Request, s Simulator) {
	kind := world.Incident(r.URL.Query().Get("kind"))
	var projects []string
	if id := r.URL.Query().Get("project"); id != "" {
		if len(s.Incidents(id)) == 0 {
			http.Error(w, "no such project: "+id, http.StatusBadRequest)
			return
		}
		projects = []string{id}
	}
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		err = s.StartIncident(kind, projects...)
	case http.MethodDelete:
		err = s.EndIncident(kind, projects...)
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		http.Error(w, "GET lists incidents, POST starts and DELETE ends one", http.StatusMethodNotAllowed)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.Incidents(projects...))
}
