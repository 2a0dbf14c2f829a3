// Package docs writes the generated documents from the declarations of the
// collectors, so that they cannot tell of something else. A test compares
// them with the files in the tree and, asked to, writes them.
package docs

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/collector"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/iam"
)

// Files returns the generated documents by their path in the project.
// It fails when a read of the API reference has no class.
func Files() (map[string][]byte, error) {
	reads, err := endpoints()
	files := map[string][]byte{
		"docs/metrics.md":    metrics(),
		"docs/collectors.md": collectors(),
		"docs/endpoints.md":  reads,
		"config.example.yml": config.Example(daemon.Schema()),
	}
	for name, policy := range iam.Files() {
		files["deploy/iam/"+name] = policy
	}
	return files, err
}

const generated = "<!-- Generated from the declarations in collector/ and scraper/ by `make docs`; do not edit. -->\n\n"

func metrics() []byte {
	var b strings.Builder
	b.WriteString("# Metrics\n\n" + generated)
	b.WriteString(Wrap("Every series of a project carries the labels `account`, `region` and `project` and the labels configured for the project. "+
		"States are label values; a state that the API invents later appears under its own name.") + "\n")
	for _, c := range collector.All() {
		spec := c.Spec()
		fmt.Fprintf(&b, "\n## Collector %s\n\n%s\n\n", spec.Name, Wrap(spec.Help))
		families(&b, spec.Families)
	}
	b.WriteString("\n## The exporter itself\n\n")
	b.WriteString(Wrap("These are made at each scrape. The budget belongs to an account and a region, so its series carry no `project`; the credential's expiry carries `account` alone. "+
		"`huaweicloud_workspace_exporter_build_info` and the `go_` and `process_` metrics of client_golang are there too.") + "\n\n")
	families(&b, daemon.OwnFamilies())
	return []byte(b.String())
}

func families(b *strings.Builder, specs []area.FamilySpec) {
	b.WriteString("| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, f := range specs {
		labels := strings.Join(quoteAll(f.Labels), ", ")
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, labels, escapeCell(f.Help))
	}
}

func collectors() []byte {
	var b strings.Builder
	b.WriteString("# Collectors\n\n" + generated)
	b.WriteString(Wrap("Readiness (`/-/ready`) waits for the first poll of every core collector. The limit is the published number of calls a minute for each user and API; "+
		"the exporter uses `budget.share` of it.") + "\n\n")
	b.WriteString("| collector | default | interval | core | operations (limit) | calls a poll | shows |\n|---|---|---|---|---|---|---|\n")
	for _, c := range collector.All() {
		spec := c.Spec()
		state, core := "enabled", ""
		if spec.Disabled {
			state = "disabled"
		}
		if spec.Core {
			core = "yes"
		}
		operations := make([]string, 0, len(spec.Endpoints))
		for _, e := range spec.Endpoints {
			limit := fmt.Sprint(e.Limit)
			if e.Assumed {
				limit += ", assumed"
			}
			operations = append(operations, fmt.Sprintf("%s (%s)", e.Operation, limit))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n",
			spec.Name, state, interval(spec.Interval), core, strings.Join(operations, ", "), escapeCell(spec.Calls), escapeCell(spec.Help))
	}
	options(&b)
	return []byte(b.String())
}

func options(b *strings.Builder) {
	b.WriteString("\n## Options\n\nBeside `enabled` and `interval`:\n\n| collector | option | default | meaning |\n|---|---|---|---|\n")
	for _, c := range collector.All() {
		for _, o := range c.Spec().Options {
			fmt.Fprintf(b, "| `%s` | `%s` | `%v` | %s |\n", c.Spec().Name, o.Name, o.Default, escapeCell(o.Help))
		}
	}
}

// interval writes a duration as the configuration has it.
func interval(d time.Duration) string { return model.Duration(d).String() }

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	return quoted
}

// Wrap breaks a text into lines of at most 120 bytes.
func Wrap(text string) string {
	const width = 120
	var all []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			all, line = append(all, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(all, line), "\n")
}

// escapeCell keeps a text within its table cell.
func escapeCell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
