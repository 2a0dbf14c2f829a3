package daemon

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

// TestStateOfTheVersionBefore: what the version before this one saved is served
// to the letter, but for help texts and the site_id of the main site. testdata/state-before was made by that version: an hour with
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
	want := samplesOf(strings.Split(string(unpacked(t, "metrics.prom.gz")), "\n"))
	for i, line := range want {
		if strings.HasPrefix(line, "huaweicloud_workspace_site_") {
			want[i] = strings.Replace(line, `site_id="s-center"`, `site_id="center"`, 1)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		sim := newSimulator(12)
		sim.SetFault("", simulator.Failing(500, "WKS.1"))
		h := start(t, strings.Replace(string(cfg), "STATE_PATH", dir, 1), sim)
		synctest.Wait()
		_, page := h.page("/metrics")
		got := samplesOf(collectorLines(page))
		for i, line := range want {
			if i >= len(got) || got[i] != line {
				t.Fatalf("line %d is %q, the version before served %q", i+1, strings.Join(got[i:min(i+1, len(got))], ""), line)
			}
		}
		for _, line := range h.warnings() {
			t.Errorf("logged: %s", line)
		}
	})
}

// collectorLines are the lines of a page that collectors made, and not what
// the exporter says of itself.
func collectorLines(page string) []string {
	var lines []string
	for line := range strings.SplitSeq(page, "\n") {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if metric, ok := strings.CutPrefix(name, "huaweicloud_workspace_"); ok &&
			!strings.HasPrefix(metric, "exporter_") && !strings.HasPrefix(metric, "project_info") {
			lines = append(lines, line)
		}
	}
	return append(lines, "")
}

// samplesOf are the lines without help texts.
func samplesOf(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "# HELP ") })
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
