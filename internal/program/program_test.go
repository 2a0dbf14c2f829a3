// Package program tests the built program as a process of its own: what
// signals, reloads and a sudden end do to it. It needs no other program; tests
// with Prometheus and Alertmanager are in internal/e2e.
package program

import (
	"context"
	"fmt"
	"os"
	"testing"

	// What go test keeps as a result depends on the packages imported here.
	_ "github.com/workspace-exporter/workspace_exporter/internal/command"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// The account and the project of the simulators.
const (
	accessKey = "AKTEST"
	secretKey = "test-secret-key"
	projectID = "0123456789abcdef0123456789abcdef"
	region    = "ap-southeast-3"
)

// account is the section of a configuration whose last line is a project.
func account(endpoint string) string {
	return fmt.Sprintf(`
accounts:
  - name: demo
    credentials: {access_key: %s, secret_key: %s}
    iam_endpoint: %q
    projects:
      - {name: hq, region: %s, endpoint: %q}
`, accessKey, secretKey, endpoint, region, endpoint)
}

// binary is the program, which TestMain builds.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "workspace_exporter")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if binary, err = testutil.Build(context.Background(), "../..", dir); err != nil {
		panic(err)
	}
	return m.Run()
}

// start runs the exporter with a configuration file.
func start(t *testing.T, config, address string) *testutil.Program {
	t.Helper()
	return testutil.Start(t.Context(), t, t.TempDir(), "exporter", binary, "--config.file="+config, "--web.listen-address="+address)
}
