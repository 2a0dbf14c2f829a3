package replay_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/replay"
)

var captured = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

func folder(change ...func(fstest.MapFS)) fstest.MapFS {
	files := fstest.MapFS{
		"capture.json": {Data: []byte(`{"projects": [{"name": "project-1", "region": "ap-southeast-3", "project_id": "p1"}, {"name": "project-2", "region": "eu-west-101", "project_id": "p2"}]}`)},
		"alarms/project-1.json": {Data: []byte(`{"polls": [{"now": "2026-03-04T09:00:00Z", "calls": [
			{"operation": "ListAlarms", "query": "limit=100&offset=0", "answer": {"page": 1}},
			{"operation": "ListAlarms", "query": "limit=100&offset=99", "answer": {"page": 2}}]}]}`)},
		"user_usage/project-1.json": {Data: []byte(`{"polls": [{"now": "2026-03-04T09:00:00Z", "calls": [
			{"operation": "ListUserUsageMetric", "query": "start_time=2026-03-03T00%3A00%3A00Z", "answer": {"day": "yesterday"}},
			{"operation": "ListUserUsageMetric", "query": "start_time=2026-03-02T00%3A00%3A00Z", "answer": {"day": "before"}}]}]}`)},
		"pool_details/project-1.json": {Data: []byte(`{"polls": [{"now": "2026-03-04T09:00:00Z", "calls": [
			{"operation": "ShowDesktopPoolDetail", "path": {"pool_id": "a"}, "query": "", "answer": {"pool": "a"}},
			{"operation": "ShowDesktopPoolDetail", "path": {"pool_id": "b"}, "query": "", "refused": {"kind": "not_found", "status": 404, "code": "WKS.0404"}}]}]}`)},
		"access_stages/project-1-probe.json": {Data: []byte(`{"probe": true, "polls": [{"now": "2026-03-04T09:00:00Z", "calls": [
			{"operation": "ListRunState", "query": "", "answer": {"probe": true}}]}]}`)},
		"run_state/project-2.json":  {Data: []byte(`{"polls": [{"now": "2026-03-04T09:00:00Z", "calls": [{"operation": "ListRunState", "query": "", "answer": {"project": 2}}]}]}`)},
		"run_state/project-20.json": {Data: []byte(`not of these projects`)},
	}
	for _, f := range change {
		f(files)
	}
	return files
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	// A week later to the hour: times are compared by how long ago they are.
	server, err := replay.Open(folder(), func() time.Time { return captured.AddDate(0, 0, 7) })
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"/v2/p1/alarms?limit=100&offset=0":                                `200 {"page": 1}`,
		"/v2/p1/alarms?limit=100&offset=99":                               `200 {"page": 2}`,
		"/v2/p1/alarms?limit=100&offset=90":                               `200 {"page": 2}`,
		"/v2/p1/alarms":                                                   `200 {"page": 1}`,
		"/v2/p1/statistics/metrics/users?start_time=2026-03-10T00:00:00Z": `200 {"day": "yesterday"}`,
		"/v2/p1/statistics/metrics/users?start_time=2026-03-09T00:00:00Z": `200 {"day": "before"}`,
		"/v2/p1/desktop-pools/a":                                          `200 {"pool": "a"}`,
		"/v2/p1/desktop-pools/b":                                          `404 {"error_code":"WKS.0404"`,
		"/v2/p1/desktop-pools/c":                                          `404 {"error_code":"APIGW.0101"`,
		"/v2/p1/quotas":                                                   `404 {"error_code":"APIGW.0101"`,
		"/v2/p1/desktops/statistics/run-state":                            `200 {"probe": true}`,
		"/v2/p2/desktops/statistics/run-state":                            `200 {"project": 2}`,
		"/v2/p3/desktops/statistics/run-state":                            `403 {"error_code":"APIGW.0310"`,
		"/v2/p1/nothing":                                                  `404 {"error_code":"APIGW.0101"`,
		"/v3/projects?name=eu-west-101":                                   `200 {"projects":[{"id":"p2","name":"eu-west-101"}]}`,
		"/v3/projects?name=af-south-1":                                    `200 {"projects":[]}`,
		"/v2/p1/alarms?%zz":                                               `400 {"error_code":"APIGW.0201"`,
		"/v2/p1/statistics/metrics/users?start_time=2026-03-09T00:00:00Z&other=one": `200 {"day": "before"}`,
	} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, url, nil))
		got := fmt.Sprint(w.Code, " ", w.Body)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(fstest.MapFS){
		"this is no folder of the command capture": func(f fstest.MapFS) { delete(f, "capture.json") },
		"names no project":                         func(f fstest.MapFS) { f["capture.json"].Data = []byte(`{}`) },
		"capture.json: ":                           func(f fstest.MapFS) { f["capture.json"].Data = []byte(`[`) },
		"alarms/project-1.json: ":                  func(f fstest.MapFS) { f["alarms/project-1.json"].Data = []byte(`{`) },
		"alarms/project-1.json: the query of Alarm": func(f fstest.MapFS) {
			f["alarms/project-1.json"].Data = []byte(`{"polls": [{"calls": [{"operation": "Alarm", "query": "%zz"}]}]}`)
		},
	} {
		if _, err := replay.Open(folder(change), time.Now); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want %q", err, says)
		}
	}
}
