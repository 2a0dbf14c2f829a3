package command

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestDemo starts the program as a user does: metrics appear within 10 s, the
// log says where, the linter finds nothing, and SIGTERM ends it soon.
func TestDemo(t *testing.T) {
	t.Parallel()
	address := testutil.FreeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	var out testutil.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, []string{"--demo", "--demo.desktops=200", "--web.listen-address=" + address}, &out, &out)
	}()
	url := "http://" + address
	// Ten seconds are promised; a machine that builds and tests at the same
	// time, with the race detector, gets more.
	testutil.Eventually(t, 30*time.Second, "the exporter gets ready", func() error {
		_, err := testutil.Get(ctx, url+"/-/ready")
		return err
	})
	page := testutil.MustGet(t, url+"/metrics")
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
	if page := testutil.MustGet(t, url+"/"); !strings.Contains(page, "login_state") || strings.Contains(page, demoSecretKey) {
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
	address := testutil.FreeAddress(t)
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
	testutil.Eventually(t, 5*time.Second, "the server listens", func() error {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err
	})
	go func() {
		page, err := testutil.Get(t.Context(), "http://"+address)
		if err != nil {
			page = err.Error()
		}
		answer <- page
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
			err := Run(t.Context(), tt.args, io.Discard, io.Discard)
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
	var out testutil.Buffer
	if err := Run(t.Context(), []string{"--config.check", "--config.file=" + file}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "valid") {
		t.Errorf("printed %q", out.String())
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "state")); err == nil {
		t.Error("the check made the directory of the state")
	}
}

// TestServerLogsByTheLogger: what net/http says has the format and the level of
// the log.
func TestServerLogsByTheLogger(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level]string{slog.LevelInfo: "", slog.LevelDebug: `level=DEBUG msg="http: TLS handshake error"`} {
		var log strings.Builder
		newServer(nil, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))).ErrorLog.Print("http: TLS handshake error")
		if got := log.String(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("at %s: %q", level, got)
		}
	}
}
