package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/promqltest"
)

type ruleFile struct {
	Groups []struct {
		Rules []struct{ Record, Alert, Expr string }
	}
}

// checkRules holds the shipped rules against a scrape: every metric, label and
// label value of every expression must be there. For the series of a recording
// rule, the metrics it is made of must show them.
func checkRules(t *testing.T, page string) {
	t.Helper()
	scrape, err := promqltest.ReadScrape(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string][]promqltest.Selector{} // by the name of the rule, all with one name together
	recorded := map[string]bool{}
	for _, file := range ruleFiles(t) {
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				use, err := promqltest.Parse(r.Expr)
				if err != nil {
					t.Error(err)
				}
				name := r.Record + r.Alert
				uses[name] = append(uses[name], use.Selectors...)
				recorded[r.Record] = true
			}
		}
	}
	var missing func(s promqltest.Selector) []string
	missing = func(s promqltest.Selector) []string {
		if s.Metric == "up" { // of Prometheus itself
			return nil
		}
		if !recorded[s.Metric] {
			return scrape.Missing(s)
		}
		var all []string
		for _, source := range uses[s.Metric] {
			source.Matchers = s.Matchers
			found := missing(source)
			if len(found) == 0 {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	for name, selectors := range uses {
		for _, s := range selectors {
			for _, m := range missing(s) {
				t.Errorf("%s: %s", name, m)
			}
		}
	}
}

func ruleFiles(t *testing.T) []ruleFile {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("alerts", "*.rules.yml"))
	if err != nil || len(names) == 0 {
		t.Fatal("no rules in alerts/", err)
	}
	var files []ruleFile
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file ruleFile
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files = append(files, file)
	}
	return files
}
