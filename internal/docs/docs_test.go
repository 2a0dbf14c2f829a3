package docs_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/docs"
)

var update = flag.Bool("update", false, "write the generated files")

// TestFilesAreUpToDate fails when a generated file tells of something else
// than the declarations.
func TestFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	files, err := docs.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join("..", "..", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v; `make docs` writes it", err)
		} else if !bytes.Equal(have, want) {
			t.Errorf("%s is stale: run `make docs`", name)
		}
	}
}
