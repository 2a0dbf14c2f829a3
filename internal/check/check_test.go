package check

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
)

var update = flag.Bool("update", false, "write the golden files")

// TestEverything: with all collectors each operation of the catalogue is
// called once, with the smallest page, and everything is well.
func TestEverything(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		o := checked(t, oneAccount+only("*"), sim)
		for _, c := range o.Checks {
			c.expect(t, OK)
		}
		if !o.OK || o.Bad() != 0 {
			t.Error("the report is not OK")
		}
		if len(o.Drift) > 0 || strings.Contains(o.Table(), "differ") {
			t.Errorf("a faithful server differs: %v", o.Drift)
		}
		calls := map[string]int{}
		for _, c := range sim.Calls() {
			calls[c.Operation] = c.Total
		}
		for _, e := range append(apiclient.Catalogue(), apiclient.FindProjects()) {
			if calls[e.Operation] != 1 {
				t.Errorf("%s was called %d times", e.Operation, calls[e.Operation])
			}
			delete(calls, e.Operation)
		}
		if len(calls) > 0 {
			t.Errorf("not in the catalogue: %v", calls)
		}
		paged := 0
		for _, u := range o.asked {
			if limit := u.Query().Get("limit"); limit == "1" {
				paged++
			} else if limit != "" {
				t.Errorf("%s asks for more than one", u)
			}
		}
		if paged < 30 {
			t.Errorf("only %d calls ask for one entry", paged)
		}
	})
}

// TestEmptyFleet: where there is nothing, what needs an object is skipped and
// nothing is wrong.
func TestEmptyFleet(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		o := checked(t, oneAccount+only("desktop_monitor", "pool_details", "access_stages", "login_records"),
			newSimulator(func(c *simulator.Config) { c.Desktops, c.Pools = 0, -1 }))
		o.one(t, "hq", "ListDesktops").expect(t, OK)
		o.one(t, "hq", "ShowDesktopMonitorData").expect(t, Skipped, "no object of this kind exists")
		o.one(t, "hq", "ShowDesktopPoolDetail").expect(t, Skipped, "no object of this kind exists")
		o.one(t, "hq", "ShowUserAccessStages").expect(t, Skipped, "there is no object to ask about")
		if !o.OK {
			t.Errorf("the report is not OK:\n%s", o.Table())
		}
	})
}

// TestFaults breaks one operation in each way there is.
func TestFaults(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		for operation, fault := range map[string]simulator.Fault{
			"ListAlarms":             simulator.Forbidden(),
			"ListScripts":            simulator.Forbidden(),
			"ListWorkspaces":         simulator.Unsubscribed(),
			"ListHostsDetail":        simulator.Failing(http.StatusNotFound, "APIGW.0101"),
			"ShowDesktopPoolDetail":  simulator.Failing(http.StatusNotFound, "WKS.0404"),
			"ListImages":             simulator.Throttling(""),
			"ListSiteConfigs":        simulator.Failing(http.StatusInternalServerError, "WKS.1"),
			"ListUsers":              {Status: http.StatusBadRequest, Code: "WKS.0001", Message: "no such\nparameter"},
			"ListLoginState":         {Damage: simulator.WrongShape},
			"ListRunState":           {Damage: simulator.HTML},
			"ListDesktopsStatistics": {Hang: true},
			"ListScheduledTasks":     simulator.Forbidden(),
			"ListDesktops":           {Latency: 1500 * time.Millisecond},
		} {
			sim.SetFault(operation, fault)
		}
		o := checked(t, oneAccount+only("alarms", "scripts", "service", "hosts", "pool_details", "images", "sites", "users",
			"login_state", "run_state", "statistics", "scheduled_task_records", "desktops"), sim)
		golden(t, "faults.txt", []byte(o.Table()))
		document, err := o.JSON()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "faults.json", document)
		golden(t, "faults.progress", []byte(strings.Join(o.lines, "\n")+"\n"))
	})
}

// golden compares with a file and, asked to, writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; the output is\n%s", path, got)
	}
}

// TestClock compares with servers whose clock is another.
func TestClock(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ahead time.Duration // the server's clock
		want  Result
		say   string
		call  Result
	}{
		"right":          {0, OK, "agrees", OK},
		"a little":       {20 * time.Second, OK, "behind", OK},
		"a minute":       {90 * time.Second, Warning, "1m30s behind the server's", OK},
		"minutes":        {-6 * time.Minute, Failed, "ahead of the server's", OK},
		"for signatures": {2 * time.Hour, Failed, "2h0m0s behind the server's", Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				sim := newSimulator(func(c *simulator.Config) { c.Now = func() time.Time { return time.Now().Add(tt.ahead) } })
				o := checked(t, strings.Replace(oneAccount, "ap-southeast-3}", "ap-southeast-3, project_id: "+projectHQ+"}", 1)+only("run_state"), sim)
				o.one(t, "hq", "clock").expect(t, tt.want, tt.say)
				o.one(t, "hq", "ListRunState").expect(t, tt.call)
				if o.OK != (tt.want != Failed) {
					t.Errorf("OK is %v:\n%s", o.OK, o.Table())
				}
			})
		})
	}
}

// TestRefusedKey: a 401 ends the calls of the account, and of no other.
func TestRefusedKey(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator(func(c *simulator.Config) { c.AccessKeys[keyProd] = "another-secret" })
		o := checked(t, twoAccounts+only("run_state", "alarms", "quotas"), sim)
		o.one(t, "hq", "project_id").expect(t, Failed, "HTTP 401", "APIGW.0301", "check access key")
		o.one(t, "hq", "ListRunState").expect(t, Skipped, "not made: the key was refused")
		o.one(t, "lab", "ListAlarms").expect(t, Skipped, "not made: the key was refused")
		o.one(t, "lab", "project_id").expect(t, Skipped)
		o.one(t, "branch", "ListAlarms").expect(t, OK)
		o.one(t, "branch", "project_id").expect(t, OK, projectBranch)
		for _, c := range sim.Calls() {
			if c.AccessKey == keyProd && (c.Total != 1 || c.Operation != apiclient.FindProjects().Operation) {
				t.Errorf("%d calls of %s with the wrong key", c.Total, c.Operation)
			}
		}
	})
}

// TestExpiredToken is refused in the middle.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault("ListAlarms", simulator.TokenExpired())
		o := checked(t, oneAccount+only("run_state", "alarms", "quotas"), sim)
		o.one(t, "hq", "ListRunState").expect(t, OK)
		o.one(t, "hq", "ListAlarms").expect(t, Failed, "HTTP 401", "token expired", "security token")
		o.one(t, "hq", "ShowQuotas").expect(t, Skipped, "the key was refused")
		for _, c := range sim.Calls() {
			if c.Total != 1 {
				t.Errorf("%d calls of %s", c.Total, c.Operation)
			}
		}
	})
}

// TestWrongProject: one refused call tells it, others would not help.
func TestWrongProject(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		o := checked(t, strings.Replace(twoAccounts, projectLab, projectBranch, 1)+only("run_state", "alarms"), sim)
		o.one(t, "hq", "ListAlarms").expect(t, OK)
		o.one(t, "lab", "project_id").expect(t, Failed, projectBranch+" is not a project of this key in ap-southeast-3", "APIGW.0310", "check project_id")
		o.one(t, "lab", "ListRunState").expect(t, Forbidden, "check project_id")
		if actions := o.one(t, "lab", "ListRunState").Actions; len(actions) > 0 {
			t.Errorf("the advice is to allow %v", actions)
		}
		o.one(t, "lab", "ListAlarms").expect(t, Skipped, "no access to this project")
	})
}

// TestUnknownRegion: IAM knows no project of the name.
func TestUnknownRegion(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		o := checked(t, strings.Replace(oneAccount, "ap-southeast-3", "eu-west-101", 1)+only("run_state"), newSimulator())
		o.one(t, "hq", "project_id").expect(t, Failed, "there is no project named eu-west-101", "set project_id")
		o.one(t, "hq", "ListRunState").expect(t, Skipped, "the project id is not known")
	})
}

// TestMayNotListProjects names the action, and the way without it.
func TestMayNotListProjects(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault(apiclient.FindProjects().Operation, simulator.Forbidden())
		o := checked(t, oneAccount+only("run_state"), sim)
		o.one(t, "hq", "project_id").expect(t, Forbidden, "iam:projects:listProjects", "or set project_id")
	})
}

// TestBrokenIAM: what IAM said is told after all attempts.
func TestBrokenIAM(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault(apiclient.FindProjects().Operation, simulator.Failing(http.StatusBadGateway, "APIGW.0202"))
		o := checked(t, oneAccount+only("run_state"), sim)
		o.one(t, "hq", "project_id").expect(t, Failed, "HTTP 502 APIGW.0202", "request id")
		o.one(t, "hq", "ListRunState").expect(t, Skipped, "the project id is not known")
	})
}

// TestSilentServer: a host that never answers does not keep anybody waiting
// for as long as there are operations.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault("", simulator.Fault{Hang: true})
		o := checked(t, strings.Replace(oneAccount, "ap-southeast-3}", "ap-southeast-3, project_id: "+projectHQ+"}", 1)+only("*"), sim)
		o.one(t, "hq", "ListLoginState").expect(t, Failed, "no complete answer within 10s")
		o.one(t, "hq", "ListItaSubJobs").expect(t, Skipped, "5 calls in a row")
		o.one(t, "hq", "clock").expect(t, Skipped)
		o.one(t, "hq", "project_id").expect(t, Skipped, "could not be verified")
		if o.Counts[Failed] != maxUnanswered || o.took > time.Minute {
			t.Errorf("%d calls failed within %s", o.Counts[Failed], o.took)
		}
	})
}

// TestNoCredentials: nothing is called without keys, and the path is named.
func TestNoCredentials(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "sk")
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := parse(t, strings.Replace(oneAccount, "secret_key: "+secret, "secret_key_file: "+file, 1)+only("run_state"))
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		sim := newSimulator()
		o := checkedConfig(t, cfg, sim)
		o.one(t, "", "credentials").expect(t, Failed, file, "correct the account's credentials")
		o.one(t, "hq", "project_id").expect(t, Skipped, "no credentials")
		o.one(t, "hq", "ListRunState").expect(t, Skipped, "no credentials")
		if n := len(sim.Calls()); n > 0 {
			t.Errorf("%d operations were called", n)
		}
	})
}

// TestBudget: a check uses a fifth of the budget of the account.
func TestBudget(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		sim := newSimulator()
		sim.SetFault("ListRunState", simulator.Failing(http.StatusServiceUnavailable, "WKS.1"))
		o := checked(t, twoAccounts+only("run_state"), sim)
		// Six attempts of two projects that share a budget of 0.5 x 0.2 x 200.
		if least := 5 * time.Minute / 20; o.took < least {
			t.Errorf("six requests of one API within %s, want %s or more", o.took, least)
		}
	})
}
