package drift

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
)

var update = flag.Bool("update", false, "write model.json")

const sdkModule = "github.com/huaweicloud/huaweicloud-sdk-go-v3"

// TestModelIsUpToDate: model.json is what the sources of the SDK and of the
// collectors say. `make sdk-model` writes it.
func TestModelIsUpToDate(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-json", sdkModule).Output()
	var module struct{ Version, Dir string }
	if err != nil || json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Skipf("the sources of %s are not there: %v", sdkModule, err)
	}
	source := newSource(t, filepath.Join(module.Dir, "services/workspace/v2/model"))
	m := Model{SDK: module.Version, Answers: map[string]*Shape{}}
	reads := readMembers(t)
	for _, e := range apiclient.Catalogue() {
		if source.structs[e.Operation+"Response"] == nil {
			t.Errorf("the SDK has no %sResponse", e.Operation)
			continue
		}
		answer := source.answer(e.Operation + "Response")
		markRead(answer, reads[e.Operation], e.Page.Items, true)
		// Counts are read by name, without a struct.
		for name, member := range answer.Members {
			if member.Type == Integer && reads[e.Operation]["literal "+name] && name != e.Page.Total {
				member.Always = true
			}
		}
		if items := answer.Members[e.Page.Items]; items != nil && items.Entry != nil {
			for name, member := range items.Entry.Members {
				member.Always = member.Always || reads[e.Operation]["key "+name]
			}
		}
		m.Answers[e.Operation] = answer
	}
	want := render(t, m)
	if *update {
		if err := os.WriteFile("model.json", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("model.json")
	if err != nil || !bytes.Equal(have, want) {
		t.Errorf("model.json is stale (%v): run `make sdk-model`", err)
	}
}

// render writes a line for each operation.
func render(t *testing.T, m Model) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"sdk\": %q, \"answers\": {\n", m.SDK)
	for i, operation := range slices.Sorted(maps.Keys(m.Answers)) {
		line, err := json.Marshal(m.Answers[operation])
		if err != nil {
			t.Fatal(err)
		}
		comma := ","
		if i == len(m.Answers)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "%q: %s%s\n", operation, line, comma)
	}
	b.WriteString("}}\n")
	return b.Bytes()
}

// source is the package of the SDK's models.
type source struct {
	structs map[string]*ast.StructType
	enums   map[string]*Shape
	// under is where the shape that is made stands, by types: none may hold
	// itself.
	under []string
}

func newSource(t *testing.T, dir string) *source {
	t.Helper()
	s := &source{structs: map[string]*ast.StructType{}, enums: map[string]*Shape{}}
	for _, file := range parseDir(t, dir) {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if typ, ok := spec.(*ast.TypeSpec); ok {
						if structure, ok := typ.Type.(*ast.StructType); ok {
							s.structs[typ.Name.Name] = structure
						}
					}
				}
			case *ast.FuncDecl:
				name, ok := strings.CutSuffix(strings.TrimPrefix(d.Name.Name, "Get"), "Enum")
				if ok && d.Recv == nil && strings.HasPrefix(d.Name.Name, "Get") {
					s.enums[name] = enumeration(d)
				}
			}
		}
	}
	return s
}

func parseDir(t *testing.T, dir string) map[string]*ast.File {
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
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = file
	}
	return files
}

// enumeration reads the values of a Get...Enum function.
func enumeration(f *ast.FuncDecl) *Shape {
	shape := &Shape{Type: String}
	ast.Inspect(f, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "value" {
			if value, ok := pair.Value.(*ast.BasicLit); ok {
				text := value.Value
				if value.Kind == token.STRING {
					text, _ = strconv.Unquote(text)
				} else {
					shape.Type = Integer
				}
				shape.Values = append(shape.Values, text)
			}
		}
		return true
	})
	slices.Sort(shape.Values)
	shape.Values = slices.Compact(shape.Values)
	return shape
}

// answer is the shape of a response; one with the member `body` alone is what
// that holds.
func (s *source) answer(response string) *Shape {
	shape := s.named(response)
	if body := shape.Members["body"]; body != nil && len(shape.Members) == 1 {
		body.Mandatory = false
		return body
	}
	return shape
}

// named is the shape of a type of the package.
func (s *source) named(name string) *Shape {
	if enum := s.enums[name]; enum != nil {
		copied := *enum
		return &copied
	}
	structure := s.structs[name]
	if structure == nil || slices.Contains(s.under, name) {
		return &Shape{Type: Whatever}
	}
	s.under = append(s.under, name)
	defer func() { s.under = s.under[:len(s.under)-1] }()
	shape := &Shape{Type: Object, Members: map[string]*Shape{}}
	for _, field := range structure.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value)
		tag = strings.TrimSuffix(strings.TrimPrefix(tag, `json:"`), `"`)
		member, omit, _ := strings.Cut(tag, ",")
		if member == "" || member == "-" || strings.HasPrefix(member, "X-") { // not sent, or a header
			continue
		}
		of := s.expr(field.Type)
		of.Mandatory = omit == ""
		if target := scalarOf(of); target.Type == String && len(target.Values) == 0 {
			target.Values = documented(field.Doc.Text())
		}
		shape.Members[member] = of
	}
	return shape
}

// scalarOf is the shape of the entries of a list, else the shape itself.
func scalarOf(s *Shape) *Shape {
	if s.Type == List {
		return s.Entry
	}
	return s
}

func (s *source) expr(e ast.Expr) *Shape {
	switch e := e.(type) {
	case *ast.StarExpr:
		return s.expr(e.X)
	case *ast.ArrayType:
		return &Shape{Type: List, Entry: s.expr(e.Elt)}
	case *ast.MapType:
		return &Shape{Type: Map, Entry: s.expr(e.Value)}
	case *ast.SelectorExpr: // sdktime.SdkTime
		return &Shape{Type: String}
	case *ast.Ident:
		switch e.Name {
		case "string":
			return &Shape{Type: String}
		case "bool":
			return &Shape{Type: Boolean}
		case "int", "int32", "int64":
			return &Shape{Type: Integer}
		case "float32", "float64":
			return &Shape{Type: Float}
		}
		return s.named(e.Name)
	}
	return &Shape{Type: Whatever}
}

var (
	// A list of values: "- VALUE：text", "* `VALUE` - text".
	bulleted = regexp.MustCompile("(?:^|\\s)[-*]\\s*`?([A-Za-z][A-Za-z0-9_-]*)`?\\s*(?:[：:]|\\s-\\s)")
	// "VALUE：text，VALUE：text".
	inline = regexp.MustCompile(`(?:^|[，,。：:、\s])([A-Z][A-Z_]{2,})\s*[：:]`)
)

// documented are the values that a comment lists, none if it lists fewer than
// two.
func documented(comment string) []string {
	comment = strings.Join(strings.Fields(comment), " ")
	for _, form := range []*regexp.Regexp{bulleted, inline} {
		var values []string
		// Matches may share a blank, so each search begins within the last one.
		for rest := comment; ; {
			m := form.FindStringSubmatchIndex(rest)
			if m == nil {
				break
			}
			values = append(values, rest[m[2]:m[3]])
			rest = rest[m[3]:]
		}
		slices.Sort(values)
		if values = slices.Compact(values); len(values) > 1 {
			return values
		}
	}
	return nil
}

// reading is what the collectors read of an operation: names of members, true
// for those that they count on.
type reading map[string]bool

// readMembers finds, by operation, the names in the tags of the types that the
// files which name the operation use.
func readMembers(t *testing.T) map[string]reading {
	t.Helper()
	operations := map[string]string{} // variable -> operation
	for _, file := range parseDir(t, "..") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			ast.Inspect(spec.Values[0], func(n ast.Node) bool {
				if pair, ok := n.(*ast.KeyValueExpr); ok {
					if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Operation" {
						if value, ok := pair.Value.(*ast.BasicLit); ok {
							operations[spec.Names[0].Name], _ = strconv.Unquote(value.Value)
						}
					}
				}
				return true
			})
			return true
		})
	}
	all := map[string]reading{}
	for _, group := range []string{"core", "usage", "inventory", "operations"} {
		files := parseDir(t, filepath.Join("../../collector", group))
		types := map[string]ast.Node{}
		for _, file := range files {
			for _, d := range file.Decls {
				if general, ok := d.(*ast.GenDecl); ok {
					for _, spec := range general.Specs {
						if typ, ok := spec.(*ast.TypeSpec); ok {
							types[typ.Name.Name] = typ
						}
					}
				}
			}
		}
		literals := reading{}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					name, _ := strconv.Unquote(literal.Value)
					literals["literal "+name] = true
				}
				return true
			})
		}
		for _, file := range files {
			names := reading{}
			collectTags(file, types, names, map[string]bool{})
			for _, key := range keys(file) {
				names["key "+key] = true
			}
			maps.Copy(names, literals)
			ast.Inspect(file, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "apiclient" && operations[selector.Sel.Name] != "" {
					operation := operations[selector.Sel.Name]
					if all[operation] == nil {
						all[operation] = reading{}
					}
					for name, always := range names {
						all[operation][name] = all[operation][name] || always
					}
				}
				return true
			})
		}
	}
	return all
}

// keys are the names of members that identify entries: without one a collector
// leaves the entry out or fails.
func keys(file *ast.File) []string {
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		function := call.Fun
		if generic, ok := function.(*ast.IndexExpr); ok {
			function = generic.X
		}
		selector, ok := function.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"List", "ListOf", "FetchCounts", "Nameless"}, selector.Sel.Name) {
			return true
		}
		for _, arg := range call.Args {
			if literal, ok := arg.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				name, _ := strconv.Unquote(literal.Value)
				names = append(names, name)
			}
		}
		return true
	})
	return names
}

// collectTags notes the tags below a node and those of the types it names.
func collectTags(node ast.Node, types map[string]ast.Node, names reading, done map[string]bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if typ := types[n.Name]; typ != nil && !done[n.Name] {
				done[n.Name] = true
				collectTags(typ, types, names, done)
			}
		case *ast.Field:
			if n.Tag == nil {
				return true
			}
			tag, _ := strconv.Unquote(n.Tag.Value)
			if _, text, ok := strings.Cut(tag, `json:"`); ok {
				text, _, _ = strings.Cut(text, `"`)
				name, _, _ := strings.Cut(text, ",")
				names[name] = names[name] || strings.Contains(tag, `sent:"always"`)
			}
		}
		return true
	})
}

// markRead marks what is read. A name alone does not tell whether a nested
// object is meant, so nothing is counted on there.
func markRead(s *Shape, names reading, items string, outer bool) {
	if s == nil {
		return
	}
	if s.Entry != nil {
		markRead(s.Entry, names, "", outer)
	}
	for name, member := range s.Members {
		always, read := names[name]
		member.Read, member.Always = read, always && outer
		markRead(member, names, "", outer && items != "" && name == items)
	}
}

// TestAdditionsNameTheirSource: what is no drift is so for a reason, and is
// about something that there is.
func TestAdditionsNameTheirSource(t *testing.T) {
	t.Parallel()
	var m Model
	if err := json.Unmarshal(modelText, &m); err != nil {
		t.Fatal(err)
	}
	for _, a := range additions() {
		if a.source == "" || a.places == "" {
			t.Errorf("%s %s has no source or no place", a.operation, a.places)
		}
		if m.Answers[a.operation] == nil {
			t.Errorf("%s is no operation of the model", a.operation)
			continue
		}
		for place := range strings.FieldsSeq(a.places) {
			at := m.Answers[a.operation]
			for name := range strings.SplitSeq(place, ".") {
				member, isList := strings.CutSuffix(name, "[]")
				at = at.Members[member]
				if at != nil && isList {
					at = at.Entry
				}
				if at == nil {
					break
				}
			}
			if at == nil && a.kind == "" {
				t.Errorf("%s has no %s, and no kind is given", a.operation, place)
			}
			if at != nil && a.values != "" && at.Type != String {
				t.Errorf("%s %s is no string", a.operation, place)
			}
		}
	}
}
