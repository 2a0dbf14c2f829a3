// Package iam makes the IAM policies that a key of the exporter needs, from
// the actions that the endpoint catalogue declares.
package iam

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
)

// Format is one of the two models of IAM, which exist side by side.
type Format string

const (
	// Identity is an identity policy (Version 5.0).
	Identity Format = "identity"
	// Classic is a custom policy of the role and policy model (Version 1.1).
	Classic Format = "classic"
)

// Formats returns the names of all formats, the default first.
func Formats() []string { return []string{string(Identity), string(Classic)} }

// Policy is a policy document.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement allows actions.
type Statement struct {
	Effect string   `json:"Effect"`
	Action []string `json:"Action"`
}

// wildcards stand for the operations whose action no page of the reference
// confirms. They match every read of Workspace but a few that are spelled
// otherwise.
func wildcards() []string { return []string{"workspace:*:get*", "workspace:*:list*"} }

// New returns the policy that allows the operations of the endpoints and
// nothing else, as far as the names of their actions are confirmed.
// findProjects adds the question for project ids.
//
// Operation pages confirm names of the identity model only. A classic policy
// therefore has the wildcards that the user guide gives for reading, and by
// name what they do not match. It cannot hold the question for project ids:
// IAM is a global service and takes a classic policy of its own.
func New(format Format, endpoints []apiclient.Endpoint, findProjects bool) Policy {
	if format == Classic {
		named := slices.DeleteFunc(actionsOf(endpoints), matched)
		return Policy{Version: "1.1", Statement: []Statement{allow(append(wildcards(), named...))}}
	}
	if findProjects {
		endpoints = append(slices.Clip(endpoints), apiclient.FindProjects())
	}
	actions := actionsOf(endpoints)
	p := Policy{Version: "5.0"}
	if len(actions) > 0 {
		p.Statement = append(p.Statement, allow(actions))
	}
	if len(Unconfirmed(endpoints)) > 0 {
		p.Statement = append(p.Statement, allow(wildcards()))
	}
	return p
}

func allow(actions []string) Statement { return Statement{Effect: "Allow", Action: actions} }

// actionsOf returns the confirmed actions of the endpoints, sorted.
func actionsOf(endpoints []apiclient.Endpoint) []string {
	var actions []string
	for _, e := range endpoints {
		if e.Action != "" {
			actions = append(actions, Actions(e)...)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// Actions returns what to allow for one operation: its confirmed actions, its
// own first, or the wildcards that cover it.
func Actions(e apiclient.Endpoint) []string {
	if e.Action == "" {
		return wildcards()
	}
	return append([]string{e.Action}, strings.Fields(e.Needs)...)
}

// matched tells whether the wildcards allow an action.
func matched(action string) bool {
	service, rest, _ := strings.Cut(action, ":")
	_, verb, _ := strings.Cut(rest, ":")
	return service == "workspace" && (strings.HasPrefix(verb, "get") || strings.HasPrefix(verb, "list"))
}

// Unconfirmed returns the operations among the endpoints whose action no page
// of the reference confirms, sorted.
func Unconfirmed(endpoints []apiclient.Endpoint) []string {
	var operations []string
	for _, e := range endpoints {
		if e.Action == "" {
			operations = append(operations, e.Operation)
		}
	}
	slices.Sort(operations)
	return slices.Compact(operations)
}

// Notes returns what the administrator who grants the policy has to know.
func Notes(format Format, endpoints []apiclient.Endpoint, findProjects bool) []string {
	var notes []string
	if operations := Unconfirmed(endpoints); len(operations) > 0 {
		notes = append(notes, "no page of the reference confirms the actions of "+strings.Join(operations, ", ")+
			": "+strings.Join(wildcards(), " and ")+" stand for them. They may also match reads that hand out secrets, which the exporter never makes")
	}
	if format == Classic {
		notes = append(notes, "names of actions are confirmed for identity policies only: leave out those that the console does not know, and let `check` tell whether something is forbidden")
		if findProjects {
			notes = append(notes, "IAM is a global service: allow "+apiclient.FindProjects().Action+" in a policy of its own, or set project_id")
		}
	}
	return notes
}

// JSON returns the document, indented.
func (p Policy) JSON() []byte { return indented(p) }

// JSONByName returns the documents of several policies as one object.
func JSONByName(policies map[string]Policy) []byte { return indented(policies) }

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // strings alone cannot fail
	}
	return append(b, '\n')
}

// Files returns a policy in both formats for each group of collectors and one
// for all of them, by the name of its file.
func Files() map[string][]byte {
	files := map[string][]byte{}
	groups := append(collector.Groups(), collector.Group{Name: "all", Collectors: collector.All()})
	for _, group := range groups {
		var endpoints []apiclient.Endpoint
		for _, c := range group.Collectors {
			endpoints = append(endpoints, c.Spec().Endpoints...)
		}
		for _, format := range []Format{Identity, Classic} {
			files[string(format)+"-"+group.Name+".json"] = New(format, endpoints, true).JSON()
		}
	}
	return files
}
