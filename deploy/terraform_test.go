package deploy_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestTerraform: each policy that can be chosen is a file.
func TestTerraform(t *testing.T) {
	t.Parallel()
	list := regexp.MustCompile(`contains\(\[(.*)\], p\)`).FindSubmatch(testutil.ReadFile(t, "terraform/variables.tf"))
	if list == nil {
		t.Fatal("variables.tf has no list of policies")
	}
	var named []string
	for policy := range strings.SplitSeq(string(list[1]), ", ") {
		named = append(named, "classic-"+strings.Trim(policy, `"`)+".json")
	}
	files := glob(t, filepath.Join("deploy/iam", "classic-*.json"))
	for _, name := range named {
		if files[name] == nil {
			t.Errorf("deploy/iam has no %s", name)
		}
	}
	if len(named) != len(files) {
		t.Errorf("%v can be chosen of %d", named, len(files))
	}
}
