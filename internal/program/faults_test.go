package program

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// processFault happens to a real process, its host or its files. It leaves the
// process running, in which all is well after outcome.
type processFault struct {
	name, begins, outcome string
	happen                func(*site)
	// lines is how many lines of level warn and above it may give.
	lines int
}

func processFaults() []processFault {
	const exact = "every logon is counted once, those of the meantime included"
	return []processFault{
		{"the API's host refuses connections", "at the start", exact, func(s *site) {
			s.down()
			s.begin()
			s.logons(2 * time.Second)
			s.up()
		}, 3},
		{"the API's host refuses connections", "while it runs", exact, func(s *site) {
			s.begin()
			s.down()
			s.logons(3 * time.Second)
			s.up()
		}, 3},
		{"the API's host refuses connections", "with a reload", exact, func(s *site) {
			s.begin()
			s.down()
			s.reload("overlap: 6m")
			s.logons(2 * time.Second)
			s.up()
		}, 3},
		{"the process is stopped and goes on (SIGSTOP)", "while it runs", exact, func(s *site) {
			s.begin()
			s.signal(syscall.SIGSTOP)
			s.logons(3 * time.Second)
			s.signal(syscall.SIGCONT)
		}, 2},
		{"the process is killed (SIGKILL)", "while it runs", exact, func(s *site) {
			s.begin()
			s.logons(time.Second)
			s.program.Kill()
			s.logons(time.Second)
			s.begin()
		}, 0},
		{"the process is killed (SIGKILL)", "with a reload", exact, func(s *site) {
			s.begin()
			s.reload("overlap: 6m")
			s.program.Kill()
			s.logons(time.Second)
			s.begin()
		}, 0},
		{"the configuration is broken", "with a reload", "refused with file, line and reason; the old one stays in force", func(s *site) {
			s.begin()
			s.reload("overlap: soon")
			s.logons(time.Second)
		}, 1},
		{"the state directory is removed", "while it runs", "it is made anew from memory; " + exact, func(s *site) {
			s.begin()
			if err := os.RemoveAll(s.state()); err != nil {
				s.Fatal(err)
			}
			s.logons(3 * time.Second)
			s.program.Kill()
			s.logons(time.Second)
			s.begin()
		}, 3},
		{"a byte of every saved result is flipped", "at the start", "one error line for each; counters begin at 0", func(s *site) {
			s.begin()
			s.program.Kill()
			s.damage()
			s.begin()
			s.program.Ready("http://" + s.address + "/-/ready") // counting begins anew
		}, 2},
	}
}

// TestProcessFaults lets each fault happen to a process that watches logons.
// docs/reliability.md names them all.
func TestProcessFaults(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range processFaults() {
		if row := fmt.Sprintf("\n| %s | %s | %s |\n", fault.name, fault.begins, fault.outcome); !strings.Contains(string(document), row) {
			t.Errorf("docs/reliability.md lacks the row %s", row)
		}
		t.Run(fault.name+" "+fault.begins, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			fault.happen(s)
			s.logons(time.Second)
			s.correct()
			if lines := s.warnings(); len(lines) > fault.lines {
				t.Errorf("%d lines, at most %d are enough:\n%s", len(lines), fault.lines, strings.Join(lines, "\n"))
			}
		})
	}
}

// site is a process beside an API that can go away.
type site struct {
	*testing.T
	sim           *simulator.Simulator
	server        *http.Server
	api, address  string
	file          string
	program       *testutil.Program
	counted, made int
}

func newSite(t *testing.T) *site {
	s := &site{T: t, address: testutil.FreeAddress(t), api: testutil.FreeAddress(t), sim: simulator.New(simulator.Config{
		AccessKeys: map[string]string{accessKey: secretKey}, Projects: []simulator.Project{{ID: projectID, Region: region}},
	})}
	s.file = writeKillConfig(t, "http://"+s.api)
	s.up()
	t.Cleanup(func() {
		if s.program != nil {
			s.program.Kill()
		}
		s.down()
	})
	first := start(t, s.file, s.address) // counting begins
	first.Ready("http://" + s.address + "/-/ready")
	first.Kill()
	return s
}

func (s *site) state() string { return filepath.Join(filepath.Dir(s.file), "state") }

func (s *site) up() {
	s.Helper()
	var (
		config   net.ListenConfig
		listener net.Listener
	)
	testutil.Eventually(s.T, 10*time.Second, "the address is free again", func() (err error) {
		listener, err = config.Listen(s.Context(), "tcp", s.api)
		return err
	})
	s.server = &http.Server{Handler: s.sim, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(listener) }()
}

func (s *site) down() { _ = s.server.Close() }

// begin starts the process and waits until it serves.
func (s *site) begin() {
	s.Helper()
	s.program = start(s.T, s.file, s.address)
	s.program.Ready("http://" + s.address + "/-/healthy")
}

func (s *site) signal(signal os.Signal) {
	s.Helper()
	if err := s.program.Signal(signal); err != nil {
		s.Fatal(err)
	}
}

// reload replaces the overlap and sends SIGHUP.
func (s *site) reload(overlap string) {
	s.Helper()
	content, err := os.ReadFile(s.file)
	if err == nil {
		err = os.WriteFile(s.file, []byte(strings.Replace(string(content), "overlap: 5m", overlap, 1)), 0o600)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.signal(syscall.SIGHUP)
}

// logons lets users log on for a while.
func (s *site) logons(during time.Duration) {
	for end := time.Now().Add(during); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s.made++
		s.counted++
		now := time.Now().Truncate(time.Second)
		s.sim.AddLoginRecord(projectID, simulator.LoginRecord{
			TransactionID: fmt.Sprintf("tx-%d", s.made), UserName: "u", SID: "s", TerminalType: "Windows 11",
			Start: now.Add(-2 * time.Second), Setup: now.Add(-time.Second), End: now, NetworkRTT: 12, EndToEndRTT: 30,
		})
	}
}

// damage flips a byte of each saved result.
func (s *site) damage() {
	s.Helper()
	for path, content := range testutil.ReadFiles(s.T, filepath.Join(s.state(), "*.result")) {
		content[len(content)/2] ^= 0xff
		if err := os.WriteFile(filepath.Join(s.state(), path), content, 0o600); err != nil {
			s.Fatal(err)
		}
	}
}

// correct waits until each logon is counted, and sees that none is counted
// again.
func (s *site) correct() {
	s.Helper()
	counted := func() error {
		if got := sums(s.T, s.address)["huaweicloud_workspace_connections_total"]; got != s.counted {
			return fmt.Errorf("%d logons are counted, true are %d", got, s.counted)
		}
		return nil
	}
	testutil.Eventually(s.T, time.Minute, "each logon is counted", counted)
	time.Sleep(2500 * time.Millisecond) // two more polls
	if err := counted(); err != nil {
		s.Error(err)
	}
}

// warnings are the lines of level warn and above of the last process.
func (s *site) warnings() (lines []string) {
	for line := range strings.Lines(string(s.program.Log())) {
		if strings.Contains(line, "level=warn") || strings.Contains(line, "level=error") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
