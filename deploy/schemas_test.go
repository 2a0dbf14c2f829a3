package deploy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// The modules that have the schemas of Kubernetes and of the Prometheus
// operator; go checks their sums.
const (
	kubernetesModule = "k8s.io/kubernetes@v1.36.3"
	operatorModule   = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
)

// used are the kinds of Kubernetes that our files make.
var used = []string{
	"ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget",
	"Secret", "Service", "ServiceAccount",
}

// conformer returns a check that objects have no wrong and no unknown field.
func conformer(t *testing.T) func(t *testing.T, stream []byte) {
	t.Helper()
	kubeconform, dir := testutil.Tool(t, "kubeconform"), t.TempDir()
	writeKubernetesSchemas(t, dir)
	writeOperatorSchemas(t, dir)
	check := func(t *testing.T, stream []byte) (string, error) {
		t.Helper()
		out, errors, err := try(t, stream, kubeconform, "-strict", "-schema-location", dir+"/{{.ResourceKind}}{{.KindSuffix}}.json", "-")
		return string(out) + string(errors), err
	}
	// A check that never fails is none.
	for _, wrong := range []string{
		"apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {prots: []}\n",
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replicas: two, selector: {}, template: {}}\n",
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec: {groups: [{name: a, rules: [{alert: b}]}]}\n",
	} {
		if report, err := check(t, []byte(wrong)); err == nil {
			t.Fatalf("kubeconform accepts %s\n%s", wrong, report)
		}
	}
	return func(t *testing.T, stream []byte) {
		t.Helper()
		if report, err := check(t, stream); err != nil {
			t.Errorf("kubeconform: %v\n%s", err, report)
		}
	}
}

// moduleDir downloads a module, unless it is there, and returns where it is.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	var info struct{ Dir string }
	if err := json.Unmarshal(run(t, nil, "go", "mod", "download", "-json", module), &info); err != nil {
		t.Fatal(err)
	}
	return info.Dir
}

// writeKubernetesSchemas makes one schema a kind of the published OpenAPI
// definitions, named the way kubeconform looks for them.
func writeKubernetesSchemas(t *testing.T, dir string) {
	t.Helper()
	var swagger struct{ Definitions map[string]object }
	if err := json.Unmarshal(testutil.ReadFile(t, filepath.Join(moduleDir(t, kubernetesModule), "api/openapi-spec/swagger.json")), &swagger); err != nil {
		t.Fatal(err)
	}
	for name, definition := range swagger.Definitions {
		if name == "io.k8s.apimachinery.pkg.api.resource.Quantity" {
			definition["type"] = []any{"string", "number"}
		}
		strict(definition)
	}
	for name, definition := range swagger.Definitions {
		kind := at(definition, "x-kubernetes-group-version-kind", 0)
		if kind == nil || !strings.HasPrefix(name, "io.k8s.api.") {
			continue
		}
		if !slices.Contains(used, at(kind, "kind").(string)) {
			continue
		}
		definitions := map[string]object{}
		collect(swagger.Definitions, name, definitions)
		writeSchema(t, dir, kind.(object), object{"$ref": "#/definitions/" + name, "definitions": definitions})
	}
}

// writeOperatorSchemas takes the schemas out of the operator's own resource
// definitions.
func writeOperatorSchemas(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"servicemonitors", "prometheusrules"} {
		var crd object
		path := filepath.Join(moduleDir(t, operatorModule), "example/prometheus-operator-crd/monitoring.coreos.com_"+name+".yaml")
		if err := yaml.Unmarshal(testutil.ReadFile(t, path), &crd); err != nil {
			t.Fatal(err)
		}
		schema := at(crd, "spec", "versions", 0, "schema", "openAPIV3Schema").(object)
		strict(schema)
		writeSchema(t, dir, object{
			"group": at(crd, "spec", "group"), "kind": at(crd, "spec", "names", "kind"), "version": at(crd, "spec", "versions", 0, "name"),
		}, schema)
	}
}

func writeSchema(t *testing.T, dir string, kind, schema object) {
	t.Helper()
	content, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	group, _, _ := strings.Cut(kind["group"].(string), ".")
	if group != "" {
		group = "-" + group
	}
	name := strings.ToLower(kind["kind"].(string) + group + "-" + kind["version"].(string) + ".json")
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// collect adds a definition and those that it refers to.
func collect(all map[string]object, name string, into map[string]object) {
	if into[name] != nil {
		return
	}
	into[name] = all[name]
	visit(all[name], func(o object) {
		if ref, ok := o["$ref"].(string); ok {
			collect(all, strings.TrimPrefix(ref, "#/definitions/"), into)
		}
	})
}

// strict refuses unknown fields, and knows what OpenAPI says in its own words.
func strict(schema object) {
	visit(schema, func(o object) {
		if _, ok := o["properties"].(object); ok && o["additionalProperties"] == nil && o["x-kubernetes-preserve-unknown-fields"] != true {
			o["additionalProperties"] = false
		}
		if o["format"] == "int-or-string" {
			o["type"] = []any{"string", "integer"}
		}
	})
}

// visit calls f for each object in value.
func visit(value any, f func(object)) {
	switch value := value.(type) {
	case object:
		f(value)
		for _, v := range value {
			visit(v, f)
		}
	case []any:
		for _, v := range value {
			visit(v, f)
		}
	}
}
