// Package runbooks_test holds the runbooks against the rules, the dashboards
// and the routing example that they speak of.
package runbooks_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
	"github.com/workspace-exporter/workspace_exporter/notifier"
)

var update = flag.Bool("update", false, "write the index in README.md")

const root = "../.."

// alerts returns the alerts of the shipped rules in the order of the files.
func alerts(t *testing.T) []promqltest.Rule {
	t.Helper()
	return slices.DeleteFunc(promqltest.Rules(t, filepath.Join(root, "alerts")), func(r promqltest.Rule) bool { return r.Alert == "" })
}

// page is one runbook.
type page struct {
	alert, text string
	// sections are its texts by their headings.
	sections map[string]string
	headings []string
}

var heading = regexp.MustCompile(`(?m)^## (.+)\n`)

func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, name := range testutil.Glob(t, "*.md") {
		if name == "README.md" {
			continue
		}
		p := page{alert: strings.TrimSuffix(name, ".md"), text: string(testutil.ReadFile(t, name)), sections: map[string]string{}}
		places := heading.FindAllStringSubmatchIndex(p.text, -1)
		for i, at := range places {
			end := len(p.text)
			if i+1 < len(places) {
				end = places[i+1][0]
			}
			title := p.text[at[2]:at[3]]
			p.headings = append(p.headings, title)
			p.sections[title] = p.text[at[1]:end]
		}
		all = append(all, p)
	}
	return all
}

// TestEveryAlertHasAPage, and every page has its alert.
func TestEveryAlertHasAPage(t *testing.T) {
	t.Parallel()
	want := map[string]bool{notifier.AlertName: false}
	for _, r := range alerts(t) {
		want[r.Alert] = false
	}
	for _, p := range pages(t) {
		if _, known := want[p.alert]; !known {
			t.Errorf("%s.md is about no alert", p.alert)
		}
		want[p.alert] = true
	}
	for alert, written := range want {
		if !written {
			t.Errorf("%s has no page", alert)
		}
	}
}

// TestPagesAreComplete: who is woken finds the same sections in the same
// order, with something in each, and the severity that the rule has.
func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	want := []string{
		"What it means", "How to see it", "Likely causes", "What to do", "How to silence", "When it resolves", "Related alerts",
	}
	tables := map[string]string{}
	for _, r := range alerts(t) {
		wait := r.For
		if wait == "" {
			wait = "0"
		}
		if r.Labels["long"] != "" {
			wait += ", over " + r.Labels["long"] + " and " + r.Labels["short"]
		}
		tables[r.Alert] += fmt.Sprintf("| %s | %s | %s | [%s](../../alerts/%s) |\n",
			r.Labels["severity"], wait, r.Labels["component"], r.File, r.File)
	}
	for _, p := range pages(t) {
		if !strings.HasPrefix(p.text, "# "+p.alert+"\n") {
			t.Errorf("%s.md: the title is not %s", p.alert, p.alert)
		}
		if !slices.Equal(p.headings, want) {
			t.Errorf("%s.md has the sections %q, not %q", p.alert, p.headings, want)
		}
		for title, text := range p.sections {
			if len(strings.Fields(text)) < 5 {
				t.Errorf("%s.md: %q says nothing", p.alert, title)
			}
		}
		if table := tables[p.alert]; p.alert != notifier.AlertName && !strings.Contains(p.text, "|---|---|---|---|\n"+table+"\n") {
			t.Errorf("%s.md: the table on top does not say what the rules do:\n%s", p.alert, table)
		}
		for _, need := range []struct{ section, text string }{
			{"How to see it", "dashboards/hcws-"},
			{"How to see it", "```promql\n"},
			{"How to see it", "\n- Console: "},
			{"Likely causes", "1. "},
			{"What to do", "1. "},
			{"How to silence", "```sh\namtool "},
		} {
			if !strings.Contains("\n"+p.sections[need.section], need.text) {
				t.Errorf("%s.md: %q has no %q", p.alert, need.section, need.text)
			}
		}
	}
}

// TestLines: pages are read in terminals, too, and code with them. Tables
// cannot be wrapped.
func TestLines(t *testing.T) {
	t.Parallel()
	for _, name := range testutil.Glob(t, "*.md") {
		for i, line := range strings.Split(string(testutil.ReadFile(t, name)), "\n") {
			if n := len([]rune(line)); n > 120 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d has %d characters", name, i+1, n)
			}
		}
	}
}

var named = regexp.MustCompile(`HuaweiWorkspace\w+`)

// TestAlertsNamed: every alert that a page names exists.
func TestAlertsNamed(t *testing.T) {
	t.Parallel()
	known := map[string]bool{notifier.AlertName: true}
	for _, r := range alerts(t) {
		known[r.Alert] = true
	}
	for _, name := range testutil.Glob(t, "*.md") {
		for _, alert := range named.FindAllString(string(testutil.ReadFile(t, name)), -1) {
			if !known[alert] {
				t.Errorf("%s names %s, which is no alert", name, alert)
			}
		}
	}
}

var (
	item      = regexp.MustCompile(`(?m)^- .*(?:\n  .*)*|^\d+\. .*(?:\n   .*)*|^[^-\n].*(?:\n\S.*)*`)
	dashboard = regexp.MustCompile(`\[([^\]]+)\]\(../../dashboards/(hcws-[a-z]+\.json)\)`)
	emphasis  = regexp.MustCompile(`\*([^*\n]+(?:\n[^*\n]+)?)\*`)
	fenced    = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")
	space     = regexp.MustCompile(`\s+`)
)

// TestPanels: the panels that a page names, in asterisks, are on a dashboard
// that the same item links to by its name; an item without a link speaks of
// one that the page links to.
func TestPanels(t *testing.T) {
	t.Parallel()
	titles, panels := map[string]string{}, map[string]map[string]bool{}
	for _, name := range testutil.Glob(t, filepath.Join(root, "dashboards", "hcws-*.json")) {
		var d struct {
			Title  string
			Panels []struct{ Title string }
		}
		if err := json.Unmarshal(testutil.ReadFile(t, name), &d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		file := filepath.Base(name)
		title, _, _ := strings.Cut(d.Title, ":")
		titles[file] = strings.TrimPrefix(title, "Workspace / ")
		panels[file] = map[string]bool{}
		for _, p := range d.Panels {
			panels[file][p.Title] = true
		}
	}
	for _, p := range pages(t) {
		text := fenced.ReplaceAllString(p.text, "")
		everywhere := dashboard.FindAllStringSubmatch(text, -1)
		for _, part := range item.FindAllString(text, -1) {
			here := dashboard.FindAllStringSubmatch(part, -1)
			for _, d := range here {
				if titles[d[2]] != d[1] {
					t.Errorf("%s.md calls %s %q, not %q", p.alert, d[2], d[1], titles[d[2]])
				}
			}
			if len(here) == 0 {
				here = everywhere
			}
			for _, m := range emphasis.FindAllStringSubmatch(part, -1) {
				panel := space.ReplaceAllString(m[1], " ")
				if !slices.ContainsFunc(here, func(d []string) bool { return panels[d[2]][panel] }) {
					t.Errorf("%s.md: there is no panel %q on %v", p.alert, panel, here)
				}
			}
		}
	}
}

var addsUp = regexp.MustCompile(`\b(sum|count|avg) (by|without)\b`)

// TestQueries: every expression can be read, and adds nothing up before the
// replicas of the exporter have come together. Whether the metrics, labels and
// values in it exist is held against the demo, in internal/command.
func TestQueries(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		for _, expr := range promqltest.Expressions(p.text) {
			if _, err := promqltest.Parse(expr); err != nil {
				t.Errorf("%s.md: %v", p.alert, err)
			}
			if addsUp.MatchString(expr) && !strings.Contains(expr, "without (instance, pod)") {
				t.Errorf("%s.md counts replicas of the exporter several times: %s", p.alert, expr)
			}
		}
	}
}

var (
	silence = regexp.MustCompile(`(?s)amtool silence add (.*?)\n` + "```")
	matcher = regexp.MustCompile(`^([a-z_]+)=(\S+)$`)
	// common are labels that any alert about a project has.
	common = []string{"alertname", "severity", "component", "job", "account", "region", "project"}
)

// TestSilences: each silences its own alert, by labels that the alert has.
func TestSilences(t *testing.T) {
	t.Parallel()
	named := map[string]string{notifier.AlertName: strings.Join(notifier.Labels(), " ")}
	for _, r := range alerts(t) {
		for _, text := range r.Annotations {
			named[r.Alert] += " " + text
		}
		for name := range r.Labels {
			named[r.Alert] += " " + name
		}
	}
	for _, p := range pages(t) {
		for _, m := range silence.FindAllStringSubmatch(p.sections["How to silence"], -1) {
			own := false
			for _, word := range strings.Fields(m[1]) {
				pair := matcher.FindStringSubmatch(word)
				if pair == nil {
					continue
				}
				own = own || pair[0] == "alertname="+p.alert
				if !slices.Contains(common, pair[1]) && !regexp.MustCompile(`\b`+pair[1]+`\b`).MatchString(named[p.alert]) {
					t.Errorf("%s.md silences by %s, which the alert does not name", p.alert, pair[1])
				}
			}
			if !own || !strings.Contains(m[1], "--duration=") || !strings.Contains(m[1], "--comment='") {
				t.Errorf("%s.md: a silence is not of this alert, or has no duration or comment: %s", p.alert, m[1])
			}
		}
	}
}

const begin = "<!-- Generated from alerts/*.rules.yml by `make runbooks`; do not edit below. -->\n"

// TestIndex: README.md lists all alerts by component.
func TestIndex(t *testing.T) {
	t.Parallel()
	text := string(testutil.ReadFile(t, "README.md"))
	before, _, found := strings.Cut(text, begin)
	if !found {
		t.Fatal("README.md has no place for the index")
	}
	testutil.UpToDate(t, "README.md", before+begin+index(alerts(t)), *update, "make runbooks")
}

func index(all []promqltest.Rule) string {
	type line struct{ severities, summary string }
	components, lines := map[string][]string{}, map[string]line{}
	for _, r := range all {
		l, again := lines[r.Alert]
		if !again {
			components[r.Labels["component"]] = append(components[r.Labels["component"]], r.Alert)
			l.summary = r.Annotations["summary"]
		}
		if s := r.Labels["severity"]; !strings.Contains(l.severities, s) {
			l.severities = strings.TrimPrefix(l.severities+", "+s, ", ")
		}
		lines[r.Alert] = l
	}
	components["alarms"] = append(components["alarms"], notifier.AlertName)
	lines[notifier.AlertName] = line{"by the level of the alarm", "An alarm of Workspace itself, sent by the exporter."}
	var b strings.Builder
	for _, c := range slices.Sorted(maps.Keys(components)) {
		fmt.Fprintf(&b, "\n### %s\n\n| alert | severity | tells |\n|---|---|---|\n", c)
		for _, alert := range components[c] {
			fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", alert, alert, lines[alert].severities, lines[alert].summary)
		}
	}
	return b.String()
}
