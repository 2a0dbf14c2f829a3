package program

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// TestKilledAgainAndAgain kills a real process at random moments while
// records come in, and compares what the last one shows with the truth: every
// record is counted once, those that came while no process ran included.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Config{AccessKeys: map[string]string{accessKey: secretKey},
		Projects: []simulator.Project{{ID: projectID, Region: region}}})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	file := writeKillConfig(t, server.URL)
	address := testutil.FreeAddress(t)

	first := start(t, file, address)
	first.Ready("http://" + address + "/-/ready")
	first.Kill()
	added, failed := 0, 0
	add := func() {
		added++
		now := time.Now().Truncate(time.Second)
		r := simulator.LoginRecord{
			TransactionID: fmt.Sprintf("tx-%d", added), UserName: "u", SID: "s", TerminalType: "Windows 11",
			Start: now.Add(-20 * time.Second), Setup: now.Add(-15 * time.Second), End: now, NetworkRTT: 12, EndToEndRTT: 30,
		}
		if added%10 == 0 {
			r.Setup, r.End, r.FailureReason = time.Time{}, time.Time{}, "WKS.00010032"
			failed++
		}
		sim.AddLoginRecord(projectID, r)
	}
	for range 12 {
		p := start(t, file, address)
		for end := time.Now().Add(time.Duration(rand.IntN(3000)) * time.Millisecond); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			add()
		}
		p.Kill()
		add() // while nobody looks
	}

	last := start(t, file, address)
	defer last.Kill()
	want := map[string]int{
		"huaweicloud_workspace_connections_total":                 added,
		"huaweicloud_workspace_connection_failures_total":         failed,
		"huaweicloud_workspace_connection_setup_duration_seconds": added - failed,
		"huaweicloud_workspace_connection_rtt_seconds":            added - failed,
		"huaweicloud_workspace_session_duration_seconds":          added - failed,
	}
	counted := func() error {
		got := sums(t, address)
		for name, n := range want {
			if got[name] != n {
				return fmt.Errorf("%s = %d, want %d", name, got[name], n)
			}
		}
		return nil
	}
	testutil.Eventually(t, time.Minute, "each record is counted", counted)
	time.Sleep(2500 * time.Millisecond) // two more polls count nothing again
	if err := counted(); err != nil {
		t.Errorf("counted again: %v", err)
	}
	for _, c := range sim.Calls() {
		if c.Limit > 0 && c.Busiest > c.Limit+1 {
			t.Errorf("%s: %d calls within 60 s", c.Operation, c.Busiest)
		}
	}
}

// writeKillConfig watches login records every second, with state.
func writeKillConfig(t *testing.T, endpoint string) string {
	t.Helper()
	cfg := account(endpoint) + "budget: {share: 1}\nstate: {path: state}\n" +
		daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
			if c.Name == "login_records" {
				return true, []string{"interval: 1s", "overlap: 5m"}
			}
			return false, nil
		})
	file := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(file, []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sums scrapes and adds up the series of each family; of histograms the counts.
func sums(t *testing.T, address string) map[string]int {
	t.Helper()
	page, err := testutil.Get(t.Context(), "http://"+address+"/metrics")
	if err != nil {
		return nil // it does not serve yet
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	for name, mf := range families {
		for _, m := range mf.Metric {
			all[name] += int(m.GetCounter().GetValue()) + int(m.GetHistogram().GetSampleCount())
		}
	}
	return all
}
