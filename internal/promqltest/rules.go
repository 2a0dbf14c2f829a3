package promqltest

import (
	"os"
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"
)

// Rule is a recording or an alerting rule of Prometheus.
type Rule struct {
	Record, Alert, Expr, For string
	KeepFiringFor            string `yaml:"keep_firing_for"`
	Labels, Annotations      map[string]string

	// File and Group are where the rule stands.
	File, Group string `yaml:"-"`
}

// Rules returns all rules of the files dir/*.rules.yml in their order.
func Rules(t testing.TB, dir string) []Rule {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.rules.yml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no rules in %s: %v", dir, err)
	}
	var all []Rule
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // tests name the directory
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Groups []struct {
				Name  string
				Rules []Rule
			}
		}
		if err := yaml.Unmarshal(content, &file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				r.File, r.Group = filepath.Base(path), g.Name
				all = append(all, r)
			}
		}
	}
	return all
}
