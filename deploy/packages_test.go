package deploy_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

const unit = "systemd/workspace_exporter.service"

// TestPackages makes both packages, unpacks the .deb, and starts what its unit
// starts.
func TestPackages(t *testing.T) {
	t.Parallel()
	testutil.Tool(t, "nfpm")
	dpkg, err := exec.LookPath("dpkg-deb")
	if err != nil {
		t.Skip("dpkg-deb unpacks the package, and is not here")
	}
	dir := t.TempDir()
	run(t, nil, "env", "VERSION=1.2.3", "SOURCE_DATE_EPOCH=1700000000", "GOARCH="+runtime.GOARCH, "./packages", dir)
	rpm := testutil.ReadFile(t, one(t, dir, "workspace-exporter-1.2.3-1.*.rpm"))
	if !bytes.HasPrefix(rpm, []byte{0xed, 0xab, 0xee, 0xdb}) {
		t.Error("the .rpm is none")
	}
	files := filepath.Join(dir, "root")
	run(t, nil, dpkg, "--extract", one(t, dir, "workspace-exporter_1.2.3_*.deb"), files)
	for path, mode := range map[string]os.FileMode{
		"usr/bin/workspace_exporter":                                 0o755,
		"usr/lib/systemd/system/workspace_exporter.service":          0o644,
		"etc/default/workspace_exporter":                             0o644,
		"etc/workspace_exporter/config.yml":                          0o644,
		"etc/workspace_exporter/credentials":                         0o700 | os.ModeDir,
		"usr/share/doc/workspace_exporter/config.example.yml":        0o644,
		"usr/share/workspace_exporter/alerts/recording.rules.yml":    0o644,
		"usr/share/workspace_exporter/dashboards/hcws-overview.json": 0o644,
	} {
		if info, err := os.Stat(filepath.Join(files, path)); err != nil || info.Mode() != mode {
			t.Errorf("/%s: %v, %v", path, err, info)
		}
	}
	binary := filepath.Join(files, "usr/bin/workspace_exporter")
	if version := run(t, nil, binary, "--version"); !bytes.Contains(version, []byte("version 1.2.3 ")) {
		t.Errorf("--version says %s", version)
	}

	// The unit's arguments, below the directory and with systemd's copies of the keys.
	credentials := secrets(t, "workspace_access_key", "workspace_secret_key")
	file := filepath.Join(files, "etc/workspace_exporter/config.yml")
	text := bytes.ReplaceAll(testutil.ReadFile(t, file), []byte("/run/credentials/workspace_exporter.service"), []byte(credentials))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	defaults := string(testutil.ReadFile(t, filepath.Join(files, "etc/default/workspace_exporter")))
	_, defaults, _ = strings.Cut(defaults, `ARGS="`)
	args, _, _ := strings.Cut(defaults, `"`)
	args = strings.Replace(args, "/etc/", files+"/etc/", 1)
	run(t, nil, binary, append(strings.Fields(args), "--config.check")...)
}

// one returns the only file of a directory that matches.
func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v %v", pattern, found, err)
	}
	return found[0]
}

// TestUnit lets systemd read the unit, and judge its sandbox.
func TestUnit(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not here")
	}
	// An older one knows neither these flags nor all of the unit.
	var version int
	if _, err := fmt.Sscanf(string(run(t, nil, analyze, "--version")), "systemd %d", &version); err != nil || version < 251 {
		t.Skipf("systemd is of version %d, and the unit needs 251", version)
	}
	// From 0 (locked up) to 100; a service without any setting has 96.
	run(t, nil, analyze, "security", "--no-pager", "--offline=true", "--threshold=15", unit)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	startable := bytes.ReplaceAll(testutil.ReadFile(t, unit), []byte("/usr/bin/workspace_exporter"), []byte(self))
	file := filepath.Join(t.TempDir(), filepath.Base(unit))
	if err := os.WriteFile(file, startable, 0o600); err != nil {
		t.Fatal(err)
	}
	_, report, err := try(t, nil, analyze, "verify", file)
	if err != nil || bytes.Contains(report, []byte(file)) || bytes.Contains(report, []byte(filepath.Base(unit))) {
		t.Errorf("%v\n%s", err, report)
	}
}
