package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

func TestControl(t *testing.T) {
	t.Parallel()
	s := simulator.New(simulator.Config{Desktops: 20})
	for _, step := range []struct {
		method, path string
		code         int
		body         string
	}{
		{http.MethodGet, "/-/simulator/incident", 200, `{"` + simtest.Project + `":{}}`},
		{http.MethodPost, "/-/simulator/incident?kind=service", 200, `"service":"2`},
		{http.MethodPost, "/-/simulator/incident?kind=alarm&project=" + simtest.Project, 200, `"alarm":"2`},
		{http.MethodDelete, "/-/simulator/incident?kind=service", 200, `{"alarm":"2`},
		{http.MethodPost, "/-/simulator/incident?kind=flood", 400, "registration logon service alarm"},
		{http.MethodDelete, "/-/simulator/incident", 400, "registration"},
		{http.MethodPost, "/-/simulator/incident?kind=alarm&project=none", 400, "none"},
		{http.MethodPut, "/-/simulator/incident?kind=alarm", 405, "POST"},
		{http.MethodGet, "/-/simulator/truth", 404, "/-/simulator/incident"},
		{http.MethodGet, "/v2/" + simtest.Project + "/desktops", 401, ""}, // the API asks who calls
	} {
		w := httptest.NewRecorder()
		s.WithControl().ServeHTTP(w, httptest.NewRequest(step.method, step.path, nil))
		if w.Code != step.code || !strings.Contains(w.Body.String(), step.body) {
			t.Errorf("%s %s: %d %s", step.method, step.path, w.Code, w.Body)
		}
	}
}
