package promqltest

import (
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
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
	var all []Rule
	for _, path := range testutil.Glob(t, filepath.Join(dir, "*.rules.yml")) {
		var file struct {
			Groups []struct {
				Name  string
				Rules []Rule
			}
		}
		if err := yaml.Unmarshal(testutil.ReadFile(t, path), &file); err != nil {
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
