package deploy_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

const chart = "helm/workspace-exporter"

// render returns what the chart makes of values.
func render(t *testing.T, args ...string) []byte {
	t.Helper()
	return run(t, nil, testutil.Tool(t, "helm"), append([]string{"template", "release", chart, "--namespace", "vdi"}, args...)...)
}

// TestChart lints and renders every file of values, and holds the objects
// against the schemas of Kubernetes and the Prometheus operator.
func TestChart(t *testing.T) {
	t.Parallel()
	helm, conform := testutil.Tool(t, "helm"), conformer(t)
	always := map[string]int{"Deployment": 1, "Service": 1, "Pod": 1}
	want := map[string]map[string]int{
		"default":  {"ConfigMap": 1, "ServiceAccount": 1},
		"demo":     {},
		"secret":   {"ConfigMap": 1, "ServiceAccount": 1, "Secret": 1, "PersistentVolumeClaim": 1},
		"existing": {"ServiceAccount": 1, "NetworkPolicy": 1},
		"everything": {
			"ConfigMap": 1 + len(glob(t, "dashboards/*.json")), "PrometheusRule": len(glob(t, "alerts/*.rules.yml")) - 1,
			"ServiceAccount": 1, "ServiceMonitor": 1, "NetworkPolicy": 1, "PodDisruptionBudget": 1,
		},
	}
	files := glob(t, "deploy/"+chart+"/ci/*-values.yaml")
	for file := range files {
		name := strings.TrimSuffix(file, "-values.yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(chart, "ci", file)
			run(t, nil, helm, "lint", "--strict", chart, "--values", path)
			rendered := render(t, "--values", path)
			conform(t, rendered)
			expected := maps.Clone(always)
			maps.Copy(expected, want[name])
			all := objects(t, rendered)
			if got := kinds(all); !maps.Equal(got, expected) {
				t.Errorf("%s makes %v, not %v", file, got, expected)
			}
			hardened(t, all)
			mounted(t, all)
		})
	}
	if len(files) != len(want) {
		t.Errorf("%d files of values, %d expectations", len(files), len(want))
	}
}

// TestChartParts renders with each optional part alone and with all but it.
func TestChartParts(t *testing.T) {
	t.Parallel()
	conform := conformer(t)
	var values object
	if err := yaml.Unmarshal(testutil.ReadFile(t, chart+"/values.yaml"), &values); err != nil {
		t.Fatal(err)
	}
	everything := filepath.Join(chart, "ci", "everything-values.yaml")
	plain, full := render(t), render(t, "--values", everything, "--set", "replicas=1,persistence.enabled=true")
	for part, value := range values {
		if at(value, "enabled") == nil {
			continue
		}
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			alone := render(t, "--set", part+".enabled=true")
			without := render(t, "--values", everything, "--set", "replicas=1,persistence.enabled=true", "--set", part+".enabled=false")
			conform(t, alone)
			conform(t, without)
			if bytes.Equal(alone, plain) || (bytes.Equal(without, full) && part != "demo") {
				t.Errorf("%s.enabled makes no difference", part)
			}
		})
	}
}

// hardened holds every container to the restricted profile and more.
func hardened(t *testing.T, all []object) {
	t.Helper()
	for _, o := range all {
		pod := at(o, "spec")
		switch o["kind"] {
		case "Deployment":
			pod = at(o, "spec", "template", "spec")
		case "Pod":
		default:
			continue
		}
		for _, c := range at(pod, "containers").([]any) {
			for path, want := range map[string]any{
				"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": object{"drop": []any{"ALL"}},
			} {
				if got := at(c, "securityContext", path); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: securityContext.%s is %v", o["kind"], path, got)
				}
			}
		}
		if at(pod, "securityContext", "runAsNonRoot") != true || at(pod, "securityContext", "seccompProfile", "type") != "RuntimeDefault" {
			t.Errorf("%s: securityContext of the pod is %v", o["kind"], at(pod, "securityContext"))
		}
		if at(pod, "automountServiceAccountToken") != false {
			t.Errorf("%s has a token", o["kind"])
		}
	}
}

// mounted holds the mounts against the volumes, and the arguments against the
// mounts.
func mounted(t *testing.T, all []object) {
	t.Helper()
	pod := at(ofKind(t, all, "Deployment")[0], "spec", "template", "spec")
	volumes, mounts := map[any]bool{}, map[any]bool{}
	list, _ := at(pod, "volumes").([]any)
	for _, v := range list {
		volumes[at(v, "name")] = true
	}
	var paths []string
	list, _ = at(pod, "containers", 0, "volumeMounts").([]any)
	for _, m := range list {
		mounts[at(m, "name")] = true
		paths = append(paths, at(m, "mountPath").(string)+"/")
	}
	if !maps.Equal(volumes, mounts) {
		t.Errorf("volumes %v, mounts %v", volumes, mounts)
	}
	for _, arg := range at(pod, "containers", 0, "args").([]any) {
		name, file, _ := strings.Cut(arg.(string), "=")
		if strings.HasSuffix(name, ".file") && !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(file, p) }) {
			t.Errorf("%s is in none of %v", arg, paths)
		}
	}
}

// TestChartConfig lets the exporter read the configurations that the chart
// makes.
func TestChartConfig(t *testing.T) {
	t.Parallel()
	files := secrets(t, "access_key", "secret_key", "salt")
	for file, state := range map[string]string{"default": "", "secret": "/var/lib/workspace_exporter", "everything": ""} {
		all := objects(t, render(t, "--values", filepath.Join(chart, "ci", file+"-values.yaml"), "--show-only", "templates/configmap.yaml"))
		text := strings.ReplaceAll(at(all[0], "data", "config.yml").(string), "/etc/workspace_exporter/credentials", files)
		cfg, err := config.Parse("config.yml", []byte(text), daemon.Schema(), func(string) string { return "" })
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, text)
			continue
		}
		if cfg.StatePath != state {
			t.Errorf("%s: state is in %q, not %q", file, cfg.StatePath, state)
		}
	}
}

// TestChartFiles holds rules and dashboards in the packaged chart and in what
// it makes against those of the repository.
func TestChartFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, nil, testutil.Tool(t, "helm"), "package", chart, "--destination", dir)
	rules, dashboards := glob(t, "alerts/*.rules.yml"), glob(t, "dashboards/*.json")
	packages, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(packages) != 1 {
		t.Fatal(packages, err)
	}
	want := map[string][]byte{}
	for name, content := range rules {
		want["workspace-exporter/files/alerts/"+name] = content
	}
	for name, content := range dashboards {
		want["workspace-exporter/files/dashboards/"+name] = content
	}
	got := untar(t, packages[0])
	maps.DeleteFunc(got, func(name string, _ []byte) bool { return !strings.HasPrefix(name, "workspace-exporter/files/") })
	equalFiles(t, got, want)
	// Helm keeps the chart in a Secret, which holds 1 MiB: base64 of its own gzip.
	if info, err := os.Stat(packages[0]); err != nil || info.Size() > 500<<10 {
		t.Errorf("the chart has %d KiB: too large for the Secret of a release", info.Size()>>10)
	}

	all := objects(t, render(t, "--set", "prometheusRule.enabled=true", "--set", "dashboards.enabled=true"))
	shown := map[string][]byte{}
	for _, o := range ofKind(t, all, "ConfigMap") {
		for name, content := range at(o, "data").(object) {
			if strings.HasSuffix(name, ".json") {
				shown[name] = []byte(content.(string))
			}
		}
	}
	equalFiles(t, shown, dashboards)
	manifests := ofKind(t, all, "PrometheusRule")
	if len(manifests) != len(rules) {
		t.Errorf("%d PrometheusRules of %d files", len(manifests), len(rules))
	}
	for _, o := range manifests {
		name := strings.TrimPrefix(at(o, "metadata", "name").(string), "release-workspace-exporter-") + ".rules.yml"
		var file any
		if err := yaml.Unmarshal(rules[name], &file); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(o["spec"], file) {
			t.Errorf("the PrometheusRule of %s differs from the file", name)
		}
	}
}

// equalFiles compares bytes, but for the end of the file.
func equalFiles(t *testing.T, got, want map[string][]byte) {
	t.Helper()
	for name := range want {
		if strings.TrimRight(string(got[name]), "\n") != strings.TrimRight(string(want[name]), "\n") {
			t.Errorf("%s differs from the repository's", name)
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s should not be there", name)
		}
	}
}

func untar(t *testing.T, path string) map[string][]byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = content
	}
}

// TestChartRefuses: what cannot work is said before it is installed.
func TestChartRefuses(t *testing.T) {
	t.Parallel()
	helm := testutil.Tool(t, "helm")
	for value, want := range map[string]string{
		"replica=2":                            "'replica' not allowed",
		"image.tga=1":                          "'tga' not allowed",
		"config.collector.x=1":                 "'collector' not allowed",
		"config.budget.share=2":                "/config/budget/share",
		"config.collectors.poolz.enabled=true": "'poolz' not allowed",
		"config.collectors.pools.interval=30":  "/config/collectors/pools/interval",
		"config.accounts[0].nme=x":             "'nme' not allowed",
		"config.accounts[0].projects[0].x=y":   "'x' not allowed",
		"config.alertmanagers[0].ulr=x":        "'ulr' not allowed",
		"livenessProbe.perodSeconds=3":         "'perodSeconds' not allowed",
		"resources.limit.memory=1Gi":           "'limit' not allowed",
		"persistence.size=1GB":                 "/persistence/size",
		"serviceMonitor.interval=30":           "/serviceMonitor/interval",
		"credentials.files.access_key=":        "/credentials/files/access_key",
		"image.digest=latest":                  "/image/digest",
		"persistence.enabled=true,replicas=2":  "the state is for one process",
		"networkPolicy.ingressFrom=monitoring": "/networkPolicy/ingressFrom",
		"web.telemetryPath=metrics":            "/web/telemetryPath",
	} {
		_, report, err := try(t, nil, helm, "template", chart, "--set", value)
		if err == nil || !strings.Contains(string(report), want) {
			t.Errorf("--set %s: %v, and nothing about %s in\n%s", value, err, want, report)
		}
	}
}

// TestChartSchema holds the schema against the values and the configuration.
func TestChartSchema(t *testing.T) {
	t.Parallel()
	var schema, values, example object
	for path, into := range map[string]*object{
		chart + "/values.schema.json": &schema, chart + "/values.yaml": &values, root + "/config.example.yml": &example,
	} {
		content := testutil.ReadFile(t, path)
		if into == &example {
			// The alternatives too.
			content = regexp.MustCompile(`(?m)^( +)#([a-z0-9_]+:)`).ReplaceAll(content, []byte("$1$2"))
		}
		if err := yaml.Unmarshal(content, into); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	config := at(schema, "properties", "config").(object)
	described(t, "values", schema, schema, values)
	described(t, "config", schema, config, example)
	for key := range at(schema, "properties").(object) {
		if _, ok := values[key]; !ok && key != "global" {
			t.Errorf("values.schema.json knows %s, values.yaml does not", key)
		}
	}
	collectors := slices.Sorted(maps.Keys(at(schema, "definitions", "collectors", "properties").(object)))
	if want := slices.Sorted(maps.Keys(example["collectors"].(object))); !slices.Equal(collectors, want) {
		t.Errorf("values.schema.json knows the collectors\n%q, there are\n%q", collectors, want)
	}
}

// described: each key has a schema, and no other would pass.
func described(t *testing.T, path string, whole, schema object, value any) {
	t.Helper()
	if name, ok := schema["$ref"].(string); ok {
		schema = at(whole, "definitions", strings.TrimPrefix(name, "#/definitions/")).(object)
	}
	switch value := value.(type) {
	case object:
		properties, ok := schema["properties"].(object)
		if !ok {
			return
		}
		if schema["additionalProperties"] != false {
			if !strings.HasPrefix(path, "config.collectors.") {
				t.Errorf("the schema of %s lets any key pass", path)
			}
			return
		}
		for key, v := range value {
			s, ok := properties[key].(object)
			if !ok {
				t.Errorf("%s.%s has no schema", path, key)
				continue
			}
			described(t, path+"."+key, whole, s, v)
		}
	case []any:
		if items, ok := schema["items"].(object); ok {
			for _, v := range value {
				described(t, path+"[]", whole, items, v)
			}
		}
	}
}
