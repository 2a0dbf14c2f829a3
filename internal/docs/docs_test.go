package docs_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/docs"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
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
		testutil.UpToDate(t, filepath.Join("..", "..", name), string(want), *update, "make docs")
	}
}
