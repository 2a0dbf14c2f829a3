// Package recording is the format in which answers of the API are kept for
// tests and reports: what some polls of an area called and what came back. The
// command capture writes it, the tests of the areas replay it.
package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/common/expfmt"

	dto "github.com/prometheus/client_model/go"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/peer"
)

// Recording is a file: what the API answered in some polls of an area.
type Recording struct {
	// Options are those that differ from their default.
	Options map[string]any `json:"options,omitempty"`
	// Peers are what other areas share, by their names.
	Peers Peers `json:"peers,omitzero"`
	// Probe tells that Probe made the calls, and not Poll: no metrics come of it.
	Probe bool   `json:"probe,omitempty"`
	Polls []Poll `json:"polls"`
	// Error is a part of the last poll's error when nothing may come of it.
	Error string `json:"error,omitempty"`
	// Skipped is how much the last poll skips, if that is of interest.
	Skipped *int `json:"skipped,omitempty"`
}

// Poll is one poll.
type Poll struct {
	Now   time.Time `json:"now"`
	Calls []*Call   `json:"calls"`
}

// Call is one call and its answer, or why there was none.
type Call struct {
	Operation string `json:"operation"`
	// Path are the members of the path but for the project; without them any
	// path will do.
	Path    map[string]string `json:"path,omitempty"`
	Query   string            `json:"query"`
	Answer  json.RawMessage   `json:"answer,omitempty"`
	Refused *Refusal          `json:"refused,omitempty"`

	// Called tells that a replay has used the call.
	Called bool `json:"-"`
}

// Refusal is what a call failed with.
type Refusal struct {
	Kind   apiclient.Kind `json:"kind"`
	Status int            `json:"status,omitempty"`
	Code   string         `json:"code,omitempty"`
}

// Peers are what areas can share.
type Peers struct {
	Pools    peer.Pools    `json:"pools,omitempty"`
	Desktops peer.Desktops `json:"desktops,omitempty"`
	Logons   peer.Logons   `json:"login_records,omitempty"`
	Sites    peer.Sites    `json:"sites,omitempty"`
	Subnets  peer.Subnets  `json:"subnets,omitempty"`
}

// Sharing are the names of the areas that others ask.
func Sharing() []string {
	return []string{peer.Pools(nil).Area(), peer.Desktops(nil).Area(), peer.Logons(nil).Area(), peer.Sites(nil).Area(), peer.Subnets(nil).Area()}
}

// Lookup is an Input.Peer.
func (p Peers) Lookup(name string) area.Shared {
	switch {
	case name == p.Pools.Area() && p.Pools != nil:
		return p.Pools
	case name == p.Desktops.Area() && p.Desktops != nil:
		return p.Desktops
	case name == p.Logons.Area() && p.Logons != nil:
		return p.Logons
	case name == p.Sites.Area() && p.Sites != nil:
		return p.Sites
	case name == p.Subnets.Area() && p.Subnets != nil:
		return p.Subnets
	default:
		return nil
	}
}

// Add adds what an area shares.
func (p *Peers) Add(shared area.Shared) {
	switch shared := shared.(type) {
	case peer.Pools:
		p.Pools = shared
	case peer.Desktops:
		p.Desktops = shared
	case peer.Logons:
		p.Logons = shared
	case peer.Sites:
		p.Sites = shared
	case peer.Subnets:
		p.Subnets = shared
	}
}

// Only are the peers of these names.
func (p Peers) Only(names map[string]bool) Peers {
	var some Peers
	for name := range names {
		some.Add(p.Lookup(name))
	}
	return some
}

// Replay answers from a recorded poll, each call once.
type Replay struct {
	Poll
	// Unexpected is told of a call that is not in the poll.
	Unexpected func(call string)
}

// Call implements apiclient.Caller.
func (r Replay) Call(_ context.Context, req apiclient.Request) ([]byte, error) {
	for _, c := range r.Calls {
		query, err := url.ParseQuery(c.Query)
		if err != nil || c.Called || c.Operation != req.Endpoint.Operation || query.Encode() != req.Query.Encode() ||
			c.Path != nil && !maps.Equal(c.Path, req.Path) {
			continue
		}
		c.Called = true
		if c.Refused != nil {
			return nil, &apiclient.Error{Operation: c.Operation, Kind: c.Refused.Kind, Status: c.Refused.Status, Code: c.Refused.Code}
		}
		return c.Answer, nil
	}
	r.Unexpected(req.Endpoint.Operation + "?" + req.Query.Encode())
	return nil, &apiclient.Error{Operation: req.Endpoint.Operation, Kind: apiclient.Client, Status: 400}
}

// SetOption sets an option of an area from a value as JSON has it.
func SetOption(spec area.Spec, options area.Options, name string, value any) error {
	i := slices.IndexFunc(spec.Options, func(o area.Option) bool { return o.Name == name })
	if i < 0 {
		return fmt.Errorf("%s has no option %s", spec.Name, name)
	}
	wrong := fmt.Errorf("%s: option %s cannot be a %T", spec.Name, name, value)
	switch spec.Options[i].Default.(type) {
	case time.Duration:
		text, ok := value.(string)
		if !ok {
			return wrong
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%s: option %s: %w", spec.Name, name, err)
		}
		options[name] = d
	case []string:
		items, ok := value.([]any)
		if !ok {
			return wrong
		}
		list := make([]string, len(items))
		for i, item := range items {
			list[i] = fmt.Sprint(item)
		}
		options[name] = list
	case int:
		number, ok := value.(float64)
		if !ok {
			return wrong
		}
		options[name] = int(number)
	default:
		options[name] = value
	}
	return nil
}

// Families builds the families of a result by name.
func Families(c area.Collector, result any) ([]*dto.MetricFamily, error) {
	var all []*dto.MetricFamily
	built, err := c.Samples(result)
	if err != nil {
		return nil, err
	}
	err = built.Families(nil, nil, func(mf *dto.MetricFamily) error {
		all = append(all, mf)
		return nil
	})
	return all, err
}

// Exposition renders a result in Prometheus text format.
func Exposition(c area.Collector, result any) (string, error) {
	families, err := Families(c, result)
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	for _, mf := range families {
		if _, err := expfmt.MetricFamilyToText(&buf, mf); err != nil {
			return "", err
		}
	}
	return buf.String(), nil
}

// Encode writes a recording as a file: one line for each call.
func (r Recording) Encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n")
	member := func(name string, value any) error {
		text, err := encode(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "  %q: %s,\n", name, text)
		return nil
	}
	var err error
	if len(r.Options) > 0 {
		err = member("options", r.Options)
	}
	if peers, _ := encode(r.Peers); err == nil && string(peers) != "{}" {
		err = member("peers", r.Peers)
	}
	if r.Probe && err == nil {
		err = member("probe", true)
	}
	if r.Error != "" && err == nil {
		err = member("error", r.Error)
	}
	if err != nil {
		return nil, err
	}
	b.WriteString("  \"polls\": [")
	for i, poll := range r.Polls {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n    {\"now\": %q, \"calls\": [", poll.Now.UTC().Format(time.RFC3339Nano))
		for j, call := range poll.Calls {
			text, err := encode(call)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, "\n        %s", text)
		}
		b.WriteString("\n    ]}")
	}
	b.WriteString("\n  ]\n}\n")
	return b.Bytes(), nil
}

// encode is json.Marshal that leaves <, > and & as they are.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
