package command

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/internal/check"
	"github.com/workspace-exporter/workspace_exporter/internal/config"
	"github.com/workspace-exporter/workspace_exporter/internal/daemon"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/testutil"
)

// checkConfig is the demo's account with some collectors alone.
func checkConfig(t *testing.T, endpoint, account string, collectors ...string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `accounts:
  - name: prod
    credentials: {access_key: %s, secret_key: %s}
    iam_endpoint: %q
    projects: [{name: hq, region: %s, endpoint: %q}]
`, demoAccessKey, demoSecretKey, endpoint, demoRegion, endpoint)
	b.WriteString(account + daemon.Schema().CollectorsSection(func(c config.CollectorSchema) (bool, []string) {
		return slices.Contains(collectors, c.Name), nil
	}))
	file := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func checkRun(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, progress testutil.Buffer
	err := Run(t.Context(), append([]string{"check"}, args...), &out, &progress)
	stdout, stderr = out.String(), progress.String()
	if err != nil {
		stderr += err.Error() + "\n"
	}
	for _, secret := range []string{demoSecretKey, demoAccessKey} {
		if strings.Contains(stdout+stderr, secret) {
			t.Errorf("the key %s is shown:\n%s%s", secret, stdout, stderr)
		}
	}
	return ExitStatus(err), stdout, stderr
}

// TestCheck runs the command as scripts do: by its exit status and output.
func TestCheck(t *testing.T) {
	t.Parallel()
	good := fleet{desktops: 20, speed: 1, startHour: 8.5, seed: 1}.simulator()
	bad := fleet{desktops: 20, speed: 1, startHour: 8.5, seed: 1}.simulator()
	bad.SetFault("ListRunState", simulator.Forbidden())
	server, badServer, secure := httptest.NewServer(good), httptest.NewServer(bad), httptest.NewTLSServer(good)
	t.Cleanup(server.Close)
	t.Cleanup(badServer.Close)
	t.Cleanup(secure.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "state")
	broken := filepath.Join(t.TempDir(), "broken.yml")
	if err := os.WriteFile(broken, []byte("acounts: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args   []string
		status int
		stdout []string
		stderr []string
	}{
		"all is well": {
			[]string{"--config.file=" + checkConfig(t, server.URL, "state: {path: "+state+"}\n", "run_state")}, 0,
			[]string{"ACCOUNT", "ListRunState", "6 checks: 6 OK", demoProjectID}, []string{"[1/6] prod credentials: OK", "[6/6]"},
		},
		"TLS": {
			[]string{"--config.file=" + checkConfig(t, secure.URL, "    tls_config: {ca_file: "+ca+"}\n", "run_state")}, 0,
			[]string{"TLS 1.3, certificate until 2084-"}, nil,
		},
		"forbidden": {
			[]string{"--config.file=" + checkConfig(t, badServer.URL, "", "run_state")}, 1,
			[]string{"FORBIDDEN", "workspace:statistics:getRunState", "request id", "HTTP 403"},
			[]string{"prod/hq ListRunState: FORBIDDEN", "1 of 6 checks failed"},
		},
		"unknown authority": {
			[]string{"--config.file=" + checkConfig(t, secure.URL, "", "run_state")}, 1,
			[]string{"TLS: the certificate of 127.0.0.1 is from an authority that this machine does not know", "tls_config.ca_file", "not made: https://127.0.0.1"}, nil,
		},
		"nobody listens": {
			[]string{"--config.file=" + checkConfig(t, "http://"+testutil.FreeAddress(t), "", "run_state")}, 1,
			[]string{"TCP: no connection", "refused"}, nil,
		},
		"wrong configuration":   {[]string{"--config.file=" + broken}, 2, nil, []string{"acounts"}},
		"no such configuration": {[]string{"--config.file=/no/such/file.yml"}, 2, nil, []string{"/no/such/file.yml"}},
		"unknown flag":          {[]string{"--no-such-flag"}, 2, nil, []string{"no-such-flag"}},
		"unknown format":        {[]string{"--format=xml"}, 2, nil, []string{"table,json"}},
		"no such account": {
			[]string{"--account=lab", "--config.file=" + checkConfig(t, server.URL, "", "run_state")}, 2, nil, []string{`--account "lab"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := checkRun(t, tt.args...)
			if status != tt.status {
				t.Errorf("the exit status is %d, want %d", status, tt.status)
			}
			for _, want := range tt.stdout {
				if !strings.Contains(stdout, want) {
					t.Errorf("standard output lacks %q:\n%s", want, stdout)
				}
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr, want) {
					t.Errorf("standard error lacks %q:\n%s", want, stderr)
				}
			}
			if tt.status == 2 && stdout != "" {
				t.Errorf("standard output is not empty:\n%s", stdout)
			}
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(state); err == nil {
			t.Error("the check opened the state of the exporter")
		}
	})
}

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(fleet{desktops: 20, speed: 1, startHour: 8.5, seed: 1}.simulator())
	t.Cleanup(server.Close)
	status, stdout, _ := checkRun(t, "--format=json", "--config.file="+checkConfig(t, server.URL, "", "run_state", "pools"))
	var report struct {
		Version int
		OK      bool
		Counts  map[string]int
		Checks  []struct {
			Kind, Name, Result string
			Collectors         []string
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	if status != 0 || report.Version != 1 || !report.OK || report.Counts["OK"] != 7 || len(report.Checks) != 7 {
		t.Errorf("status %d, report %+v", status, report)
	}
}

func TestCheckGivenUp(t *testing.T) {
	t.Parallel()
	sim := fleet{desktops: 20, speed: 1, startHour: 8.5, seed: 1}.simulator()
	sim.SetFault("", simulator.Fault{Hang: true})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	var out testutil.Buffer
	begin := time.Now()
	err := Run(ctx, []string{"check", "--config.file=" + checkConfig(t, server.URL, "", "run_state")}, &out, &out)
	if ExitStatus(err) != 1 || time.Since(begin) > 5*time.Second {
		t.Errorf("it ended after %s with %v", time.Since(begin), err)
	}
}

// TestPolicy prints policies without any call.
func TestPolicy(t *testing.T) {
	t.Parallel()
	nobody := "http://" + testutil.FreeAddress(t)
	second := fmt.Sprintf(`  - name: other
    credentials: {access_key: AKOTHER, secret_key: another-secret}
    projects: [{region: %s, project_id: %s}]
`, demoRegion, demoProjectID)
	keyless := strings.Replace(second, "access_key: AKOTHER, secret_key: another-secret", "access_key_file: absent, secret_key_file: absent", 1)
	tests := map[string]struct {
		args []string
		want string
		note string
	}{
		"one account": {
			[]string{"--config.file=" + checkConfig(t, nobody, "", "run_state", "alarms")},
			`{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["ces:alarmHistory:list","iam:projects:listProjects","workspace:statistics:getRunState","workspace:statistics:listAlarm"]}]}`, "",
		},
		"unconfirmed": {
			[]string{"--config.file=" + checkConfig(t, nobody, "", "scripts")},
			`{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["iam:projects:listProjects"]},{"Effect":"Allow","Action":["workspace:*:get*","workspace:*:list*"]}]}`,
			"no page of the reference confirms the actions of ListScripts",
		},
		"classic": {
			[]string{"--iam-policy.format=classic", "--config.file=" + checkConfig(t, nobody, "", "alarms")},
			`{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["workspace:*:get*","workspace:*:list*","ces:alarmHistory:list"]}]}`, "iam:projects:listProjects",
		},
		"several accounts": {
			[]string{"--config.file=" + checkConfig(t, nobody, second, "run_state")},
			`{"other":{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["workspace:statistics:getRunState"]}]},` +
				`"prod":{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["iam:projects:listProjects","workspace:statistics:getRunState"]}]}}`, "--account",
		},
		"before there are keys": {
			[]string{"--account=other", "--config.file=" + checkConfig(t, nobody, keyless, "run_state")},
			`{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["workspace:statistics:getRunState"]}]}`, "",
		},
		"one of several": {
			[]string{"--account=other", "--config.file=" + checkConfig(t, nobody, second, "run_state")},
			`{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["workspace:statistics:getRunState"]}]}`, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := checkRun(t, append(tt.args, "--iam-policy")...)
			var document any
			if err := json.Unmarshal([]byte(stdout), &document); err != nil || status != 0 {
				t.Fatalf("status %d, %v in\n%s%s", status, err, stdout, stderr)
			}
			got, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			sorted, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(sorted) {
				t.Errorf("the policy is\n%s, want\n%s", got, sorted)
			}
			if !strings.Contains(stderr, tt.note) || tt.note == "" && stderr != "" {
				t.Errorf("the notes are\n%s, want %q", stderr, tt.note)
			}
		})
	}
}

// TestProgress: a terminal shows a counter that leaves only what is bad.
func TestProgress(t *testing.T) {
	t.Parallel()
	checks := []check.Check{
		{Account: "prod", Kind: "credentials", Name: "configuration", Result: check.OK},
		{Account: "prod", Project: "hq", Kind: "call", Name: "ListAlarms", Result: check.Failed, Message: "HTTP 500"},
	}
	for terminal, want := range map[bool]string{
		false: "[1/2] prod credentials: OK\n[2/2] prod/hq ListAlarms: FAILED: HTTP 500\n",
		true:  "\r\x1b[K1 of 2 checks\r\x1b[K2 of 2 checks\r\x1b[Kprod/hq ListAlarms: FAILED: HTTP 500\n\r\x1b[K",
	} {
		var out testutil.Buffer
		for i, c := range checks {
			progress(&out, terminal)(i+1, len(checks), c)
		}
		if out.String() != want {
			t.Errorf("on a terminal (%t) the progress is\n%q, want\n%q", terminal, out.String(), want)
		}
	}
}
