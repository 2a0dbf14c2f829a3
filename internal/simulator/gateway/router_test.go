package gateway_test

import (
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

func TestSpecificRoutesGoFirst(t *testing.T) {
	t.Parallel()
	var all []gateway.Operation
	for _, path := range []string{"/v2/{project_id}/desktops/{desktop_id}", "/v2/{project_id}/desktops/detail"} {
		all = append(all, gateway.Operation{Endpoint: apiclient.Endpoint{Operation: path, Method: "GET", Path: path}})
	}
	for path, want := range map[string]string{
		"/v2/p/desktops/detail": "/v2/{project_id}/desktops/detail",
		"/v2/p/desktops/d-1":    "/v2/{project_id}/desktops/{desktop_id}",
		"/v2/p/desktops/":       "",
		"/v2/p/desktops":        "",
		"/v2/p/desktops/d-1/":   "",
	} {
		got := ""
		r, members := gateway.NewRouter(all).Match("GET", path)
		if r != nil {
			got = r.Operation
		}
		simtest.Equal(t, path, got, want)
		if path == "/v2/p/desktops/d-1" {
			simtest.Equal(t, "desktop_id", members["desktop_id"], "d-1")
		}
	}
}
