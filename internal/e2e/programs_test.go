// Package e2e runs the exporter together with the programs it is made for:
// Prometheus with the shipped rules, Alertmanager with the shipped routing.
package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// root of the repository.
const root = "../.."

// tools finds programs of other projects. Where one is missing the test is
// skipped, or fails where all are required.
func tools(t testing.TB, names ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range names {
		path, err := exec.LookPath(name)
		switch {
		case err == nil:
			found[name] = path
		case os.Getenv("WORKSPACE_EXPORTER_TOOLS") == "required":
			t.Fatalf("%s is not on the PATH: run tools/install and add .tools to it", name)
		default:
			t.Skipf("%s is not on the PATH: run tools/install and add .tools to it", name)
		}
	}
	return found
}

// build makes the program that is tested.
func build(ctx context.Context, t testing.TB, dir string) string {
	t.Helper()
	binary := filepath.Join(dir, "workspace_exporter")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// program is a child process that ends with the test at the latest.
type program struct {
	testing.TB
	name    string
	logFile string
	process *os.Process
	ended   chan struct{}
}

// logged is how much of a program's log a failed test shows.
const logged = 8 << 10

// start runs a program. What it writes goes to a file, which is shown if the
// test fails. The context ends it when the test's time is over, so that none
// outlives a test that the go command stops.
func start(ctx context.Context, t testing.TB, dir, name, path string, args ...string) *program {
	t.Helper()
	p := &program{TB: t, name: name, logFile: filepath.Join(dir, name+".log"), ended: make(chan struct{})}
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
		_ = cmd.Wait() // how a program ends is told by its log
		_ = log.Close()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("the log of %s ends with:\n%s", name, p.tail())
		}
	})
	return p
}

// stop ends the program as an operator does, and if it does not listen by force.
func (p *program) stop() {
	_ = p.process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.Errorf("%s does not end after SIGTERM", p.name)
		_ = p.process.Kill()
		<-p.ended
	}
}

func (p *program) tail() []byte {
	content, err := os.ReadFile(p.logFile)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(content[max(0, len(content)-logged):])
}

// ready waits until a URL of the program answers 200.
func (p *program) ready(url string) {
	p.Helper()
	eventually(p, time.Minute, p.name+" gets ready", func() error {
		select {
		case <-p.ended:
			p.Fatalf("%s has ended", p.name)
		default:
		}
		res, err := http.Get(url) //nolint:gosec // the URL is ours
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", url, res.Status)
		}
		return nil
	})
}

// eventually asks again and again until there is no error; the last one is why
// the test fails.
func eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// freePort is one that nobody listens on at this moment.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
