package simulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// ControlPath begins the paths by which another process steers a simulator. No
// path of the API begins so.
const ControlPath = "/-/simulator/"

// WithControl serves the API, and the control below ControlPath to anybody
// without a signature:
//
//	POST   /-/simulator/incident?kind=KIND[&project=ID]   starts an incident
//	DELETE /-/simulator/incident?kind=KIND[&project=ID]   ends it
//	GET    /-/simulator/incident                          lists those that are on
//
// Each answers with the incidents that are on: since when, by project and kind.
func (s *Simulator) WithControl() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, ControlPath):
			s.ServeHTTP(w, r)
		case r.URL.Path == ControlPath+"incident":
			s.control(w, r)
		default:
			http.Error(w, "the simulator is controlled at "+ControlPath+"incident", http.StatusNotFound)
		}
	})
}

func (s *Simulator) control(w http.ResponseWriter, r *http.Request) {
	kind := Incident(r.URL.Query().Get("kind"))
	var projects []string
	if id := r.URL.Query().Get("project"); id != "" {
		if s.world(id) == nil {
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
	on := map[string]map[Incident]time.Time{}
	s.each(projects, func(w *world) { on[w.project.ID] = w.incidentTruth() })
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(on)
}
