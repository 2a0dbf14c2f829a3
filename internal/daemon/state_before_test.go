package daemon

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestStateOfTheVersionBefore: what the version before this one saved is served
// to the last series and value. testdata/state-before was made by that version: an hour with
// every collector and option on 12 simulated desktops, the page it served last,
// and the state it left.
func TestStateOfTheVersionBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "results.db"), unpacked(t, "results.db.gz"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := os.ReadFile("testdata/state-before/config.yml")
	if err != nil {
		t.Fatal(err)
	}
	// The main site has one name since.
	want := strings.ReplaceAll(string(unpacked(t, "metrics.prom.gz")), `site_id="s-center"`, `site_id="center"`)
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(12)
		sim.SetFault("", simulator.Failing(500, "WKS.1"))
		h := start(t, strings.Replace(string(cfg), "STATE_PATH", dir, 1), sim)
		synctest.Wait()
		_, page := h.page("/metrics")
		got, before := collectorLines(page), collectorLines(want)
		for line := range before {
			if !got[line] {
				t.Errorf("the version before served %s", line)
			}
		}
		for line := range got {
			if !before[line] {
				t.Errorf("the version before did not serve %s", line)
			}
		}
		for _, line := range h.warnings() {
			t.Errorf("logged: %s", line)
		}
	})
}

// collectorLines are the series of a page that collectors made, and not what
// the exporter says of itself.
func collectorLines(page string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.Lines(page) {
		if metric, ok := strings.CutPrefix(line, "huaweicloud_workspace_"); ok &&
			!strings.HasPrefix(metric, "exporter_") && !strings.HasPrefix(metric, "project_info") {
			lines[strings.TrimSpace(line)] = true
		}
	}
	return lines
}

// unpacked reads a file of testdata/state-before.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/state-before", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
