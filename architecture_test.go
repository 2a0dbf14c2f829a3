package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/workspace-exporter/workspace_exporter/"

// allowed lists, for each package, which packages of the project it may
// import and why nothing else. A package that is not listed may not exist.
var allowed = map[string]struct {
	imports []string
	why     string
}{
	".": {
		[]string{"collector", "internal/check", "internal/config", "internal/daemon", "internal/iam", "internal/plan", "internal/simulator"},
		"main parses flags and runs; only here is the simulator linked in, for --demo and simulate",
	},
	"internal/daemon": {
		[]string{"apiclient", "collector", "internal/config", "internal/state", "notifier", "scraper"},
		"the daemon puts the parts together; it never knows the simulator",
	},
	"notifier":        {nil, "the notifier is told of alarms; it knows neither the API they come from nor who polls it"},
	"internal/config": {nil, "the configuration is checked without knowing who uses it"},
	"scraper": {
		[]string{"apiclient", "collector", "internal/state"},
		"the scraper decides when, not what: it learns everything from the collectors' declarations",
	},
	"internal/plan": {
		[]string{"collector", "scraper"},
		"a plan is the scraper's arithmetic for a fleet that is counted instead of polled; it calls no API",
	},
	"internal/check": {
		[]string{"apiclient", "collector", "internal/config", "internal/daemon", "internal/iam"},
		"a check calls the API as the daemon does, and learns from the collectors what they call",
	},
	"collector":       {[]string{"apiclient"}, "collectors say what is measured, not when or how it is served"},
	"apiclient":       {nil, "the client knows the API and no metrics"},
	"internal/iam":    {[]string{"apiclient", "collector"}, "policies follow from the actions that the catalogue declares"},
	"internal/limits": {nil, "the published table is a reference for documents and tests; the product does not need it"},
	"internal/state":  {nil, "what is kept over restarts is bytes under keys, whatever they mean"},
	"internal/simulator": {
		[]string{"apiclient", "internal/simulator/answers", "internal/simulator/control", "internal/simulator/gateway", "internal/simulator/query", "internal/simulator/truth", "internal/simulator/world"},
		"the simulator is built from the catalogue and shares no other code with what it checks",
	},
	"internal/simulator/world":    {[]string{"internal/simulator/random"}, "a world knows neither HTTP nor how it is asked"},
	"internal/simulator/random":   {nil, "numbers are drawn from a seed alone"},
	"internal/simulator/truth":    {[]string{"internal/simulator/world"}, "the truth is counted without the code of the answers that are compared with it"},
	"internal/simulator/query":    {nil, "parameters have rules whatever they are about"},
	"internal/simulator/filter":   {[]string{"internal/simulator/query"}, "entries are picked by what a request asks for, whatever they are"},
	"internal/simulator/response": {nil, "answers are written whoever makes them"},
	"internal/simulator/answers": {
		[]string{"apiclient", "internal/simulator/filter", "internal/simulator/query", "internal/simulator/random", "internal/simulator/response", "internal/simulator/world"},
		"answers read a world and change nothing; who may ask is the gateway's business",
	},
	"internal/simulator/gateway": {
		[]string{"apiclient", "internal/simulator/query", "internal/simulator/random", "internal/simulator/response"},
		"the gateway refuses calls without knowing what lies behind it",
	},
	"internal/simulator/control": {[]string{"internal/simulator/world"}, "incidents are controlled beside the API, whose answers it does not know"},
	"internal/simulator/simtest": {[]string{"internal/simulator"}, "what tests share is the simulator as everybody sees it"},
	"internal/promqltest":        {nil, "what an expression asks for can be read without knowing what there is"},
	"internal/dashboards":        {[]string{"collector"}, "dashboards are made from declarations; nothing in the product needs Grafana's model of them"},
	"internal/docs":              {[]string{"apiclient", "collector", "internal/config", "internal/daemon", "internal/iam", "internal/limits", "scraper"}, "documents are made from the declarations"},
}

// only lists files that alone may import a module outside the project.
var only = []struct{ module, file, why string }{
	{"github.com/huaweicloud/huaweicloud-sdk-go-v3", "apiclient/signer.go", "the SDK is large and takes no context: one file adapts the little that is used"},
	{"go.etcd.io/bbolt", "internal/state/", "one package knows how state is kept"},
	{"gopkg.in/yaml.v3", "internal/config/", "everything strict about YAML is in one place"},
	{"github.com/go-kit/log", "main.go", "code logs through log/slog; go-kit/log writes the lines"},
	{"github.com/VictoriaMetrics/metricsql", "internal/promqltest/", "only tests read PromQL"},
	{"github.com/alecthomas/kingpin/v2", "", "flags belong to main"},
}

// TestImports holds the rules of who may import whom.
func TestImports(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	walkGo(t, func(file string, imports []string) {
		dir := filepath.ToSlash(filepath.Dir(file))
		seen[dir] = true
		rule, known := allowed[dir]
		if !known {
			t.Errorf("%s: package %s has no rule: add it to the list with its reason", file, dir)
		}
		for _, imported := range imports {
			if own, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(rule.imports, own) {
				t.Errorf("%s imports %s: %s", file, own, rule.why)
			}
			for _, o := range only {
				if strings.HasPrefix(imported, o.module) && !ownedBy(file, o.file) {
					t.Errorf("%s imports %s: %s", file, imported, o.why)
				}
			}
		}
	})
	for dir := range allowed {
		if !seen[dir] {
			t.Errorf("the rule for %s is about no package", dir)
		}
	}
}

// TestNoInit: state that appears before main cannot be seen, ordered or tested.
func TestNoInit(t *testing.T) {
	t.Parallel()
	walk(t, func(file string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", file)
			}
		}
	})
}

func ownedBy(file, owner string) bool {
	file = filepath.ToSlash(file)
	switch {
	case owner == "":
		return !strings.Contains(file, "/")
	case strings.HasSuffix(owner, "/"):
		return strings.HasPrefix(file, owner)
	default:
		return file == owner
	}
}

func walkGo(t *testing.T, visit func(file string, imports []string)) {
	t.Helper()
	walk(t, func(file string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		imports := make([]string, 0, len(parsed.Imports))
		for _, i := range parsed.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports = append(imports, path)
		}
		visit(file, imports)
	})
}

// walk visits the Go files of the product, without tests.
func walk(t *testing.T, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
