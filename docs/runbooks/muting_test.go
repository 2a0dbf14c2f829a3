package runbooks_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
	"github.com/workspace-exporter/workspace_exporter/notifier"
)

// inhibition is a rule of the routing example.
type inhibition struct {
	Sources []string `yaml:"source_matchers"`
	Targets []string `yaml:"target_matchers"`
}

var condition = regexp.MustCompile(`(?s)^\s*(\w+)(=~|!~|!=|=)"(.*)"\s*$`)

// hits tells whether all matchers can hold for an alert with these labels. Of
// labels that the rule does not set anything can be true.
func hits(t *testing.T, matchers []string, labels map[string]string) bool {
	t.Helper()
	for _, m := range matchers {
		c := condition.FindStringSubmatch(m)
		if c == nil {
			t.Fatalf("cannot read the matcher %s", m)
		}
		value, known := labels[c[1]]
		pattern := c[3]
		if !strings.HasSuffix(c[2], "~") {
			pattern = regexp.QuoteMeta(pattern)
		}
		holds := regexp.MustCompile("^(?:" + pattern + ")$").MatchString(value)
		if known && holds == strings.HasPrefix(c[2], "!") {
			return false
		}
	}
	return true
}

// TestMuting: pages say which alerts mute theirs, and which it mutes, as the
// routing example does. That a critical alert mutes its own warning is no
// relation between pages.
func TestMuting(t *testing.T) {
	t.Parallel()
	var example struct {
		Rules []inhibition `yaml:"inhibit_rules"`
	}
	if err := yaml.Unmarshal(testutil.ReadFile(t, filepath.Join(root, "alerts", "alertmanager.example.yml")), &example); err != nil {
		t.Fatal(err)
	}
	labels := map[string][]map[string]string{}
	for _, level := range []string{"critical", "major", "minor", "info"} {
		labels[notifier.AlertName] = append(labels[notifier.AlertName],
			map[string]string{"alertname": notifier.AlertName, "component": "alarms", "level": level})
	}
	for _, r := range alerts(t) {
		own := map[string]string{"alertname": r.Alert}
		maps.Copy(own, r.Labels)
		labels[r.Alert] = append(labels[r.Alert], own)
	}
	mutes, mutedBy := map[string][]string{}, map[string][]string{}
	for _, r := range example.Rules {
		if r.ofSeverities() {
			continue
		}
		targets := hit(t, r.Targets, labels)
		for _, source := range hit(t, r.Sources, labels) {
			for _, target := range targets {
				if source != target {
					mutes[source] = append(mutes[source], target)
					mutedBy[target] = append(mutedBy[target], source)
				}
			}
		}
	}
	for _, p := range pages(t) {
		sections := map[string]string{}
		for _, part := range item.FindAllString(p.sections["When it resolves"], -1) {
			verb, _, _ := strings.Cut(strings.TrimPrefix(part, "- "), " ")
			sections[verb] += part
		}
		by := named.FindAllString(sections["Muted"], -1)
		slices.Sort(by)
		want := slices.Sorted(slices.Values(mutedBy[p.alert]))
		if got, want := slices.Compact(by), slices.Compact(want); !slices.Equal(got, want) {
			t.Errorf("%s.md says that it is muted by %q, the example by %q", p.alert, got, want)
		}
		for _, target := range named.FindAllString(sections["Mutes"], -1) {
			if !slices.Contains(mutes[p.alert], target) {
				t.Errorf("%s.md says that it mutes %s, the example does not", p.alert, target)
			}
		}
		for _, target := range mutes[p.alert] {
			component := "`" + labels[target][0]["component"] + "`"
			if !strings.Contains(sections["Mutes"], "["+target+"]") && !strings.Contains(sections["Mutes"], component) {
				t.Errorf("%s.md does not say that it mutes %s", p.alert, target)
			}
		}
	}
}

// ofSeverities: of two alerts with one name the critical one mutes the other.
func (r inhibition) ofSeverities() bool {
	return slices.Contains(r.Sources, `severity="critical"`) && slices.Contains(r.Targets, `severity="warning"`)
}

// hit returns the alerts for which all matchers can hold.
func hit(t *testing.T, matchers []string, labels map[string][]map[string]string) []string {
	t.Helper()
	var names []string
	for name, variants := range labels {
		if slices.ContainsFunc(variants, func(l map[string]string) bool { return hits(t, matchers, l) }) {
			names = append(names, name)
		}
	}
	return names
}
