package capture

import (
	"context"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

var update = flag.Bool("update", false, "write words.txt")

// TestWords: words.txt has the words of the API's SDK and of our collectors,
// which everybody knows. Words that are names of people stay out.
func TestWords(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	add := func(text string) {
		for _, w := range splitWords(text) {
			if len(w) > 1 {
				words[w] = true
			}
		}
	}
	out, err := exec.CommandContext(context.Background(), "go", "list", "-f", "{{.Dir}}",
		"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/model").Output()
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`^[A-Za-z0-9_.%-]{2,40}$`)
	for _, file := range testutil.Glob(t, filepath.Join(strings.TrimSpace(string(out)), "*.go")) {
		walkLiterals(t, file, func(tag bool, text string) {
			switch name := reflect.StructTag(text).Get("json"); {
			case tag:
				name, _, _ = strings.Cut(name, ",")
				add(name)
			case value.MatchString(text):
				add(text)
			}
		})
	}
	for _, pattern := range []string{"../../collector/*/*.go", "../../apiclient/catalogue*.go"} {
		for _, file := range testutil.Glob(t, pattern) {
			if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "areatest") {
				continue
			}
			walkLiterals(t, file, func(tag bool, text string) {
				switch name := reflect.StructTag(text).Get("json"); {
				case tag:
					name, _, _ = strings.Cut(name, ",")
					add(name)
				case value.MatchString(text):
					add(text)
				}
			})
		}
	}
	delete(words, "huawei")
	got := strings.Join(slices.Sorted(maps.Keys(words)), "\n") + "\n"
	if *update {
		if err := os.WriteFile("words.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(testutil.ReadFile(t, "words.txt")); got != want {
		t.Error("words.txt is stale: go test ./internal/capture -run TestWords -update writes it")
	}
}

// walkLiterals visits the strings and tags of a file.
func walkLiterals(t *testing.T, file string, visit func(tag bool, text string)) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	tags := map[*ast.BasicLit]bool{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if n.Tag != nil {
				tags[n.Tag] = true
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(n.Value); err == nil {
				visit(tags[n], text)
			}
		}
		return true
	})
}
