package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestDemo starts the program as a user does: metrics appear within 10 s, the
// log says where, the linter finds nothing, and SIGTERM ends it soon.
func TestDemo(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	var out output
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--demo", "--demo.desktops=200", "--web.listen-address=" + address}, &out, &out)
	}()
	url := "http://" + address
	// Ten seconds are promised; a machine that builds and tests at the same
	// time, with the race detector, gets more.
	if !eventually(30*time.Second, func() bool { return status(url+"/-/ready") == http.StatusOK }) {
		t.Fatalf("not ready:\n%s", out.String())
	}
	page := body(t, url+"/metrics")
	for _, want := range []string{"huaweicloud_workspace_desktops_login_state{", `huaweicloud_workspace_exporter_collector_success{account="demo",collector="quotas"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the scrape lacks %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(page)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
	if !strings.Contains(out.String(), url+"/metrics") {
		t.Errorf("the log does not say where to look:\n%s", out.String())
	}
	if page := body(t, url+"/"); !strings.Contains(page, "login_state") || strings.Contains(page, demoSecretKey) {
		t.Errorf("the status page lacks the collectors or shows the key:\n%s", page)
	}

	begin := time.Now()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the program ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("still running %v after SIGTERM", time.Since(begin))
	}
}

// TestStopWaitsForRequests: a request in flight gets its answer; one that
// hangs does not keep the program from stopping within 5 s.
func TestStopWaitsForRequests(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	entered, release := make(chan struct{}), make(chan struct{})
	server := &http.Server{Addr: address, ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "done")
	})}
	ended := make(chan error, 1)
	go func() { ended <- serveHTTP(ctx, server, (*http.Server).ListenAndServe) }()
	answer := make(chan string, 1)
	go func() {
		if eventually(5*time.Second, func() bool { c, err := net.Dial("tcp", address); closeConn(c); return err == nil }) {
			res, err := http.Get("http://" + address)
			if err != nil {
				answer <- err.Error()
				return
			}
			defer res.Body.Close()
			content, _ := io.ReadAll(res.Body)
			answer <- string(content)
		}
	}()
	<-entered
	stop()
	close(release)
	if got := <-answer; got != "done" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(bad, []byte("acounts: []\nbudget: {share: 7}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want []string
	}{
		"unknown flag":        {[]string{"--no-such-flag"}, []string{"no-such-flag", "--help"}},
		"every mistake":       {[]string{"--config.check", "--config.file=" + bad}, []string{"config.yml:1", "acounts", "config.yml:2", "budget.share"}},
		"no such file":        {[]string{"--config.file=/no/such/file.yml"}, []string{"/no/such/file.yml"}},
		"demo and a file":     {[]string{"--demo", "--config.file=" + bad}, []string{"--demo", "--config.file"}},
		"web configuration":   {[]string{"--demo", "--web.config.file=/no/such/web.yml"}, []string{"--web.config.file", "/no/such/web.yml"}},
		"log level":           {[]string{"--log.level=loud"}, []string{"debug,info,warn,error"}},
		"telemetry path":      {[]string{"--demo", "--web.telemetry-path=metrics"}, []string{"--web.telemetry-path", "/"}},
		"taken address":       {[]string{"--demo", "--web.listen-address=256.0.0.1:1"}, []string{"256.0.0.1"}},
		"simulator's address": {[]string{"simulate", "--listen=256.0.0.1:1"}, []string{"256.0.0.1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), tt.args, io.Discard, io.Discard)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
		})
	}
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yml")
	content := demoConfig("http://127.0.0.1:1") + "state: {path: state}\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var out output
	if err := run(t.Context(), []string{"--config.check", "--config.file=" + file}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "valid") {
		t.Errorf("printed %q", out.String())
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "state")); err == nil {
		t.Error("the check made the directory of the state")
	}
}

func closeConn(c net.Conn) {
	if c != nil {
		_ = c.Close()
	}
}

// freeAddress is a loopback address nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func eventually(within time.Duration, is func() bool) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return true
		}
	}
	return false
}

func status(url string) int {
	res, err := http.Get(url)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

func body(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// output is a buffer for concurrent use.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
