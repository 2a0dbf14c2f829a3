package testutil

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Tool returns the path of a program of another project. Where it is missing
// the test is skipped, or fails if all are required.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("WORKSPACE_EXPORTER_TOOLS") == "required":
		t.Fatalf("%s is not on the PATH: run tools/install and add .tools to it", name)
	default:
		t.Skipf("%s is not on the PATH: run tools/install and add .tools to it", name)
	}
	return ""
}

// Build builds the exporter from the root of the repository into dir, with the
// race detector if the test has it.
func Build(ctx context.Context, root, dir string) (binary string, err error) {
	binary = filepath.Join(dir, "workspace_exporter")
	args := []string{"build", "-o", binary}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, ".")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// Program is a child process that ends with the test at the latest.
type Program struct {
	t       testing.TB
	name    string
	logFile string
	process *os.Process
	ended   chan struct{}
	err     error // set before ended is closed
}

// shownLog is how much of a program's log a failed test shows.
const shownLog = 8 << 10

// Start runs a program in dir. What it writes goes to a file there, of which
// the end is shown if the test fails. The context ends the program when the
// time of the test is over, so that none outlives a test that the go command
// stops.
func Start(ctx context.Context, t testing.TB, dir, name, path string, args ...string) *Program {
	t.Helper()
	p := &Program{t: t, name: name, logFile: filepath.Join(dir, name+".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	// A group of its own: Ctrl-C in a terminal would reach it before us.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p.process = cmd.Process
	go func() {
		p.err = cmd.Wait()
		_ = log.Close()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("the log of %s ends with:\n%s", name, p.Log())
		}
	})
	return p
}

// Signal sends a signal; it fails if the program has ended.
func (p *Program) Signal(s os.Signal) error { return p.process.Signal(s) }

// Wait waits until the program ends and returns how it did.
func (p *Program) Wait() error {
	<-p.ended
	return p.err
}

// Kill is kill -9.
func (p *Program) Kill() {
	_ = p.process.Kill() // it may have ended
	<-p.ended
}

// Stop ends the program as an operator does, and by force after 10 s.
func (p *Program) Stop() {
	_ = p.process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.t.Errorf("%s does not end after SIGTERM", p.name)
		p.Kill()
	}
}

// Log returns the end of what the program wrote.
func (p *Program) Log() []byte {
	content, err := os.ReadFile(p.logFile)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(content[max(0, len(content)-shownLog):])
}

// Ready waits until a URL of the program answers 200.
func (p *Program) Ready(url string) {
	p.t.Helper()
	Eventually(p.t, time.Minute, p.name+" gets ready", func() error {
		select {
		case <-p.ended:
			p.t.Fatalf("%s has ended", p.name)
		default:
		}
		_, err := Get(p.t.Context(), url)
		return err
	})
}
