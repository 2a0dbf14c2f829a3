package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
)

const module = "github.com/workspace-exporter/workspace_exporter/"

// rule says which packages of the project a package may import and why nothing else.
type rule struct {
	imports []string
	why     string
}

var groupOfAreas = rule{
	[]string{"apiclient", "collector/area", "collector/decode", "collector/peer"},
	"an area sees of another one what package peer declares",
}

// allowed lists, for each package, which packages of the project it may
// import and why nothing else. A package that is not listed may not exist.
var allowed = map[string]rule{
	".": {[]string{"internal/command"}, "main is the process around the commands: signals and exit status"},
	"internal/command": {
		[]string{"collector", "collector/area", "internal/capture", "internal/check", "internal/config", "internal/daemon", "internal/iam", "internal/plan", "internal/simulator", "internal/simulator/replay"},
		"the commands parse flags and run; only here is the simulator linked in, for --demo and simulate",
	},
	"internal/daemon": {
		[]string{"apiclient", "apiclient/drift", "collector", "collector/area", "collector/peer", "internal/config", "internal/foreign", "internal/state", "notifier", "scraper"},
		"the daemon puts the parts together; it never knows the simulator",
	},
	"notifier":        {[]string{"internal/foreign"}, "the notifier is told of alarms; it knows neither the API they come from nor who polls it"},
	"internal/config": {nil, "the configuration is checked without knowing who uses it"},
	"scraper": {
		[]string{"apiclient", "collector/area", "internal/state"},
		"the scraper decides when, not what: it learns everything from the collectors' declarations",
	},
	"internal/plan": {
		[]string{"collector/area", "scraper"},
		"a plan is the scraper's arithmetic for a fleet that is counted instead of polled; it calls no API",
	},
	"internal/check": {
		[]string{"apiclient", "apiclient/drift", "collector", "collector/area", "internal/config", "internal/daemon", "internal/iam"},
		"a check calls the API as the daemon does, and learns from the collectors what they call",
	},
	"internal/capture": {
		[]string{"apiclient", "collector", "collector/area", "collector/recording", "internal/config", "internal/daemon"},
		"a capture calls the API as the daemon does, and writes what the tests of the areas read",
	},
	"collector": {
		[]string{"collector/area", "collector/core", "collector/inventory", "collector/operations", "collector/usage"},
		"the list of all areas; those outside use it and what an area is, never a single area",
	},
	"collector/area":       {[]string{"apiclient"}, "areas say what is measured, not when or how it is served"},
	"collector/peer":       {[]string{"apiclient"}, "what one area may see of another is a small type of its own"},
	"collector/decode":     {[]string{"apiclient", "collector/area", "collector/peer"}, "how answers are read, whatever area reads them"},
	"collector/core":       groupOfAreas,
	"collector/usage":      groupOfAreas,
	"collector/inventory":  groupOfAreas,
	"collector/operations": groupOfAreas,
	"collector/areatest":   {[]string{"apiclient", "collector/area", "collector/recording"}, "only tests import it"},
	"collector/recording":  {[]string{"apiclient", "collector/area", "collector/peer"}, "one format of recorded answers, for the command that writes it and the tests that read it"},
	"apiclient":            {[]string{"internal/foreign"}, "the client knows the API and no metrics"},
	"internal/foreign":     {nil, "text and clocks of other programs, whoever they are"},
	"apiclient/drift":      {[]string{"apiclient"}, "answers are compared with what the catalogue and the SDK say of them, whoever asked"},
	"internal/iam":         {[]string{"apiclient", "collector", "collector/area"}, "policies follow from the actions that the catalogue declares"},
	"internal/limits":      {nil, "the published table is a reference for documents and tests; the product does not need it"},
	"internal/state":       {nil, "what is kept over restarts is bytes under keys, whatever they mean"},
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
	"internal/simulator/replay":  {[]string{"apiclient", "internal/simulator/gateway", "internal/simulator/response"}, "recorded answers are served without the code that wrote them"},
	"internal/simulator/control": {[]string{"internal/simulator/world"}, "incidents are controlled beside the API, whose answers it does not know"},
	"internal/simulator/simtest": {[]string{"internal/simulator"}, "what tests share is the simulator as everybody sees it"},
	"internal/promqltest":        {[]string{"internal/testutil"}, "what rules and expressions ask for can be read without knowing what there is"},
	"internal/testutil":          {nil, "tests of every package use it, and nothing else does"},
	"internal/dashboards":        {[]string{"collector", "collector/area"}, "dashboards are made from declarations; nothing in the product needs Grafana's model of them"},
	"internal/docs":              {[]string{"apiclient", "collector", "collector/area", "internal/config", "internal/daemon", "internal/iam", "internal/limits", "scraper"}, "documents are made from the declarations"},
}

// only lists the files, and directories with "/" at their end, that alone may
// import a module outside the project.
var only = []struct {
	module string
	files  []string
	why    string
}{
	{"github.com/huaweicloud/huaweicloud-sdk-go-v3", []string{"apiclient/signer.go"}, "the SDK is large and takes no context: one file adapts the little that is used"},
	{"go.etcd.io/bbolt", []string{"internal/state/legacy.go", "internal/state/legacy_test.go"}, "it is there to read what the version before has left"},
	{"gopkg.in/yaml.v3", []string{"internal/config/", "internal/promqltest/"}, "everything strict about YAML is in one place; only tests read rules"},
	{"github.com/go-kit/log", []string{"internal/command/command.go"}, "code logs through log/slog; go-kit/log writes the lines"},
	{"github.com/VictoriaMetrics/metricsql", []string{"internal/promqltest/"}, "only tests read PromQL"},
	{"github.com/alecthomas/kingpin/v2", []string{"internal/command/"}, "flags belong to the commands"},
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
				if strings.HasPrefix(imported, o.module) && !ownedBy(filepath.ToSlash(file), o.files) {
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

// TestAreasKeepApart: in a package of areas, a file that declares an area uses
// names of its own files (area.go and area_*.go) and of files without an area.
// What it needs of another area it asks for by a type of package peer; what
// two areas need stands in a file without an area, or in package decode.
func TestAreasKeepApart(t *testing.T) {
	t.Parallel()
	for _, group := range []string{"core", "usage", "inventory", "operations"} {
		files := goFiles(t, filepath.Join("collector", group))
		declared := map[string]string{} // name -> file
		areas := map[string]bool{}
		for file, parsed := range files {
			for _, name := range topLevel(parsed) {
				declared[name] = file
			}
			constructors := areaConstructors(parsed)
			if len(constructors) > 1 {
				t.Errorf("%s/%s declares the areas %v: give each a file of its own, named after the area", group, file, constructors)
			}
			areas[file] = len(constructors) == 1
		}
		owner := func(file string) string {
			if areas[file] {
				return file
			}
			for area := range areas {
				if areas[area] && strings.HasPrefix(file, strings.TrimSuffix(area, ".go")+"_") {
					return area
				}
			}
			return ""
		}
		list := group + ".go"
		for file, parsed := range files {
			for _, id := range parsed.Unresolved {
				other := declared[id.Name]
				if other == "" || other == file || file == list || owner(other) == "" || owner(other) == owner(file) {
					continue
				}
				t.Errorf("collector/%s/%s uses %s, which stands in %s: an area uses nothing of another one; share a result through package peer, a helper through package decode or a file without an area",
					group, file, id.Name, other)
			}
		}
	}
}

// areaConstructors are the functions without parameters that return an area.
func areaConstructors(file *ast.File) []string {
	var all []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || len(f.Type.Params.List) > 0 || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
			continue
		}
		if result, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr); ok && result.Sel.Name == "Collector" {
			all = append(all, f.Name.Name)
		}
	}
	return all
}

// topLevel are the names that a file declares for its package.
func topLevel(file *ast.File) []string {
	var names []string
	for name := range file.Scope.Objects { //nolint:staticcheck // what the parser resolves within a file is all that is needed
		names = append(names, name)
	}
	return names
}

// goFiles parses the files of a package, without tests, by name.
func goFiles(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s (%v)", dir, err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if files[filepath.Base(path)], err = parser.ParseFile(token.NewFileSet(), path, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// variableName is a variable of the environment in Go code.
var variableName = regexp.MustCompile(`"(HUAWEICLOUD_[A-Z_]+)"`)

// TestVariables: what the code reads from the environment is documented.
func TestVariables(t *testing.T) {
	t.Parallel()
	var documented []string
	for _, v := range config.Variables() {
		documented = append(documented, strings.TrimSuffix(v.Name, "<REGION>"))
	}
	walk(t, func(file string) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range variableName.FindAllSubmatch(content, -1) {
			if name := string(found[1]); !slices.Contains(documented, name) {
				t.Errorf("%s reads %s, which config.Variables does not tell of", file, name)
			}
		}
	})
}

func ownedBy(file string, owners []string) bool {
	return slices.ContainsFunc(owners, func(owner string) bool {
		return file == owner || strings.HasSuffix(owner, "/") && strings.HasPrefix(file, owner)
	})
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
