// Package deploy_test checks the files for deployment with the programs that
// they are written for.
package deploy_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

var update = flag.Bool("update", false, "write the generated files")

const root = ".."

// run returns what a program prints; it must succeed.
func run(t *testing.T, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	out, errors, err := try(t, stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, errors)
	}
	return out
}

func try(t *testing.T, stdin []byte, name string, args ...string) (stdout, stderr []byte, err error) {
	t.Helper()
	var out, errors bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &errors
	err = cmd.Run()
	return out.Bytes(), errors.Bytes(), err
}

// object is a Kubernetes object, or a part of one.
type object = map[string]any

// objects reads all documents of a stream.
func objects(t *testing.T, stream []byte) []object {
	t.Helper()
	var all []object
	decoder := yaml.NewDecoder(bytes.NewReader(stream))
	for {
		var o object
		if err := decoder.Decode(&o); err != nil {
			if err.Error() == "EOF" {
				return all
			}
			t.Fatal(err)
		}
		if o != nil {
			all = append(all, o)
		}
	}
}

// kinds counts objects by kind.
func kinds(all []object) map[string]int {
	n := map[string]int{}
	for _, o := range all {
		n[o["kind"].(string)]++
	}
	return n
}

// ofKind returns the objects of a kind, which must be there.
func ofKind(t *testing.T, all []object, kind string) []object {
	t.Helper()
	found := slices.DeleteFunc(slices.Clone(all), func(o object) bool { return o["kind"] != kind })
	if len(found) == 0 {
		t.Fatalf("no %s among %v", kind, slices.Sorted(maps.Keys(kinds(all))))
	}
	return found
}

// at follows keys and indices into an object, nil where there is nothing.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := value.(object)
			value = o[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// glob lists files of the repository by their base names.
func glob(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	return testutil.ReadFiles(t, filepath.Join(root, pattern))
}

// secrets makes a directory of files that stand for the mounted ones.
func secrets(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
