package command

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

func captureRun(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, progress testutil.Buffer
	err := Run(ctx, append([]string{"capture"}, args...), &out, &progress)
	stdout, stderr = out.String(), progress.String()
	if err != nil {
		stderr += err.Error() + "\n"
	}
	return ExitStatus(err), stdout, stderr
}

// TestCapture captures a simulated fleet, serves the folder by simulate, and
// lets check look at it.
func TestCapture(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(fleet{desktops: 12, speed: 1, startHour: 9, seed: 1}.simulator())
	defer server.Close()
	file := checkConfig(t, server.URL, "", "run_state", "pools", "alarms", "sites")
	dir := filepath.Join(t.TempDir(), "captured")

	status, stdout, stderr := captureRun(t.Context(), "--config.file="+file, "--output="+dir, "--yes")
	if status != 0 || !strings.Contains(stdout, "ListDesktopPools") || !strings.Contains(stdout, "is written") || !strings.Contains(stderr, "[4/4] ") {
		t.Fatalf("status %d:\n%s%s", status, stdout, stderr)
	}
	for _, secret := range []string{demoSecretKey, demoAccessKey, demoProjectID} {
		if strings.Contains(stdout+stderr, secret) {
			t.Errorf("%s is shown", secret)
		}
	}
	if status, _, stderr = captureRun(t.Context(), "--config.file="+file, "--output="+dir, "--yes"); status != exitUsage || !strings.Contains(stderr, "is not empty") {
		t.Errorf("a second time: status %d: %s", status, stderr)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	address := testutil.FreeAddress(t)
	ended := make(chan error, 1)
	var log testutil.Buffer
	go func() { ended <- Run(ctx, []string{"simulate", "--replay=" + dir, "--listen=" + address}, &log, &log) }()
	testutil.Eventually(t, 10*time.Second, "the replay serves", func() error {
		_, err := testutil.Get(ctx, "http://"+address+"/v3/projects?name="+demoRegion)
		return err
	})
	replayed := filepath.Join(t.TempDir(), "config.yml")
	config := strings.ReplaceAll(string(testutil.ReadFile(t, filepath.Join(dir, "config.yml"))), "localhost:8080", address)
	if err := os.WriteFile(replayed, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := checkRun(t, "--config.file="+replayed); status != 0 {
		t.Errorf("check of the replay: status %d:\n%s%s", status, stdout, stderr)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("simulate --replay ended with %v", err)
	}
}

// TestCaptureRefuses: what is wrong is said before the API is called.
func TestCaptureRefuses(t *testing.T) {
	t.Parallel()
	file := checkConfig(t, "http://127.0.0.1:1", "", "run_state")
	dir := filepath.Join(t.TempDir(), "captured")
	for says, args := range map[string][]string{
		"required flag(s) '--output' not provided":      {"--config.file=" + file},
		"the configuration has no project of this name": {"--config.file=" + file, "--output=" + dir, "--yes", "--project=branch"},
		"no such file": {"--config.file=/nowhere.yml", "--output=" + dir, "--yes"},
		"standard input is no terminal; give --yes to write without": {"--config.file=" + file, "--output=" + dir},
	} {
		if strings.Contains(says, "terminal") && isTerminal(os.Stdin) {
			continue
		}
		if status, _, stderr := captureRun(t.Context(), args...); status != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%v: status %d: %s", args, status, stderr)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was written")
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if status, _, stderr := captureRun(canceled, "--config.file="+file, "--output="+dir, "--yes", "--project=prod/hq"); status != exitFailed || !strings.Contains(stderr, "given up") {
		t.Errorf("an interrupt: status %d: %s", status, stderr)
	}
	var out testutil.Buffer
	if err := Run(t.Context(), []string{"simulate", "--replay=" + t.TempDir()}, &out, &out); ExitStatus(err) != exitUsage {
		t.Errorf("a folder that is no capture: %v", err)
	}
}

// TestConfirmed: only a yes is one, and nobody waits after the end.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "\n": false, "": false, "yesterday\n": false} {
		if got := confirmed(t.Context(), strings.NewReader(answer)); got != want {
			t.Errorf("%q: %v", answer, got)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	reader, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if confirmed(canceled, reader) {
		t.Error("the end is no yes")
	}
}
