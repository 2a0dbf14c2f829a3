package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

const composeFile = "docker-compose.yml"

// services lets the reference implementation read the compose file.
func services(t *testing.T) object {
	t.Helper()
	var project object
	if err := yaml.Unmarshal(run(t, nil, testutil.Tool(t, "compose"), composeFile), &project); err != nil {
		t.Fatal(err)
	}
	return project["services"].(object)
}

// TestCompose: whatever is mounted is there, and nothing is writable that need
// not be.
func TestCompose(t *testing.T) {
	t.Parallel()
	all := services(t)
	if got, want := slices.Sorted(maps.Keys(all)), []string{"alertmanager", "exporter", "grafana", "prometheus"}; !slices.Equal(got, want) {
		t.Errorf("services %v", got)
	}
	for name, s := range all {
		if at(s, "read_only") != true || at(s, "cap_drop", 0) != "ALL" || at(s, "security_opt", 0) != "no-new-privileges:true" {
			t.Errorf("%s is not hardened", name)
		}
		for _, v := range at(s, "volumes").([]any) {
			if at(v, "type") != "bind" {
				continue
			}
			if _, err := os.Stat(at(v, "source").(string)); err != nil || at(v, "read_only") != true {
				t.Errorf("%s: %v, read_only: %v", name, err, at(v, "read_only"))
			}
		}
		for _, p := range at(s, "ports").([]any) {
			if at(p, "host_ip") != "127.0.0.1" {
				t.Errorf("%s can be reached from other machines", name)
			}
		}
		_, version, pinned := strings.Cut(path.Base(at(s, "image").(string)), ":")
		if !pinned || version == "latest" {
			t.Errorf("%s: image %s has no version", name, at(s, "image"))
		}
	}
	if fmt.Sprint(at(all, "exporter", "command")) != "--demo" {
		t.Errorf("the exporter runs %v, not the simulator", at(all, "exporter", "command"))
	}
}

// TestComposeVersions: the stack is what the tests of rules and end to end run.
func TestComposeVersions(t *testing.T) {
	t.Parallel()
	all := services(t)
	for name, module := range map[string]string{"prometheus": "prometheus/prometheus v0.", "alertmanager": "prometheus/alertmanager v"} {
		image := at(all, name, "image").(string)
		version := image[strings.LastIndex(image, ":v")+2:]
		if name == "prometheus" {
			version = strings.Replace(version, ".", "", 1) // 3.16.0 is v0.316.0 as a Go module
		}
		if mod := testutil.ReadFile(t, filepath.Join(root, "tools", name, "go.mod")); !strings.Contains(string(mod), module+version+" ") {
			t.Errorf("%s: tools/%s/go.mod has another version", image, name)
		}
	}
}

// assemble copies what a service mounts into a directory, at its place below.
func assemble(t *testing.T, service any) string {
	t.Helper()
	dir := t.TempDir()
	for _, v := range at(service, "volumes").([]any) {
		if at(v, "type") != "bind" {
			continue
		}
		source, target := at(v, "source").(string), filepath.Join(dir, at(v, "target").(string))
		if info, err := os.Stat(source); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			err = os.CopyFS(target, os.DirFS(source))
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, testutil.ReadFile(t, source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// flagOf finds the value of a flag of a service.
func flagOf(t *testing.T, service any, name string) string {
	t.Helper()
	for _, arg := range at(service, "command").([]any) {
		if value, ok := strings.CutPrefix(arg.(string), name+"="); ok {
			return value
		}
	}
	t.Fatalf("no %s in %v", name, at(service, "command"))
	return ""
}

// TestComposePrometheus lets promtool read the configuration where it is mounted.
func TestComposePrometheus(t *testing.T) {
	t.Parallel()
	promtool, service := testutil.Tool(t, "promtool"), services(t)["prometheus"]
	file := filepath.Join(assemble(t, service), flagOf(t, service, "--config.file"))
	out := string(run(t, nil, promtool, "check", "config", "--lint=none", file))
	if n := strings.Count(out, "rules found"); n != len(glob(t, "alerts/*.rules.yml")) {
		t.Errorf("promtool finds %d files of rules:\n%s", n, out)
	}
}

// TestComposeAlertmanager lets amtool read the configuration where it is mounted.
func TestComposeAlertmanager(t *testing.T) {
	t.Parallel()
	amtool, service := testutil.Tool(t, "amtool"), services(t)["alertmanager"]
	run(t, nil, amtool, "check-config", filepath.Join(assemble(t, service), flagOf(t, service, "--config.file")))
}

// TestComposeGrafana follows the provisioning to the dashboards.
func TestComposeGrafana(t *testing.T) {
	t.Parallel()
	service := services(t)["grafana"]
	dir := assemble(t, service)
	var provider object
	if err := yaml.Unmarshal(testutil.ReadFile(t, filepath.Join(dir, "etc/grafana/provisioning/dashboards/workspace.yml")), &provider); err != nil {
		t.Fatal(err)
	}
	dashboards, err := filepath.Glob(filepath.Join(dir, at(provider, "providers", 0, "options", "path").(string), "*.json"))
	if err != nil || len(dashboards) != len(glob(t, "dashboards/*.json")) {
		t.Errorf("%d dashboards are provisioned (%v)", len(dashboards), err)
	}
	home := at(service, "environment", "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH").(string)
	if !slices.Contains(dashboards, filepath.Join(dir, home)) {
		t.Errorf("the home dashboard %s is not there", home)
	}
}

// TestComposeReal: the environment file alone turns the stack to a real account.
func TestComposeReal(t *testing.T) {
	t.Parallel()
	env, known := map[string]string{}, string(testutil.ReadFile(t, composeFile))
	for line := range strings.Lines(string(testutil.ReadFile(t, "real.env.example"))) {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), "=")
		if !ok || strings.Contains(name, " ") {
			continue
		}
		if !strings.Contains(known, "${"+name+":") {
			t.Errorf("the compose file does not use %s", name)
		}
		if !strings.HasPrefix(line, "#") {
			env[name] = value
		}
	}
	if _, err := config.FromEnvironment(daemon.Schema(), func(name string) string { return env[name] }); err != nil {
		t.Error(err)
	}
	if _, err := config.Parse("config.yml", testutil.ReadFile(t, "compose/exporter/config.yml"), daemon.Schema(), func(name string) string { return env[name] }); err != nil {
		t.Error(err)
	}
}
