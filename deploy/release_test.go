package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestWorkflows lets actionlint read the workflows.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	workflows := testutil.Glob(t, root+"/.github/workflows/*.yml")
	run(t, nil, testutil.Tool(t, "actionlint"), append([]string{"-shellcheck=", "-pyflakes="}, workflows...)...)
}

// TestBuildFlags: releases are built as deploy/build builds.
func TestBuildFlags(t *testing.T) {
	t.Parallel()
	var goreleaser object
	if err := yaml.Unmarshal(testutil.ReadFile(t, root+"/.goreleaser.yaml"), &goreleaser); err != nil {
		t.Fatal(err)
	}
	build, script := at(goreleaser, "builds", 0), string(testutil.ReadFile(t, "build"))
	for _, flag := range at(build, "flags").([]any) {
		if !strings.Contains(script, flag.(string)) {
			t.Errorf("deploy/build does not pass %s", flag)
		}
	}
	var ldflags []string
	for _, flag := range at(build, "ldflags").([]any) {
		ldflags = append(ldflags, flag.(string))
	}
	set := regexp.MustCompile(`(?:\$pkg|version)\.(\w+)=`)
	variables := func(s string) []string {
		var names []string
		for _, m := range set.FindAllStringSubmatch(s, -1) {
			names = append(names, m[1])
		}
		return slices.Sorted(slices.Values(names))
	}
	got, want := variables(strings.Join(ldflags, " ")), variables(script)
	if len(want) == 0 || !slices.Equal(got, want) || !slices.Contains(ldflags, "-s -w") {
		t.Errorf("goreleaser sets %v, deploy/build %v", got, want)
	}
}

// TestVersions: what has to be the same in several files is.
func TestVersions(t *testing.T) {
	t.Parallel()
	find := func(path, pattern string) string {
		m := regexp.MustCompile(pattern).FindSubmatch(testutil.ReadFile(t, path))
		if m == nil {
			t.Fatalf("%s has no %s", path, pattern)
		}
		return string(m[1])
	}
	image := find("Dockerfile", `FROM --platform=\$BUILDPLATFORM (golang:\S+) AS build`)
	if ci := find(root+"/.github/workflows/ci.yml", `image: (golang:\S+)`); ci != image {
		t.Errorf("CI runs in %s, the image is built in %s", ci, image)
	}
	if comment := find("Dockerfile", `imagetools inspect (golang:[^`+"`"+`]+)`); comment != image {
		t.Errorf("the Dockerfile talks of %s, and uses %s", comment, image)
	}
	wanted := find(root+"/go.mod", `(?m)^go (\d+\.\d+)`)
	if !strings.HasPrefix(image, "golang:"+wanted+".") {
		t.Errorf("the image is built with %s, go.mod asks for %s", image, wanted)
	}
	app := find(chart+"/Chart.yaml", `(?m)^appVersion: (\S+)`)
	if tag := find("kubernetes/base/kustomization.yaml", `newTag: (\S+)`); tag != app {
		t.Errorf("kustomize runs %s, the chart %s", tag, app)
	}
}
