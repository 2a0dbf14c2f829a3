package docs

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/internal/limits"
)

// Classes of a read of the API.
const (
	byDefault   = "collected by default"
	whenEnabled = "collected when enabled"
	never       = "never called"
)

// endpoint is one read of the API and what becomes of it.
type endpoint struct {
	operation, method, path string
	limit                   string
	class                   string
	// detail is who collects it and how often, or why nobody does.
	detail string
	action string
	needs  string
}

// reads accounts for every read of the published table and every operation of
// the catalogue. It fails on a read that has no class or two.
func reads() ([]endpoint, error) {
	rows, err := limits.Table()
	if err != nil {
		return nil, err
	}
	called, refused := collected(), map[string]apiclient.NotCalled{}
	for _, n := range apiclient.NeverCalled() {
		if called[n.Method+n.Path].operation != "" {
			return nil, fmt.Errorf("%s is collected and yet never called", n.Operation)
		}
		refused[n.Method+n.Path] = n
	}
	var all []endpoint
	for _, row := range rows {
		key := row.Method + row.Path
		e, isCalled := called[key]
		n, isRefused := refused[key]
		switch {
		case isCalled:
			delete(called, key)
			all = append(all, e)
		case isRefused:
			delete(refused, key)
			all = append(all, endpoint{operation: n.Operation, method: n.Method, path: n.Path, limit: fmt.Sprint(row.PerMinute), class: never, detail: n.Why})
		case row.Method == http.MethodGet:
			return nil, fmt.Errorf("%s %s (%s) has no class: collect it, or give the reason in apiclient.NeverCalled", row.Method, row.Path, row.Name)
		}
	}
	for _, n := range refused {
		all = append(all, endpoint{operation: n.Operation, method: n.Method, path: n.Path, limit: "not published", class: never, detail: n.Why})
	}
	for _, e := range called {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b endpoint) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return all, nil
}

// collected returns what the collectors call, by method and path.
func collected() map[string]endpoint {
	all := map[string]endpoint{}
	for _, c := range collector.All() {
		spec := c.Spec()
		for _, e := range spec.Endpoints {
			key := e.Method + e.Path
			have, known := all[key]
			if !known {
				have = endpoint{operation: e.Operation, method: e.Method, path: e.Path, limit: fmt.Sprint(e.Limit), class: whenEnabled, action: e.Action, needs: e.Needs}
				if e.Assumed {
					have.limit += " (assumed)"
				}
			}
			if !spec.Disabled {
				have.class = byDefault
			}
			use := fmt.Sprintf("`%s` every %s (calls: %s)", spec.Name, interval(spec.Interval), spec.Calls)
			if !strings.Contains(have.detail, use) {
				have.detail = strings.TrimPrefix(have.detail+", "+use, ", ")
			}
			all[key] = have
		}
	}
	return all
}

func endpoints() ([]byte, error) {
	all, err := reads()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# Endpoints\n\n" + generated)
	b.WriteString(Wrap("Every read of the API reference and what the exporter does with it. The limit is the published number of calls a minute for each user; "+
		"\"assumed\" marks operations that the published table lacks. Calls are those of a whole poll of the collector; "+
		"`huaweicloud_workspace_exporter_collector_calls` tells what the last poll took. IAM actions are those that an operation's page confirms, its own first, then those it depends on.") + "\n")
	class := ""
	for _, e := range all {
		if e.class != class {
			class = e.class
			fmt.Fprintf(&b, "\n## %s%s\n\n", strings.ToUpper(class[:1]), class[1:])
			if class == never {
				b.WriteString("| operation | request | limit | reason |\n|---|---|---|---|\n")
			} else {
				b.WriteString("| operation | request | limit | collector | IAM action |\n|---|---|---|---|---|\n")
			}
		}
		fmt.Fprintf(&b, "| %s | `%s %s` | %s | %s |", e.operation, e.method, e.path, e.limit, escapeCell(e.detail))
		if class != never {
			action := "not confirmed"
			if e.action != "" {
				action = strings.Join(quoteAll(strings.Fields(e.action+" "+e.needs)), ", ")
			}
			fmt.Fprintf(&b, " %s |", action)
		}
		b.WriteString("\n")
	}
	return []byte(b.String()), nil
}
