package program

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestHundredReloads changes the configuration of a real process a hundred
// times, by request and by signal, while it polls and is scraped: what is not
// changed is on every page, and neither goroutines nor file descriptors
// remain.
func TestHundredReloads(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Config{Desktops: 200, AccessKeys: map[string]string{accessKey: secretKey},
		Projects: []simulator.Project{{ID: projectID, Region: region}, {ID: "p2", Region: "eu-west-101"}}})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "config.yml")
	write := func(n int) {
		cfg := account(server.URL)
		if n%2 == 1 { // a project that comes and goes, and another connection
			cfg += fmt.Sprintf("      - {name: branch, region: eu-west-101, project_id: p2, endpoint: %q}\n"+
				"    tls_config: {server_name: host%d.example}\n", server.URL, n)
		}
		cfg += fmt.Sprintf("budget: {share: 0.%d}\ncollectors: {quotas: {interval: %ds}, users: {enabled: %t}}\n", 1+n%9, 60+n%7, n%3 == 0)
		if err := os.WriteFile(file, []byte(cfg), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(0)
	address := testutil.FreeAddress(t)
	p := start(t, file, address)
	defer p.Kill()
	url := "http://" + address
	p.Ready(url + "/-/ready")
	reload := func() {
		if _, err := testutil.Call(t.Context(), http.MethodPost, url+"/-/reload"); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	before := testutil.MustGet(t, url+"/metrics")

	done := make(chan struct{})
	var scraping sync.WaitGroup
	scrapes := 0
	scraping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			page, err := testutil.Get(t.Context(), url+"/metrics")
			if err != nil {
				t.Error(err)
				return
			}
			scrapes++
			for _, want := range []string{"huaweicloud_workspace_desktops{", "huaweicloud_workspace_quota_limit{", "huaweicloud_workspace_pool_info{"} {
				if !strings.Contains(page, want+`account="demo"`) {
					t.Errorf("scrape %d lacks %s", scrapes, want)
				}
			}
		}
	})
	for n := range 100 {
		write(n)
		if n%2 == 0 {
			reload()
		} else if err := p.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	write(0)
	reload()
	close(done)
	scraping.Wait()
	if scrapes < 10 {
		t.Errorf("%d scrapes", scrapes)
	}

	// Connections that are closed and goroutines that end take a moment.
	for name, more := range map[string]float64{"go_goroutines": 15, "process_open_fds": 8} {
		was := value(t, before, name)
		testutil.Eventually(t, 20*time.Second, name+" is as before the reloads", func() error {
			if is := value(t, testutil.MustGet(t, url+"/metrics"), name); is > was+more {
				return fmt.Errorf("it was %v and is %v", was, is)
			}
			return nil
		})
	}
	if page := testutil.MustGet(t, url+"/metrics"); strings.Contains(page, `project="branch"`) {
		t.Error("the project that is gone has series")
	}
}

// value of a metric without labels.
func value(t *testing.T, page, name string) (v float64) {
	t.Helper()
	_, line, found := strings.Cut(page, "\n"+name+" ")
	if _, err := fmt.Sscan(line, &v); err != nil || !found {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// TestHangupDuringShutdown sends SIGHUP to a process that waits for a request
// in flight after SIGTERM: it must end the way it began to.
func TestHangupDuringShutdown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(file, []byte(account("http://127.0.0.1:1")), 0o600); err != nil {
		t.Fatal(err)
	}
	address := testutil.FreeAddress(t)
	p := start(t, file, address)
	defer p.Kill()
	p.Ready("http://" + address + "/-/healthy")
	send := func(request string) net.Conn {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	defer send("GET / HTTP/1.1\r\n").Close()
	// Connections are accepted in turn: the answer to the second one tells that
	// the first one is served.
	second := send("GET /-/healthy HTTP/1.0\r\n\r\n")
	defer second.Close()
	if _, err := io.ReadAll(second); err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	testutil.Eventually(t, 10*time.Second, "the process serves no more", func() error {
		if _, err := testutil.Get(t.Context(), "http://"+address+"/-/healthy"); err == nil {
			return errors.New("it answers")
		}
		return nil
	})
	if err := p.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the shutdown ended with %v", err)
	}
}
