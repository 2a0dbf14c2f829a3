// Package replay serves recorded answers as the API gave them: a folder that
// the command capture has written. It shares the catalogue with the exporter
// and no other code, as the simulator does.
package replay

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/gateway"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
)

// manifest is the file capture.json.
type manifest struct {
	Projects []Project `json:"projects"`
}

// Project is a recorded project, as the capture calls it.
type Project struct {
	Name   string `json:"name"`
	Region string `json:"region"`
	ID     string `json:"project_id"`
}

// recording is what is needed of a file.
type recording struct {
	Polls []struct {
		Now   time.Time `json:"now"`
		Calls []call    `json:"calls"`
	} `json:"polls"`
}

// call is a recorded call.
type call struct {
	Operation string            `json:"operation"`
	Path      map[string]string `json:"path"`
	Query     string            `json:"query"`
	Answer    json.RawMessage   `json:"answer"`
	Refused   *struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
	} `json:"refused"`

	values url.Values
	at     time.Time // of the poll
}

// Server is an http.Handler that answers from a folder. Signatures are not
// checked: the keys that were used are not in it.
type Server struct {
	router   gateway.Router
	projects []Project
	calls    map[string][]call // by project and operation
	now      func() time.Time
}

// Open reads a folder.
func Open(folder fs.FS, now func() time.Time) (*Server, error) {
	content, err := fs.ReadFile(folder, "capture.json")
	if err != nil {
		return nil, fmt.Errorf("this is no folder of the command capture: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("capture.json: %w", err)
	}
	if len(m.Projects) == 0 {
		return nil, fmt.Errorf("capture.json names no project")
	}
	s := &Server{projects: m.Projects, calls: map[string][]call{}, now: now}
	var operations []gateway.Operation
	for _, e := range append(apiclient.Catalogue(), apiclient.FindProjects()) {
		operations = append(operations, gateway.Operation{Endpoint: e})
	}
	s.router = gateway.NewRouter(operations)
	for _, p := range m.Projects {
		files, err := fs.Glob(folder, "*/"+p.Name+"*.json")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			base := strings.TrimSuffix(path.Base(file), ".json")
			if base != p.Name && base != p.Name+"-probe" {
				continue
			}
			if err := s.add(folder, file, p); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return s, nil
}

// Projects are those that are answered for.
func (s *Server) Projects() []Project { return s.projects }

func (s *Server) add(folder fs.FS, file string, p Project) error {
	content, err := fs.ReadFile(folder, file)
	if err != nil {
		return err
	}
	var r recording
	if err := json.Unmarshal(content, &r); err != nil {
		return err
	}
	for _, poll := range r.Polls {
		for _, c := range poll.Calls {
			if c.values, err = url.ParseQuery(c.Query); err != nil {
				return fmt.Errorf("the query of %s: %w", c.Operation, err)
			}
			c.at = poll.Now
			key := keyOf(p.Name, c.Operation)
			s.calls[key] = append(s.calls[key], c)
		}
	}
	return nil
}

func keyOf(project, operation string) string { return project + " " + operation }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	s.reply(r, now).Write(w, "replay")
}

func (s *Server) reply(r *http.Request, now time.Time) response.Response {
	missing := response.Refuse(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment: no answer of it was recorded")
	operation, members := s.router.Match(r.Method, r.URL.Path)
	values, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case operation == nil:
		return missing
	case err != nil:
		return response.Refuse(http.StatusBadRequest, "APIGW.0201", "Bad request, query: "+err.Error())
	case operation.Operation == apiclient.Discovery:
		return response.Encode(s.projectList(values.Get("name")))
	}
	id := members["project_id"]
	delete(members, "project_id")
	project, known := s.project(id)
	if !known {
		return response.Refuse(http.StatusForbidden, "APIGW.0310", "The project is not accessible")
	}
	c := nearest(s.calls[keyOf(project.Name, operation.Operation)], members, values, now)
	switch {
	case c == nil:
		return missing
	case c.Refused != nil:
		status := c.Refused.Status
		if status < 400 { // it came to no answer
			status = http.StatusServiceUnavailable
		}
		return response.Refuse(status, c.Refused.Code, "recorded refusal")
	default:
		return response.Response{Status: http.StatusOK, Body: c.Answer}
	}
}

// project finds a project by its id. Where there is only one, any id is its.
func (s *Server) project(id string) (Project, bool) {
	if len(s.projects) == 1 {
		return s.projects[0], true
	}
	for _, p := range s.projects {
		if p.ID == id {
			return p, true
		}
	}
	return Project{}, false
}

// projectList is IAM's answer: the first project of the region.
func (s *Server) projectList(region string) any {
	type entry struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	found := []entry{}
	for _, p := range s.projects {
		if p.Region == region && len(found) == 0 {
			found = append(found, entry{p.ID, p.Region})
		}
	}
	return map[string]any{"projects": found}
}

// nearest is the recorded call that a request is most like, nil if there is
// none of its path. Times cannot be those of the recording: what counts is how
// long before now they are.
func nearest(calls []call, members map[string]string, values url.Values, now time.Time) *call {
	var best *call
	var bestScore []float64
	for i := range calls {
		c := &calls[i]
		if !maps.Equal(c.Path, members) && (len(c.Path) > 0 || len(members) > 0) {
			continue
		}
		score := distance(c, values, now)
		if best == nil || slices.Compare(score, bestScore) < 0 {
			best, bestScore = c, score
		}
	}
	return best
}

// distance tells how unlike a recorded call a request is: by its parameters,
// then by where the page begins, then by its times.
func distance(c *call, values url.Values, now time.Time) []float64 {
	var others, offset, away float64
	names := map[string]bool{}
	for name := range values {
		names[name] = true
	}
	for name := range c.values {
		names[name] = true
	}
	for name := range names {
		got, want := values.Get(name), c.values.Get(name)
		gotTime, isTime := timeOf(got)
		wantTime, wasTime := timeOf(want)
		switch {
		case slices.Equal(values[name], c.values[name]):
		case name != "offset" && values.Has(name) != c.values.Has(name):
			others += 2 // another question, not another value in it
		case name == "offset":
			offset = number(got) - number(want)
			if offset < 0 {
				offset = -offset
			}
		case isTime && wasTime:
			away += (now.Sub(gotTime) - c.at.Sub(wantTime)).Abs().Seconds()
		default:
			others++
		}
	}
	return []float64{others, offset, away}
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64) // no number is 0
	return v
}

// timeOf reads the value of a parameter as a time.
func timeOf(s string) (time.Time, bool) {
	for _, format := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateTime, "2006-01-02"} {
		if at, err := time.Parse(format, s); err == nil {
			return at, true
		}
	}
	if v := number(s); v >= 1e12 && v < 4.2e12 {
		return time.UnixMilli(int64(v)), true
	} else if v >= 1e9 && v < 4.2e9 {
		return time.Unix(int64(v), 0), true
	}
	return time.Time{}, false
}
