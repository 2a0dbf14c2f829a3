package command

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/docs"
	"github.com/workspace-exporter/workspace_exporter/internal/plan"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// root of the repository.
const root = "../.."

var update = flag.Bool("update", false, "write docs/configuration.md and the output of plan into docs/sizing.md")

// TestSizingGuide holds the examples of docs/sizing.md to what the program
// prints.
func TestSizingGuide(t *testing.T) {
	t.Parallel()
	path := filepath.Join(root, "docs", "sizing.md")
	have := testutil.ReadFile(t, path)
	parts := map[string]string{"fleets": exampleFleets(t), "starved": exampleStarved(t), "memory": memory(), "fleet": fleetKinds()}
	want := regexp.MustCompile(`(?s)<!-- begin (\w+) -->\n.*?<!-- end -->`).ReplaceAllStringFunc(string(have), func(old string) string {
		name := strings.Fields(old)[2]
		part, known := parts[name]
		if !known {
			t.Errorf("nothing is called %q", name)
		}
		delete(parts, name)
		return "<!-- begin " + name + " -->\n\n" + strings.TrimSpace(part) + "\n\n<!-- end -->"
	})
	if len(parts) > 0 {
		t.Errorf("docs/sizing.md lacks a place for some parts: %v", parts)
	}
	testutil.UpToDate(t, path, want, *update, "make docs")
}

// TestPlanMembers: docs/sizing.md names every member of the JSON.
func TestPlanMembers(t *testing.T) {
	t.Parallel()
	guide := testutil.ReadFile(t, filepath.Join(root, "docs", "sizing.md"))
	for _, part := range []any{plan.Plan{}, plan.Budget{}, plan.Project{}, plan.Collector{}, plan.Totals{}, plan.Change{}} {
		for field := range reflect.TypeOf(part).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !regexp.MustCompile("`(projects\\[\\]\\.)?" + name + "(\\[\\])?`").Match(guide) {
				t.Errorf("docs/sizing.md does not name %s of %T", name, part)
			}
		}
	}
}

const exampleAccount = `accounts:
  - name: prod
    credentials: {source: metadata}
    projects: [{name: hq, region: ap-southeast-3}]
`

var examples = []struct{ name, config string }{
	{"default", exampleAccount},
	{"`per_desktop`", exampleAccount + "collectors:\n  desktops: {per_desktop: true, max_series: 0}\n"},
	{"everything", exampleAccount + everyCollector()},
}

// everyCollector enables every collector and every switch of one.
func everyCollector() string {
	return daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		return true, append(c.Switches(), "max_series: 0")
	})
}

func exampleFleets(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| desktops | collectors | calls a minute | most used API | of its budget | intervals kept | series | memory |\n|---:|---|---:|---|---:|---|---:|---:|\n")
	for _, desktops := range []string{"1000", "10000", "100000"} {
		for _, e := range examples {
			out, err := planned(t, e.config, "--json", "--desktops="+desktops)
			if err != nil && ExitStatus(err) != exitFailed {
				t.Fatal(err)
			}
			var p plan.Plan
			if err := json.Unmarshal([]byte(out), &p); err != nil {
				t.Fatal(err)
			}
			kept := "all"
			if !p.Fits {
				var slow []string
				for _, c := range p.Projects[0].Collectors {
					if !c.Kept {
						slow = append(slow, c.Collector)
					}
				}
				kept = "not of " + strings.Join(slow, ", ")
			}
			most := p.Budgets[0]
			fmt.Fprintf(&b, "| %s | %s | %.0f | %s | %.0f %% | %s | %.0f | %.0f MiB |\n", desktops, e.name, p.Totals.Calls,
				most.API, 100*most.BudgetRatio, kept, p.Totals.Series, p.Totals.Memory/(1<<20))
		}
	}
	return b.String()
}

func exampleStarved(t *testing.T) string {
	t.Helper()
	out, err := planned(t, examples[2].config, "--desktops=100000")
	if ExitStatus(err) != exitFailed {
		t.Fatalf("100,000 desktops with everything: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	end := bytes.Index([]byte(out), []byte("\nIn all "))
	return "```text\n" + strings.Join(lines[:8], "\n") + "\n...\n" + strings.TrimSpace(out[end:]) + "\n```"
}

func memory() string {
	return docs.Wrap(fmt.Sprintf("About %d MiB, and %.1f KiB for each series of a scrape. Measured with the built binary and per-desktop series "+
		"at 1,000, 10,000 and 50,000 desktops: the resident set at its highest over the series. It covers the results, their rendered forms "+
		"and what the garbage collector leaves between two polls. `GOMEMLIMIT` set to the memory limit of a container makes the collector "+
		"work harder before that is reached.",
		plan.BytesAlone>>20, float64(plan.BytesPerSeries)/1024))
}

func fleetKinds() string {
	var b strings.Builder
	b.WriteString("| flag | number of | default | at 1,000 desktops | at 10,000 | at 100,000 |\n|---|---|---|---:|---:|---:|\n")
	at := func(n float64, kind area.Kind) float64 {
		return area.NewFleet(map[area.Kind]float64{area.Desktops: n})[kind]
	}
	for _, k := range area.FleetKinds() {
		fmt.Fprintf(&b, "| `--%s` | %s | %s | %.0f | %.0f | %.0f |\n", flagOf(k.Kind), k.Many, k.Why, at(1000, k.Kind), at(10_000, k.Kind), at(100_000, k.Kind))
	}
	return b.String()
}
